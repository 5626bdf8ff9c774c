package org.openingminute.kit.runtime;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes secrets from the URLs in traces, which many people may read. Links that are sent to people carry their token in the query, or in
 * the path after a known prefix.
 */
final class TracedAddresses implements ObservationFilter {

    private static final List<String> ADDRESSES = List.of("http.url", "http.uri");
    private static final List<String> BEFORE_A_TOKEN = List.of("/api/unsubscribe/", "/interest/", "/open/");

    @Override
    public Observation.Context map(Observation.Context context) {
        for (String key : ADDRESSES) {
            @Nullable KeyValue address = context.getHighCardinalityKeyValue(key);
            if (address != null) {
                int secret = secretIn(address.getValue());
                if (secret >= 0) {
                    String spared = address.getValue().substring(0, secret) + "...";
                    context.addHighCardinalityKeyValue(KeyValue.of(key, spared));
                }
            }
        }
        return context;
    }

    /** The index at which the query or the token begins, whichever comes first; -1 if there is neither. Runs twice per request. */
    private static int secretIn(String address) {
        int first = address.indexOf('?');
        for (String prefix : BEFORE_A_TOKEN) {
            int token = address.indexOf(prefix) + prefix.length();
            if (token >= prefix.length() && token < address.length() && (first < 0 || token < first)) {
                first = token;
            }
        }
        return first;
    }
}
