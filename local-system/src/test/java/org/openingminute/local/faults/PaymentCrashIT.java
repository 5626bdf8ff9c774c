package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.MoneyRecords;
import org.openingminute.local.fixture.MoneyRecords.Moved;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Proves that no money is lost or moved twice when payment-service is killed exactly between two of its steps. A fault of the sandbox, a
 * stopped broker, or a lock in the database at the next statement holds it there. All processes are real.
 */
@ExtendWith(SystemFixture.class)
@Timeout(300)
@Tag("faults")
@Tag("second")
class PaymentCrashIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int DUE = 1_000;
    private static final int LOCK = 20_260_517;

    private final Running running;
    private final ApiClient api;
    private final MoneyRecords records;
    private final SystemInside inside;
    private final String slug = ApiClient.newSlug("crash");
    private final ExecutorService browser = Executors.newVirtualThreadPerTaskExecutor();

    PaymentCrashIT(Running running) {
        this.running = running;
        this.api = running.api();
        this.inside = new SystemInside(running.system().settings());
        this.records = new MoneyRecords(api, inside);
    }

    @BeforeEach
    void on_sale() {
        api.putOnSale(slug, 100, "\"holdMinutes\": 60", DUE);
    }

    @AfterEach
    void no_more_troubles() {
        browser.shutdownNow();
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> api.put("/sandbox/faults", "{}", Map.of()).status() == 200);
    }

    @Test
    void a_crash_after_the_intent_loses_nothing() throws Exception {
        Registered person = registered();
        api.put("/sandbox/faults", "{\"latencyMs\": 20000}", Map.of()).has(200);
        goToPay(person);
        await().atMost(SOON)
                .until(() -> count("payment_session where state = 'opening' and registration_id = '%s'", person) == 1);
        kill();
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> api.put("/sandbox/faults", "{}", Map.of()).status() == 200);

        api.pay(person);
        isPaidOnce(person);
        assertThat(count("payment_session where registration_id = '%s'", person))
                .isEqualTo(1);
    }

    @Test
    void a_crash_after_the_providers_answer_loses_nothing() throws Exception {
        Registered person = registered();
        try (Barrier barrier = new Barrier("payment", "new.document like '%\"state\":\"OPEN\"%'")) {
            goToPay(person);
            barrier.awaitOneWaiting();
            kill();
        }
        api.pay(person);
        isPaidOnce(person);
        assertThat(count("sandbox.session where registration = '%s'", person))
                .as("the key made it the same session")
                .isEqualTo(1);
    }

    @Test
    void a_crash_after_the_refund_answer_loses_nothing() throws Exception {
        Registered person = registered();
        api.pay(person);
        api.awaitStatus(person, "confirmed", SOON);
        try (Barrier barrier = new Barrier("payment", "new.document like '%\"state\":\"DONE\"%'")) {
            api.post(
                            "/api/admin/registrations/" + person.id() + "/refunds",
                            "{\"amount\": {\"amount\": 400, \"currency\": \"EUR\"}, \"reason\": \"a workshop fell out\"}",
                            Map.of(
                                    "Authorization",
                                    api.signIn("organiser").getOrDefault("Authorization", ""),
                                    "Idempotency-Key",
                                    ApiClient.newKey()))
                    .has(202);
            barrier.awaitOneWaiting();
            kill();
        }
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(records.ofTheLedger().get(person.id()))
                        .isEqualTo(new Moved(1, DUE, 400, 0))
                        .isEqualTo(records.ofTheSandbox().get(person.id())));
    }

    @Test
    void a_crash_after_the_webhook_is_stored_loses_nothing() throws Exception {
        Registered person = registered();
        String checkout = api.checkout(person);
        try (Barrier barrier = new Barrier("webhook_event", "true")) {
            api.enterCard(checkout, ApiClient.CARD).has(200);
            barrier.awaitOneWaiting();
            kill();
        }
        isPaidOnce(person);
    }

    @Test
    void a_crash_after_the_event_is_written_loses_nothing() throws Exception {
        Registered person = registered();
        String checkout = api.checkout(person);
        running.system().stop("kafka");
        try {
            api.enterCard(checkout, ApiClient.CARD).has(200);
            await().atMost(SOON)
                    .untilAsserted(() -> api.get("/api/payments/" + person.id(), person.bearer())
                            .assertThatText("/status")
                            .isEqualTo("captured"));
            kill();
        } finally {
            running.system().start("kafka");
        }
        isPaidOnce(person);
    }

    private Registered registered() {
        Registered person = api.register(slug, "guest", ApiClient.newAddress("crash"));
        // payment-service may learn of it a moment later, and goToPay() calls only once.
        await().atMost(SOON)
                .until(() ->
                        api.get("/api/payments/" + person.id(), person.bearer()).status() == 200);
        return person;
    }

    /** Starts the checkout without waiting for its answer, which will not come. */
    private void goToPay(Registered person) {
        browser.submit(() -> api.send("POST", "/api/payments/" + person.id() + "/checkout", null, person.bearer()));
    }

    private void kill() throws Exception {
        LocalSystem system = running.system();
        long pid = system.pid("payment-service");
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        await().atMost(SOON).until(() -> system.pid("payment-service") != 0 && system.pid("payment-service") != pid);
        system.start("payment-service"); // Waits until it is ready.
    }

    private void isPaidOnce(Registered person) {
        api.awaitStatus(person, "confirmed", SOON);
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(records.ofTheLedger().get(person.id()))
                        .isEqualTo(new Moved(1, DUE, 0, 0))
                        .isEqualTo(records.ofTheSandbox().get(person.id())));
    }

    private long count(String rows, Registered person) throws SQLException {
        try (Connection connection = connection()) {
            return count(connection, "select count(*) from " + rows.formatted(person.id()));
        }
    }

    private static long count(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection(inside.databaseUrl("payment"), "postgres", inside.superuserPassword());
    }

    /** Blocks updates of a table until it is closed, and then aborts those that wait. */
    private final class Barrier implements AutoCloseable {

        private final Connection connection = connection();
        private final String table;

        Barrier(String table, String when) throws SQLException {
            this.table = table;
            run("select pg_advisory_lock(" + LOCK + ")");
            run("""
                    create function barrier() returns trigger language plpgsql as
                    $$ begin perform pg_advisory_xact_lock(%d); return new; end $$
                    """.formatted(LOCK));
            run("create trigger barrier before update on %s for each row when (%s) execute function barrier()"
                    .formatted(table, when));
        }

        void awaitOneWaiting() {
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> count(
                                    connection,
                                    "select count(*) from pg_locks where locktype = 'advisory' and not granted and objid = "
                                            + LOCK)
                            > 0);
        }

        @Override
        public void close() throws SQLException {
            try (connection) {
                run(
                        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and not granted and objid = "
                                + LOCK);
                run("select pg_advisory_unlock(" + LOCK + ")");
                run("drop trigger barrier on " + table);
                run("drop function barrier()");
            }
        }

        private void run(String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }
}
