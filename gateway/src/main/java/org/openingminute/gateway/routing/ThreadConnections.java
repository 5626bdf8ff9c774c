package org.openingminute.gateway.routing;

import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.FastThreadLocal;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.TransportConfig;

/**
 * Connections to services, with a separate pool for each thread. A request and its call share a thread, so neither has to wake another.
 * Also, when a client disconnects, cancelling its call cannot close a connection that has just returned to the pool for the next request.
 */
final class ThreadConnections implements ConnectionProvider {

    /** Shorter than the 20 s after which a service closes an idle connection, so that no connection is used while it is being closed. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final FastThreadLocal<ConnectionProvider> pools = new FastThreadLocal<>() {
        @Override
        protected ConnectionProvider initialValue() {
            return ConnectionProvider.builder("services")
                    .maxConnections(Integer.MAX_VALUE)
                    .pendingAcquireMaxCount(-1)
                    .maxIdleTime(IDLE)
                    .build();
        }
    };

    @Override
    public Mono<? extends Connection> acquire(
            TransportConfig config,
            ConnectionObserver observer,
            @Nullable Supplier<? extends SocketAddress> remote,
            @Nullable AddressResolverGroup<?> resolver) {
        return pools.get().acquire(config, observer, remote, resolver);
    }
}
