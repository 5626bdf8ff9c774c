package org.openingminute.benchmarks.gateway;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.openingminute.local.load.Cpu;
import org.openingminute.local.load.KeepAlive;
import org.openingminute.local.page.Spread;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * The measurement: each candidate is a process of its own in front of the same upstream, which is this process, as the clients are.
 * Candidates take turns, and only the one whose turn it is has requests.
 */
final class GatewayRun implements AutoCloseable {

    static final String GATEWAY = "gateway";
    static final String BARE = "Reactor Netty alone";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    static final String BODY = "{\"id\":\"019c1f4b-fe80-7025-8065-5a1d316edc57\",\"status\":\"confirmed\",\"pad\":\""
            + "x".repeat(500) + "\"}";
    private static final String REQUEST = """
            GET /api/registrations/019c1f4b-fe80-7025-8065-5a1d316edc57 HTTP/1.1
            Accept: application/json
            Accept-Language: en-GB,en;q=0.8
            Authorization: Bearer %s
            User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
            """.formatted("x".repeat(300)).replace("\n", "\r\n");

    private final GatewayPlan plan;
    private final DisposableServer upstream;
    private final Map<String, Candidate> candidates = new LinkedHashMap<>();
    private final Map<Measured, List<Double>> figures = new LinkedHashMap<>();

    GatewayRun(GatewayPlan plan, Path gateway, Path folder) throws IOException {
        this.plan = plan;
        upstream = HttpServer.create()
                .host("127.0.0.1")
                .handle((_, response) -> response.header("Content-Type", "application/json")
                        .header("Cache-Control", "no-store")
                        .header("Content-Length", "" + BODY.length())
                        .sendString(Mono.just(BODY)))
                .bindNow();
        String url = "http://127.0.0.1:" + upstream.port();
        candidates.put(GATEWAY, gateway(gateway, url, folder));
        candidates.put(BARE, bare(url, folder));
    }

    /** What a figure is of. */
    private record Measured(String candidate, Load load, boolean isCpu) {}

    private record Candidate(Process process, int port, KeepAlive connections) {}

    private static Candidate gateway(Path jar, String upstream, Path folder) throws IOException {
        int port = freePort();
        Map<String, String> settings = Map.of(
                "SERVER_PORT",
                "" + port,
                "SERVER_ADDRESS",
                "127.0.0.1",
                "MANAGEMENT_PORT",
                "" + freePort(),
                "PUBLIC_URL",
                "https://register.example.org",
                "REGISTRATION_URL",
                upstream,
                "PAYMENT_URL",
                upstream,
                "NOTIFICATION_URL",
                upstream,
                // Nobody waits.
                "WAITING_ROOM_KEYS",
                "k1:" + "A".repeat(43),
                // Nobody signs in.
                "STAFF_SIGNING_KEY",
                newKey());
        // All load is one client's.
        return start(
                folder.resolve("gateway.log"), port, settings, "-jar", jar.toString(), "--gateway.limits.state=off");
    }

    private static String newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
            return "-----BEGIN PRIVATE KEY-----\\n" + Base64.getEncoder().encodeToString(key)
                    + "\\n-----END PRIVATE KEY-----";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Candidate bare(String upstream, Path folder) throws IOException {
        int port = freePort();
        return start(
                folder.resolve("bare.log"),
                port,
                Map.of(),
                "-cp",
                System.getProperty("java.class.path"),
                BareProxy.class.getName(),
                "" + port,
                upstream);
    }

    /** With the options of the images that matter for speed, and the heap that a container of 640 MB has. */
    private static Candidate start(Path log, int port, Map<String, String> settings, String... program)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx384m",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of(program));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(settings);
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        return new Candidate(process, port, new KeepAlive(port));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    void run() throws Exception {
        for (String name : candidates.keySet()) {
            Candidate candidate = candidates.get(name);
            await().atMost(PATIENCE).ignoreExceptions().until(() -> ask(candidate));
            measure(name, Load.COLD, plan.length());
            run(candidate, Load.WARMING, plan.warm());
        }
        for (int round = 0; round < plan.rounds(); round++) {
            for (Load load : Load.WARM) {
                for (String name : candidates.keySet()) {
                    // The connections that this load needs are there before it counts.
                    run(candidates.get(name), load, plan.length().dividedBy(5));
                    measure(name, load, plan.length());
                }
            }
        }
    }

    private void measure(String name, Load load, Duration length) throws Exception {
        Candidate candidate = candidates.get(name);
        double cpu = Cpu.of(candidate.process().pid());
        long begun = System.nanoTime();
        long answers = run(candidate, load, length);
        double seconds = (System.nanoTime() - begun) / 1e9;
        double used = Cpu.of(candidate.process().pid()) - cpu;
        figure(new Measured(name, load, true), used * 1000 / answers);
        figure(new Measured(name, load, false), answers / seconds);
    }

    private void figure(Measured of, double value) {
        figures.computeIfAbsent(of, _ -> new ArrayList<>()).add(value);
    }

    /** Milliseconds of processor time for each {@code GET}. */
    Spread cpu(String candidate, Load load) {
        return Spread.of(figures.get(new Measured(candidate, load, true)));
    }

    /** Answers a second. */
    Spread rate(String candidate, Load load) {
        return Spread.of(figures.get(new Measured(candidate, load, false)));
    }

    /** Returns how many answers there were. */
    private static long run(Candidate candidate, Load load, Duration length) throws Exception {
        long begun = System.nanoTime();
        long end = begun + length.toNanos();
        AtomicLong answers = new AtomicLong();
        try (ExecutorService clients = Executors.newFixedThreadPool(load.clients())) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < load.clients(); i++) {
                long first = begun + i * load.pauseNanos() / load.clients();
                all.add(clients.submit(() -> {
                    for (long at = first; at < end; at = Math.max(at + load.pauseNanos(), System.nanoTime())) {
                        LockSupport.parkNanos(at - System.nanoTime());
                        if (!ask(candidate)) {
                            throw new IllegalStateException("not the upstream's answer");
                        }
                        answers.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        return answers.get();
    }

    private static boolean ask(Candidate candidate) throws IOException {
        KeepAlive.Answer answer = candidate.connections().send(REQUEST, null);
        return answer.status() == 200 && new String(answer.body(), StandardCharsets.UTF_8).equals(BODY);
    }

    @Override
    public void close() {
        for (Candidate candidate : candidates.values()) {
            candidate.connections().close();
            candidate.process().destroy();
            candidate.process().onExit().join();
        }
        upstream.disposeNow();
    }
}
