package org.openingminute.gateway.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

class SamplingTest {

    private static final Sampling ALL = new Sampling(1);
    private static final Sampling NONE = new Sampling(0);

    @ParameterizedTest
    @ValueSource(strings = {"01", "03", "ff"})
    void callers_trace_goes_on(String flags) {
        assertThat(isTraced(NONE, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-" + flags))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "02"})
    void callers_untraced_request_stays_so(String flags) {
        assertThat(isTraced(ALL, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-" + flags))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"
            })
    void without_a_callers_trace_the_share_decides(String header) {
        assertThat(isTraced(ALL, header)).isTrue();
        assertThat(isTraced(NONE, header)).isFalse();
    }

    @Test
    void non_request_observations_are_kept() {
        assertThat(NONE.test("a call", new Observation.Context())).isTrue();
    }

    private static boolean isTraced(Sampling sampling, String header) {
        MockServerHttpRequest request = MockServerHttpRequest.get("/")
                .header(TraceParent.HEADER, header)
                .build();
        return sampling.test(
                "http.server.spans",
                new ServerRequestObservationContext(request, new MockServerHttpResponse(), Map.of()));
    }
}
