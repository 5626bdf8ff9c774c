package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Standstills;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/** Proves, on the running system, that nothing is lost when Kafka is unavailable under load, or loses all its data. */
@ExtendWith(SystemFixture.class)
@Timeout(900)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("faults")
@Tag("second")
class KafkaIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final Duration SOON = Duration.ofSeconds(90);

    private static final Duration MAILS = Duration.ofMinutes(8);
    private static final int CLIENTS = 4;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Running running;
    private final ApiClient api;

    KafkaIT(Running running) {
        this.running = running;
        this.api = running.api();
    }

    /** Runs last, because the mails for thousands of its registrations would delay the other test. */
    @Test
    @Tag("measured")
    @Order(2)
    void registrations_go_on_without_kafka_and_the_backlog_drains() throws Exception {
        Duration away = Duration.ofSeconds(FULL ? 300 : 12);
        String slug = ApiClient.newSlug("away");
        api.putOnSale(slug, 1_000_000, "\"holdMinutes\": 60", 1000);
        AtomicInteger registered = new AtomicInteger();
        AtomicBoolean goOn = new AtomicBoolean(true);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(clients.submit(() -> registerWhile(goOn, slug, registered)));
            }
            try {
                double before = rate(registered, Duration.ofSeconds(FULL ? 30 : 5));
                running.system().stop("kafka");
                double without;
                long memoryAtFirst;
                long memoryAtLast;
                long waited;
                try {
                    rate(registered, away.dividedBy(4));
                    memoryAtFirst = memory();
                    without = rate(registered, away.dividedBy(4).multipliedBy(3));
                    memoryAtLast = memory();
                    waited = waiting();
                } finally {
                    running.system().start("kafka");
                }
                long back = System.nanoTime();
                await().atMost(Duration.ofMinutes(1)).until(() -> waiting() < CLIENTS * 10);
                System.out.printf(
                        "kafka stopped: %d s, %.0f registrations a second before, %.0f without; %,d messages waited, gone"
                                + " %.1f s after its return; registration-service had %d MB, then %d MB%n",
                        away.toSeconds(),
                        before,
                        without,
                        waited,
                        (System.nanoTime() - back) / 1e9,
                        memoryAtFirst,
                        memoryAtLast);
                assertThat(without).isGreaterThan(before / 2);
                assertThat(memoryAtLast).isLessThan(memoryAtFirst + 64);
            } finally {
                goOn.set(false);
            }
            for (Future<?> client : all) {
                client.get();
            }
            // Waits for the mails of the registrations made meanwhile, which would delay other tests.
            await().atMost(MAILS).ignoreExceptions().until(() -> !isAnythingOnItsWay());
        }
    }

    @Test
    @Order(1)
    void losing_all_kafka_data_confirms_and_mails_every_payer_once() throws Exception {
        int people = FULL ? 200 : 12;
        String slug = ApiClient.newSlug("lost");
        api.putOnSale(slug, 1000, "\"holdMinutes\": 60", 1000);
        List<String> emails = new ArrayList<>();
        List<Registered> paid = new ArrayList<>();
        List<String> checkouts = new ArrayList<>();
        for (int i = 0; i < people; i++) {
            String email = ApiClient.newAddress("lost." + i);
            emails.add(email);
            Registered one = api.register(slug, "guest", email);
            paid.add(one);
            if (i < people / 2) {
                api.pay(one);
            } else {
                checkouts.add(api.checkout(one));
            }
        }
        awaitFoundByAddress(slug, emails.getLast());
        String unheard = ApiClient.newAddress("unheard");
        running.system().stop("kafka");
        try {
            loseAll();
            assertFoundByReferenceAndIdAlone(slug, api.register(slug, "guest", unheard), unheard);
            // From here on new messages wait in the outbox; those that were sent but not read are lost.
            checkouts.forEach(checkout -> api.enterCard(checkout, ApiClient.CARD)
                    .assertThatText("/outcome")
                    .isEqualTo("captured"));
        } finally {
            running.system().start("kafka");
        }

        JsonNode again = api.post(
                        "/api/ops/outbox/relay-again", "{\"since\": \"2026-01-01T00:00:00Z\"}", api.signIn("operator"))
                .has(200)
                .json();

        for (Registered one : paid) {
            api.awaitStatus(one, "confirmed", SOON);
        }
        awaitFoundByAddress(slug, unheard);
        for (String email : emails) {
            await().atMost(SOON).ignoreExceptions().until(() -> confirmations(email) > 0);
        }
        await().atMost(SOON).until(() -> waiting() == 0);
        String settled = ApiClient.newAddress("settled");
        Registered last = api.register(slug, "guest", settled);
        api.pay(last);
        await().atMost(SOON).ignoreExceptions().until(() -> confirmations(settled) > 0);
        List<Long> confirmations = await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> emails.stream().map(this::confirmations).toList(), counted -> true);
        assertThat(confirmations).hasSize(people).containsOnly(1L);
        assertThat(paid)
                .allSatisfy(one -> api.get("/api/payments/" + one.id(), one.bearer())
                        .assertThatText("/status")
                        .isEqualTo("captured"));
        System.out.printf("kafka lost all: %d paid, all confirmed and mailed once; relayed again %s%n", people, again);
    }

    /** Asserts this on the desk, whose page then reports the age of its index. */
    private void assertFoundByReferenceAndIdAlone(String slug, Registered made, String email) {
        String reference = made.answer().at("/reference");
        for (String whole : List.of(reference, made.id())) {
            deskList(slug, whole).assertThatText("/items/0/id").isEqualTo(made.id());
        }
        assertThat(deskList(slug, email).json().at("/items")).isEmpty();
        Map<String, String> organiser = api.signIn("organiser");
        String list = "/desk/" + slug + "/registrations";
        assertThat(api.get(list + "/" + made.id(), organiser).has(200).text()).contains(reference, email);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                api.get(list + "?q=" + reference, organiser).text())
                        .contains(list + "/" + made.id(), "Search and filters know what happened until"));
    }

    private void awaitFoundByAddress(String slug, String email) {
        await().atMost(SOON).until(() -> {
            Answer found = deskList(slug, email);
            return found.json().at("/items").size() == 1 && !found.at("/asOf").isEmpty();
        });
    }

    private Answer deskList(String slug, String query) {
        return api.get("/api/admin/conferences/" + slug + "/registrations?q=" + query, api.signIn("organiser"))
                .has(200);
    }

    /** Pauses between registrations, because other tests would have to wait for their mails. */
    private void registerWhile(AtomicBoolean goOn, String slug, AtomicInteger registered) {
        while (goOn.get()) {
            api.register(slug, "guest", ApiClient.newAddress("load"));
            registered.incrementAndGet();
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private static double rate(AtomicInteger counter, Duration time) throws InterruptedException {
        int before = counter.get();
        long began = Standstills.now();
        Thread.sleep(time);
        return (counter.get() - before) / (Standstills.timeSince(began).toNanos() / 1e9);
    }

    /** The resident memory of registration-service, in megabytes. */
    private long memory() throws IOException {
        Path status = Path.of("/proc", Long.toString(running.system().pid("registration-service")), "status");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    /** The number of messages in all outboxes that no broker has received. */
    private long waiting() throws SQLException {
        SystemInside inside = new SystemInside(running.system().settings());
        long waiting = 0;
        for (String database : List.of("registration", "payment", "notification")) {
            try (Connection connection = DriverManager.getConnection(
                            inside.databaseUrl(database), "postgres", inside.superuserPassword());
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("""
                            select coalesce(sum(messages), 0) from outbox o, outbox_cursor c
                             where (o.incarnation, o.transaction_id, o.position)
                                   > (c.incarnation, c.transaction_id, c.position)
                            """)) {
                row.next();
                waiting += row.getLong(1);
            }
        }
        return waiting;
    }

    private boolean isAnythingOnItsWay() {
        JsonNode status =
                api.get("/api/ops/status", api.signIn("operator")).has(200).json();
        // A service that answers slowly is missing from the status.
        JsonNode unsent = status.findPath("oldestUnsentMailSeconds");
        return status.findValues("waiting").stream().anyMatch(waiting -> waiting.asLong() > 0)
                || status.findValues("lag").stream().anyMatch(lag -> lag.isNull() || lag.asLong() > 0)
                || unsent.isMissingNode()
                || unsent.asDouble() > 0;
    }

    private long confirmations(String email) {
        return api.mailsTo(email).stream()
                .filter(mail -> mail.at("/subject").asString("").contains("registered"))
                .count();
    }

    /** Deletes all data of the broker, as a new installation would have none. */
    private void loseAll() throws IOException {
        FileSystemUtils.deleteRecursively(
                running.system().settings().dataFolder().resolve("kafka"));
    }
}
