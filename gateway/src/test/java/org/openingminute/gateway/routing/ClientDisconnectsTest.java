package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

class ClientDisconnectsTest {

    private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
    private final AtomicBoolean ended = new AtomicBoolean();

    private Disposable call() {
        return new ClientDisconnects()
                .filter(exchange, _ -> Mono.<Void>never().doOnCancel(() -> ended.set(true)))
                .subscribe();
    }

    @Test
    void an_answered_call_ends_on_the_thread_of_its_connection() {
        EmbeddedChannel connection = new EmbeddedChannel();
        exchange.getAttributes().put(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR, Connection.from(connection));

        call().dispose();

        assertThat(ended).isFalse();
        connection.runPendingTasks();
        assertThat(ended).isTrue();
    }

    @Test
    void the_writing_of_the_answer_is_a_part_of_the_call() {
        assertThat(new ClientDisconnects().getOrder()).isLessThan(NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER);
    }

    @Test
    void a_call_without_an_answer_ends_at_once() {
        call().dispose();

        assertThat(ended).isTrue();
    }
}
