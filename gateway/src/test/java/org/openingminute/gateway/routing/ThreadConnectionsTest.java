package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelId;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

class ThreadConnectionsTest {

    private static final int THREADS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LoopResources threads = LoopResources.create("test", THREADS, true);
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .handle((_, response) -> response.sendString(Mono.just("ok")))
            .bindNow();
    private final HttpClient client =
            HttpClient.create(new ThreadConnections()).runOn(threads).baseUrl("http://127.0.0.1:" + server.port());
    private final Set<ChannelId> connections = ConcurrentHashMap.newKeySet();

    @AfterEach
    void close() {
        server.disposeNow();
        threads.disposeLater().block(PATIENCE);
    }

    @Test
    void a_call_has_the_thread_that_makes_it() {
        // Two rounds, so that a thread's second call finds idle connections of the other threads.
        for (int round = 0; round < 2; round++) {
            for (EventExecutor thread : threadsOfTheServer()) {
                assertThat(threadOfCallMadeBy(thread)).isSameAs(thread);
            }
        }
        assertThat(connections).as("one per thread").hasSize(THREADS);
    }

    private List<EventExecutor> threadsOfTheServer() {
        List<EventExecutor> all = new ArrayList<>();
        threads.onServer(true).forEach(all::add);
        return all;
    }

    private EventLoop threadOfCallMadeBy(EventExecutor thread) {
        return client.get()
                .uri("/")
                .responseConnection((_, connection) -> {
                    connections.add(connection.channel().id());
                    return connection
                            .inbound()
                            .receive()
                            .then(Mono.just(connection.channel().eventLoop()));
                })
                .single()
                .subscribeOn(Schedulers.fromExecutor(thread))
                .block(PATIENCE);
    }
}
