package org.openingminute.kit.runtime;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Removes secrets from the URLs in traces, which many people may read: links that are sent to people carry their token in the
 * query, or in the path after a known prefix.
 */
final class TracedAddresses implements ObservationFilter {

    private static final List<String> ADDRESSES = List.of("http.url", "http.uri");
    private static final Pattern PROOF = Pattern.compile("(?<=/api/unsubscribe/|/interest/|/open/).+|\\?.*");

    @Override
    public Observation.Context map(Observation.Context context) {
        for (String key : ADDRESSES) {
            @Nullable KeyValue address = context.getHighCardinalityKeyValue(key);
            if (address != null) {
                String spared = PROOF.matcher(address.getValue()).replaceFirst("...");
                context.addHighCardinalityKeyValue(KeyValue.of(key, spared));
            }
        }
        return context;
    }
}
