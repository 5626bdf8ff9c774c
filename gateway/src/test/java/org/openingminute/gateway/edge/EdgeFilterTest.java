package org.openingminute.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.observation.TestTimes;
import org.openingminute.gateway.problem.TestProblems;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Proves how the access log reports a client that disconnects before the connection confirms that the response has been written. */
class EdgeFilterTest {

    private static final GatewaySettings SETTINGS = TestSettings.of(GatewaySettings.Mode.REHEARSAL);

    private final EdgeFilter edge = new EdgeFilter(
            UUID::randomUUID,
            TestProblems.writer(),
            new SecurityHeaders(SETTINGS),
            new AccessLog(),
            TestTimes.ofNobody());
    private final Logger access = (Logger) LoggerFactory.getLogger("access");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        access.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        access.detachAppender(lines);
    }

    @Test
    void a_chunked_response_sent_whole_is_logged_as_complete() {
        goes(answer -> answer.writeWith(Flux.just(piece(), piece())));

        assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsExactly("answered");
    }

    @Test
    void a_single_chunk_response_is_logged_as_complete() {
        goes(answer -> answer.writeWith(Mono.fromSupplier(EdgeFilterTest::piece)));

        assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsExactly("answered");
    }

    @Test
    void a_response_without_a_body_is_logged_as_complete() {
        goes(answer -> answer.writeWith(Flux.empty()));

        assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsExactly("answered");
    }

    @Test
    void a_stream_read_to_its_end_is_logged_as_complete() {
        goes(answer -> answer.writeAndFlushWith(Flux.just(Flux.just(piece()))));

        assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsExactly("answered");
    }

    @Test
    void a_response_of_the_announced_length_is_logged_as_complete() {
        goes(answer -> {
            answer.getHeaders().setContentLength(10);
            return answer.writeWith(Flux.just(piece(), piece()).concatWith(Mono.never()));
        });

        assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsExactly("answered");
    }

    @Test
    void a_response_shorter_than_announced_is_logged_as_cut_off() {
        goes(answer -> {
            answer.getHeaders().setContentLength(10);
            return answer.writeWith(Flux.just(piece()).concatWith(Mono.never()));
        });

        assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsExactly("cut off");
    }

    @Test
    void a_client_gone_during_the_response_is_logged_as_cut_off() {
        goes(answer -> answer.writeWith(Flux.just(piece()).concatWith(Mono.never())));

        assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsExactly("cut off");
    }

    @Test
    void a_client_gone_before_the_response_is_logged_as_cut_off() {
        goes(_ -> Mono.never());

        assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsExactly("cut off");
    }

    private void goes(Function<ServerHttpResponse, Mono<Void>> service) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        exchange.getResponse().setWriteHandler(body -> body.then(Mono.never()));
        edge.filter(exchange, passed -> service.apply(passed.getResponse()))
                .subscribe()
                .dispose();
    }

    private static DataBuffer piece() {
        return DefaultDataBufferFactory.sharedInstance.wrap("piece".getBytes(StandardCharsets.UTF_8));
    }
}
