package org.openingminute.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;

class ProblemWriterTest {

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_mistake_of_ours_may_be_tried_again_and_tells_nothing(CapturedOutput log) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/api/conferences"));

        TestProblems.writer()
                .write(exchange, new IllegalStateException("host-17"), "id")
                .block();

        MockServerHttpResponse answer = exchange.getResponse();
        assertThat(answer.getHeaders().getFirst("Retry-After")).isNotNull();
        assertThat(answer.getBodyAsString().block())
                .contains("\"status\":503", "\"code\":\"unavailable\"")
                .doesNotContain("host-17", "IllegalState");
        assertThat(log.getAll())
                .contains("A request failed", "IllegalStateException", "ProblemWriterTest.java")
                .doesNotContain("host-17");
    }
}
