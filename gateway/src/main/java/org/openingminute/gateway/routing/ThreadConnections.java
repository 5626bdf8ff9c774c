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
 * Connections to services, a pool for each thread. A request and its call have one thread: neither wakes another, and a call that is
 * cancelled with its client cannot close a connection that has just returned to the pool, for the next request.
 */
final class ThreadConnections implements ConnectionProvider {

    /** Shorter than the 20 s after which a service closes an idle connection, so that none is used in the moment in which it goes away. */
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
