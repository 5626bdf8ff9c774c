package org.openingminute.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;

class ProblemWriterTest {

    /** The table of the HTTP contract. */
    private static final Set<String> PUBLISHED = Set.of(
            "malformed 400",
            "unauthenticated 401",
            "forbidden 403",
            "not-found 404",
            "too-large 413",
            "unsupported-media-type 415",
            "invalid 422",
            "rate-limited 429",
            "unavailable 503");

    @Test
    void every_code_is_one_of_the_contract_with_its_status() {
        assertThat(Arrays.stream(ProblemCode.values())
                        .map(code -> code.wireName() + " " + code.status().value())
                        .collect(Collectors.toSet()))
                .isEqualTo(PUBLISHED);
    }

    @Test
    void a_mistake_of_ours_may_be_tried_again_and_tells_nothing() {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/api/conferences"));

        TestProblems.writer()
                .write(exchange, new IllegalStateException("host-17"), "id")
                .block();

        MockServerHttpResponse answer = exchange.getResponse();
        assertThat(answer.getHeaders().getFirst("Retry-After")).isNotNull();
        assertThat(answer.getBodyAsString().block())
                .contains("\"status\":503", "\"code\":\"unavailable\"")
                .doesNotContain("host-17", "IllegalState");
    }
}
