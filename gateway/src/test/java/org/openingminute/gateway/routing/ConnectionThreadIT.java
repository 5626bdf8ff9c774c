package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.request.ConnectionThread;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Proves, on a running gateway, that a call to a service runs on the event loop thread of its client's connection. */
@GatewayTest(surroundings = ConnectionThreadIT.WithAFilterElsewhere.class)
class ConnectionThreadIT {

    private static final int REQUESTS = 20;
    private static final List<Boolean> ANSWERED_ON_THE_CLIENTS_THREAD = new CopyOnWriteArrayList<>();

    @Autowired
    private ServiceFixture gateway;

    /** A filter that continues on another thread, as a filter that fetches a key does. */
    static final class WithAFilterElsewhere extends ServiceFixture.Surroundings {

        @Override
        public void initialize(GenericApplicationContext context) {
            super.initialize(context);
            context.registerBean(WebFilter.class, () -> WithAFilterElsewhere::goElsewhere);
        }

        private static Mono<Void> goElsewhere(ServerWebExchange exchange, WebFilterChain chain) {
            ServerHttpResponse watched = new ServerHttpResponseDecorator(exchange.getResponse()) {
                @Override
                public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
                    ANSWERED_ON_THE_CLIENTS_THREAD.add(
                            ConnectionThread.of(exchange.getRequest()).inEventLoop());
                    return super.writeWith(body);
                }
            };
            return Mono.just(exchange.mutate().response(watched).build())
                    .publishOn(Schedulers.boundedElastic())
                    .flatMap(chain::filter);
        }
    }

    @Test
    void a_call_has_the_thread_of_its_client_wherever_filters_go() {
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(gateway.get("/api/conferences").statusCode()).isEqualTo(200);
        }

        assertThat(ANSWERED_ON_THE_CLIENTS_THREAD).hasSize(REQUESTS).containsOnly(true);
    }
}
