package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.TestSettings;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/** Proves, with real HTTP servers on loopback addresses, in which order the instances of a service are used. */
class InstancesTest {

    private final List<HttpServer> servers = new ArrayList<>();
    private final AtomicInteger questions = new AtomicInteger();
    private final AtomicInteger statusOfTheSecond = new AtomicInteger(200);
    private String[] known = {};
    private URI url;
    private Instances instances;

    @BeforeEach
    void listen() throws IOException {
        int port = serve("127.0.0.1", 0, new AtomicInteger(200));
        serve("127.0.0.2", port, statusOfTheSecond);
        url = URI.create("http://payment-service:" + port);
        instances = new Instances(TestSettings.of(new GatewaySettings.Upstream(url, url, url)), this::addresses);
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
        instances.stop();
    }

    @Test
    void instances_are_known_until_the_web_server_has_stopped() {
        assertThat(instances.getPhase()).isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
    }

    @Test
    void the_host_name_serves_until_resolved() {
        assertThat(used()).containsExactly("payment-service");
        resolve();
        assertThat(used()).as("the name does not resolve").containsExactly("payment-service");
        resolve("127.0.0.2");
        assertThat(used()).containsExactly("127.0.0.2");
        assertThat(questions).hasValue(0);
    }

    @Test
    void ready_instances_take_turns() {
        assertUsed(Set.of("127.0.0.1", "127.0.0.2"), "127.0.0.1", "127.0.0.2", "127.0.0.3");

        statusOfTheSecond.set(503);
        assertUsed(Set.of("127.0.0.1"), "127.0.0.1", "127.0.0.2", "127.0.0.3");
    }

    @Test
    void all_instances_take_turns_when_none_is_ready() {
        statusOfTheSecond.set(503);
        assertUsed(Set.of("127.0.0.2", "127.0.0.3"), "127.0.0.2", "127.0.0.3");
    }

    @Test
    void a_silent_instance_ranks_between_ready_and_not_ready() throws IOException {
        statusOfTheSecond.set(503);
        // Accepts connections and never answers.
        try (ServerSocket silent = new ServerSocket(url.getPort(), 5, InetAddress.getByName("127.0.0.4"))) {
            String address = silent.getInetAddress().getHostAddress();
            assertUsed(Set.of(address), "127.0.0.2", "127.0.0.3", address);
            assertUsed(Set.of("127.0.0.1"), "127.0.0.1", address);
        }
    }

    @Test
    void an_unreachable_instance_is_skipped_until_checked_again() {
        assertUsed(Set.of("127.0.0.1", "127.0.0.2"), "127.0.0.1", "127.0.0.2");
        instances.unreachable(Service.PAYMENT, URI.create("http://127.0.0.1:" + url.getPort()));
        assertThat(used()).containsExactly("127.0.0.2");
        assertThat(instances.next(Service.REGISTRATION)).as("another service").isEqualTo(url);
        assertUsed(Set.of("127.0.0.1", "127.0.0.2"), "127.0.0.1", "127.0.0.2");
    }

    /** Resolves until these are used: on a busy machine an answer may take longer than the second for which a probe waits. */
    private void assertUsed(Set<String> expected, String... addresses) {
        await().pollDelay(Duration.ZERO).atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            resolve(addresses);
            assertThat(used()).isEqualTo(expected);
        });
    }

    private void resolve(String... addresses) {
        known = addresses;
        instances.resolve(Service.PAYMENT, url);
    }

    private Set<String> used() {
        return IntStream.range(0, 6)
                .mapToObj(turn -> instances.next(Service.PAYMENT).getHost())
                .collect(Collectors.toSet());
    }

    private InetAddress[] addresses(String host) throws UnknownHostException {
        if (known.length == 0) {
            throw new UnknownHostException(host);
        }
        InetAddress[] found = new InetAddress[known.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = InetAddress.getByName(known[i]);
        }
        return found;
    }

    private int serve(String address, int port, AtomicInteger status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 0);
        server.createContext("/actuator/health/readiness", exchange -> {
            questions.incrementAndGet();
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }
}
