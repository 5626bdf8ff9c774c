package org.openingminute.kit.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TracedAddressesTest {

    private final List<String> noted = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "http.url, /api/unsubscribe/k1.0198.sig, /api/unsubscribe/...",
        "http.url, /interest/confirmation, /interest/...",
        "http.url, /open/k1.0198.-.0.sig, /open/...",
        "http.url, /api/conferences/mlsys-2026/interest, /api/conferences/mlsys-2026/interest",
        "http.uri, https://localhost/api/unsubscribe/k1.0198.sig, https://localhost/api/unsubscribe/...",
        "http.uri, https://localhost/interest/confirmation?token=k1.0198.sig, https://localhost/interest/...",
        "http.uri, https://localhost/open/k1.0198.-.0.sig?a=b, https://localhost/open/...",
        "http.uri, https://localhost/api/conferences/mlsys-2026?email=a@example.org, https://localhost/api/conferences/mlsys-2026..."
    })
    void no_proof_stands_in_a_trace(String key, String address, String expected) {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig()
                .observationFilter(new TracedAddresses())
                .observationHandler(new ObservationHandler<>() {
                    @Override
                    public void onStop(Observation.Context context) {
                        context.getHighCardinalityKeyValues().forEach(value -> noted.add(value.getValue()));
                    }

                    @Override
                    public boolean supportsContext(Observation.Context context) {
                        return true;
                    }
                });
        Observation.start("http.server.requests", registry)
                .highCardinalityKeyValue(key, address)
                .stop();
        assertThat(noted).containsExactly(expected);
    }
}
