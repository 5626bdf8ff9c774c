package org.openingminute.gateway.routing;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/**
 * Cancels the call to a service, on the thread of that call's connection, when the client disconnects before the end of its
 * response. A cancellation on the client's thread could hit a connection that has just returned to the pool, and close it for
 * the next request.
 */
@Component
class ClientDisconnects implements GlobalFilter, Ordered {

    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 2;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return chain.filter(exchange)
                .cancelOn(Schedulers.fromExecutor(
                        end -> threadOfConnection(exchange).execute(end)));
    }

    private static Executor threadOfConnection(ServerWebExchange exchange) {
        @Nullable Connection connection = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
        return connection == null ? Runnable::run : connection.channel().eventLoop();
    }
}
