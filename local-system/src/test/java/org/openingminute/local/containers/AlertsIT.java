package org.openingminute.local.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.containers.Alerts.Fired;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Proves that each alert that no other test here causes fires by its real cause. A Prometheus scrapes the containers:
 * {@code deploy/compose/try alerts}, which takes most of an hour. The texts and times of the alerts are printed.
 */
@ExtendWith(SystemFixture.class)
@EnabledIfSystemProperty(
        named = "system.prometheus",
        matches = ".+",
        disabledReason = "runs by deploy/compose/try alerts")
class AlertsIT {

    private static final String OVERSOLD = "alerts-oversold";
    private static final String FREE = "alerts-free";

    private final Containers containers = new Containers();
    private final ApiClient api;
    private final Map<String, Instant> caused = new TreeMap<>();
    private final Alerts alerts;

    AlertsIT(Running running) {
        api = running.api();
        alerts = new Alerts(api, System.getProperty("system.prometheus", ""));
    }

    @Test
    @Timeout(value = 90, unit = TimeUnit.MINUTES)
    void they_fire_by_their_real_cause_and_end_with_it() throws Exception {
        try (alerts;
                RefusingMailServer refusing = new RefusingMailServer(containers.hostAddress())) {
            api.putOnSale("alerts", 1000, "\"holdMinutes\": 60, " + ApiClient.ALL_GOES_BACK, 1000);
            api.putOnSale(OVERSOLD, 1000, "\"holdMinutes\": 60", 0);
            api.putOnSale(FREE, 100_000, "\"holdMinutes\": 60", 0);
            api.putOnSale("alerts-short", 1000, "\"holdSeconds\": 20", 1000);
            List<Registered> paid = List.of(paid(), paid(), paid(), paid());

            oversold();
            rowsAreLocked();
            cause("InstanceLost");
            containers.kill(containers.of("registration-service").getLast());
            cause("DiskAlmostFull");
            containers.fill(containers.of("payment-service").getFirst(), "/small", 15);
            mailsAreRefused(refusing);
            cause("RefundsLate", "ReconciliationNotRun", "ProviderFails");
            faults("{\"errorRate\": 1}");
            paid.subList(0, 2).forEach(this::cancel);

            awaitFired("Oversold", 2);
            awaitFired("WebhooksNotApplied", 5);
            awaitFired("HoldsNotEnded", 5);
            await("InstanceLost")
                    .atMost(Duration.ofMinutes(5))
                    .until(() -> alerts.hasFired("InstanceLost", "registration-service", caused.get("InstanceLost")));
            awaitFired("ProviderFails", 10);
            awaitFired("DiskAlmostFull", 10);
            answersAreSlow();
            awaitFired("MailsRefused", 15);
            awaitFired("ReconciliationNotRun", 20);
            awaitFired("RefundsLate", 20);
            faults("{}");

            partsAreGone();
            containers.start(containers.of("registration-service").getLast());
            capacity(1000);
            containers.empty(containers.of("payment-service").getFirst(), "/small");
            await().atMost(Duration.ofMinutes(20))
                    .untilAsserted(() -> assertThat(alerts.firing()).isSubsetOf("MailsRefused"));
        } finally {
            report();
        }
    }

    /** Oversells a conference by editing its definition, since the service never does. */
    private void oversold() {
        api.register(OVERSOLD, "guest", ApiClient.newAddress("first"));
        api.register(OVERSOLD, "guest", ApiClient.newAddress("second"));
        cause("Oversold");
        capacity(1);
    }

    private void capacity(int seats) {
        containers.execute("registration", """
                update conference
                   set definition = jsonb_set(definition::jsonb, '{registration,capacity}', '%d')::json, revision = revision + 1
                 where slug = '%s'
                """.formatted(seats, OVERSOLD));
    }

    /** Locks rows, as an operator's forgotten statement would. */
    private void rowsAreLocked() {
        Registered held = api.register("alerts-short", "guest", ApiClient.newAddress("held"));
        Registered paying = api.register("alerts", "guest", ApiClient.newAddress("paying"));
        String card = api.checkout(paying);
        cause("HoldsNotEnded", "WebhooksNotApplied");
        containers.lock("registration", "select 1 from registration where id = '%s'".formatted(held.id()), 240);
        containers.lock("payment", "select 1 from payment where registration_id = '%s'".formatted(paying.id()), 260);
        api.enterCard(card, ApiClient.CARD).has(200);
    }

    private void mailsAreRefused(RefusingMailServer refusing) throws Exception {
        cause("MailsRefused");
        Commands.run(
                        Map.of("SMTP_HOST", containers.hostAddress(), "SMTP_PORT", "" + refusing.port()),
                        "docker",
                        "compose",
                        "up",
                        "--detach",
                        "--no-build",
                        "--no-deps",
                        "--wait",
                        "--scale",
                        "notification-service=2",
                        "notification-service")
                .succeeded();
        for (int i = 0; i < 30; i++) {
            api.register(FREE, "guest", ApiClient.newAddress("refused"));
        }
    }

    /** Locks the inventory row again and again, so that registrations wait for it. */
    private void answersAreSlow() {
        await().atMost(Duration.ofMinutes(10))
                .untilAsserted(() -> assertThat(alerts.firing()).doesNotContain("ResponsesSlow"));
        cause("ResponsesSlow");
        Instant began = Instant.now();
        containers.lockAgainAndAgain("registration", "1 from inventory where conference = '" + FREE + "'", 4);
        Instant limit = began.plus(Duration.ofMinutes(15));
        while (!alerts.hasFired("ResponsesSlow", began) && Instant.now().isBefore(limit)) {
            api.register(FREE, "guest", ApiClient.newAddress("slow"));
        }
        awaitFired("ResponsesSlow", 1);
        assertThat(containers.endStatements("registration", "do $$")).isEqualTo(1);
    }

    private void partsAreGone() {
        cause("MetricsUnknown");
        String database = containers.of("postgres").getFirst();
        containers.stop(database);
        awaitFired("MetricsUnknown", 6);
        containers.start(database);
        cause("ServiceGone");
        List<String> gone = containers.of("notification-service");
        gone.forEach(containers::stop);
        awaitFired("ServiceGone", 3);
        gone.forEach(containers::start);
    }

    private Registered paid() {
        Registered registered = api.register("alerts", "guest", ApiClient.newAddress("paid"));
        api.pay(registered);
        api.awaitStatus(registered, "confirmed", Duration.ofMinutes(1));
        return registered;
    }

    private void cancel(Registered registered) {
        Map<String, String> headers = new HashMap<>(registered.bearer());
        headers.put("Idempotency-Key", ApiClient.newKey());
        api.post("/api/registrations/" + registered.id() + "/cancellation", "{}", headers)
                .has(200);
    }

    private void faults(String ordered) {
        api.put("/sandbox/faults", ordered, Map.of()).has(200);
    }

    private void cause(String... names) {
        for (String name : names) {
            caused.put(name, Instant.now());
        }
    }

    private void awaitFired(String name, int minutes) {
        await(name).atMost(Duration.ofMinutes(minutes)).until(() -> alerts.hasFired(name, caused.get(name)));
    }

    private void report() {
        for (Fired fired : alerts.fired()) {
            Instant cause = caused.getOrDefault(fired.name(), Instant.MAX);
            String when = fired.at().isBefore(cause)
                    ? "beside them"
                    : Duration.between(cause, fired.at()).toSeconds() + " s after its cause";
            System.out.printf("%s: %s: %s%n", fired.name(), when, fired.summary());
        }
    }

    /** A mail server that rejects every recipient as unknown. */
    private static final class RefusingMailServer implements AutoCloseable {

        private static final Duration PAUSE = Duration.ofMillis(100);

        private final ServerSocket socket;

        RefusingMailServer(String address) throws IOException {
            socket = new ServerSocket(0, 50, InetAddress.ofLiteral(address));
            Thread.ofVirtual().start(() -> {
                while (!socket.isClosed()) {
                    try {
                        Socket client = socket.accept();
                        Thread.ofVirtual().start(() -> serve(client));
                    } catch (IOException e) {
                        // The socket is closed, a client left at once, or no file handle is free, in which case a pause
                        // may help.
                        LockSupport.parkNanos(PAUSE.toNanos());
                    }
                }
            });
        }

        int port() {
            return socket.getLocalPort();
        }

        private static void serve(Socket client) {
            try (client;
                    BufferedReader lines = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
                reply(client, "220 refusing");
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    reply(client, line.startsWith("RCPT") ? "550 5.1.1 no such user" : "250 ok");
                }
            } catch (IOException e) {
                // The client has disconnected.
            }
        }

        private static void reply(Socket client, String answer) throws IOException {
            client.getOutputStream().write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
