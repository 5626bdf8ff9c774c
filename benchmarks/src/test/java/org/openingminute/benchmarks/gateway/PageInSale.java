package org.openingminute.benchmarks.gateway;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.load.Cpu;
import org.openingminute.local.load.KeepAlive;
import org.openingminute.local.page.Spread;

/**
 * Measures what a cached page costs registration-service during a sale, in the whole system: the gateway polls for the page and for
 * changes. For one thread.
 */
final class PageInSale implements AutoCloseable {

    /** The registrations meanwhile. The seats last for two minutes. */
    static final Load SALE = new Load("20 a second", 4, 20);

    private static final String SERVICE = "registration-service";
    private static final String REGISTER = """
            POST /api/conferences/mlsys-2026/registrations HTTP/1.1\r
            Content-Type: application/json\r
            Idempotency-Key: %s\r
            """;

    private final Running running = Running.start(Map.of());
    private final Cpu cpu = new Cpu(running.system()::pid, List.of(SERVICE));
    private final KeepAlive connections =
            new KeepAlive(URI.create(running.url()).getPort());

    private PageInSale() {}

    /**
     * Returns registration-service's processor time in milliseconds per read: that of a turn with readers less the turns without, before
     * and after it.
     */
    static Spread serviceMillis(GatewayPlan plan) throws Exception {
        try (PageInSale page = new PageInSale()) {
            page.read(plan.warmAtMost());
            List<Double> millis = new ArrayList<>();
            double before = page.sell(plan.length());
            for (int round = 0; round < plan.rounds(); round++) {
                double begun = page.used();
                int reads = page.read(plan.length());
                double used = page.used() - begun;
                double after = page.sell(plan.length());
                millis.add((used - (before + after) / 2) * 1e3 / reads);
                before = after;
            }
            return Spread.of(millis);
        }
    }

    private double used() {
        return cpu.seconds().getOrDefault(SERVICE, 0.0);
    }

    /** Sells without readers; returns the service's seconds of processor time. */
    private double sell(Duration length) throws Exception {
        double begun = used();
        SALE.run("a registration", this::registers, length);
        return used() - begun;
    }

    /** Reads during the sale; returns the number of reads. */
    private int read(Duration length) throws Exception {
        try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
            Future<Double> sale = beside.submit(() -> sell(length));
            int reads = Load.USUAL.run(Case.KEPT.words(), this::reads, length).length;
            sale.get();
            return reads;
        }
    }

    private boolean registers() throws IOException {
        byte[] body = ApiClient.body("academic", ApiClient.newAddress("reader")).getBytes(StandardCharsets.UTF_8);
        return connections.send(REGISTER.formatted(ApiClient.newKey()), body).status() == 201;
    }

    private boolean reads() throws IOException {
        KeepAlive.Answer answer = connections.send(Case.KEPT.request(), null);
        return answer.status() == 200
                && new String(answer.body(), StandardCharsets.UTF_8).contains("<h1>MLSys 2026</h1>");
    }

    @Override
    public void close() throws IOException {
        connections.close();
        running.close();
    }
}
