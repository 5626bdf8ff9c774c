package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.MoneyRecords;
import org.openingminute.local.fixture.MoneyRecords.Moved;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Proves, on the running system, what happens to money that is paid in time but reported too late, because the provider neither reports nor
 * answers until the hold has ended, or because payment-service cannot publish it.
 */
@ExtendWith(SystemFixture.class)
@Timeout(600)
@Tag("faults")
@Tag("second")
class LateMoneyIT {

    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(120);
    private static final int DUE = 1_000;

    private final ApiClient api;
    private final SystemInside inside;
    private final MoneyRecords records;

    LateMoneyIT(Running running) {
        this.api = running.api();
        this.inside = new SystemInside(running.system().settings());
        this.records = new MoneyRecords(api, inside);
    }

    @AfterEach
    void no_more_troubles() {
        api.put("/sandbox/faults", "{}", Map.of()).has(200);
    }

    @Test
    void it_takes_the_seat_if_it_is_free_and_goes_back_in_full_if_not() throws Exception {
        String open = ApiClient.newSlug("late-free");
        String soldOut = ApiClient.newSlug("late-sold-out");
        String calledOff = ApiClient.newSlug("late-cancelled");
        // Puts all of them on sale first, and payment-service takes cards for half of the hold, so that each is entered
        // in time.
        List.of(open, soldOut, calledOff).forEach(slug -> putOnSale(slug, 60));
        Registered free = registered(open);
        Registered taken = registered(soldOut);
        Registered cancelled = registered(calledOff);
        List<String> checkouts = List.of(api.checkout(free), api.checkout(taken), api.checkout(cancelled));
        api.put("/sandbox/faults", "{\"errorRate\": 1, \"webhook\": {\"dropRate\": 1}}", Map.of())
                .has(200);
        checkouts.forEach(checkout -> api.enterCard(checkout, ApiClient.CARD)
                .assertThatText("/outcome")
                .isEqualTo("captured"));

        Map<String, String> headers = new HashMap<>(cancelled.bearer());
        headers.put("Idempotency-Key", ApiClient.newKey());
        api.post("/api/registrations/" + cancelled.id() + "/cancellation", "{}", headers)
                .has(200);
        api.awaitStatus(free, "expired", SETTLED_WITHIN);
        api.awaitStatus(taken, "expired", SETTLED_WITHIN);
        await().atMost(SETTLED_WITHIN)
                .until(() -> api.attempt(
                                        soldOut,
                                        ApiClient.body("guest", ApiClient.newAddress("quicker")),
                                        ApiClient.newKey())
                                .status()
                        == 201);
        api.put("/sandbox/faults", "{}", Map.of()).has(200);
        long reachable = System.nanoTime();

        api.awaitStatus(free, "confirmed", SETTLED_WITHIN);
        awaitRefunded(taken, "expired");
        awaitRefunded(cancelled, "cancelled");
        double seconds = (System.nanoTime() - reachable) / 1e9;
        await().atMost(SETTLED_WITHIN).ignoreExceptions().untilAsserted(() -> {
            Map<String, Moved> ledger = records.ofTheLedger();
            Map<String, Moved> sandbox = records.ofTheSandbox();
            assertThat(ledger.get(free.id())).isEqualTo(new Moved(1, DUE, 0, 0)).isEqualTo(sandbox.get(free.id()));
            for (Registered back : List.of(taken, cancelled)) {
                assertThat(ledger.get(back.id()))
                        .isEqualTo(new Moved(1, DUE, DUE, 0))
                        .isEqualTo(sandbox.get(back.id()));
            }
        });
        System.out.printf(
                "late money: one seat still free and taken, one sold meanwhile and one cancelled and refunded, %.1f s after the"
                        + " provider could be reached%n",
                seconds);
    }

    @Test
    void it_keeps_its_seat_while_the_relay_of_payments_is_held_up() throws Exception {
        String slug = ApiClient.newSlug("late-relay");
        putOnSale(slug, 30);
        Registered payer = registered(slug);
        String checkout = api.checkout(payer);
        Instant holdEnds = Instant.parse(payer.answer().at("/holdExpiresAt"));
        try (Connection open = DriverManager.getConnection(
                        inside.databaseUrl("payment"), "postgres", inside.superuserPassword());
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            // An open transaction with an id holds back the relay.
            statement.execute("select pg_current_xact_id()");
            api.enterCard(checkout, ApiClient.CARD).assertThatText("/outcome").isEqualTo("captured");

            await().atMost(SETTLED_WITHIN)
                    .until(() -> isSoldToAnother(slug) || businessTime().isAfter(holdEnds) && holdsWait());
            assertThat(isSoldToAnother(slug)).isFalse();
        }

        api.awaitStatus(payer, "confirmed", SETTLED_WITHIN);
        assertThat(api.registration(payer).json().at("/payment/refunded/amount").asLong())
                .isZero();
    }

    private boolean isSoldToAnother(String slug) {
        return api.attempt(slug, ApiClient.body("guest", ApiClient.newAddress("rival")), ApiClient.newKey())
                        .status()
                == 201;
    }

    private Instant businessTime() {
        return Instant.parse(api.get("/api/rehearsal/clock").at("/now"));
    }

    private boolean holdsWait() {
        return api.get("http://127.0.0.1:" + inside.registrationPort() + "/actuator/prometheus")
                .text()
                .contains("registration_holds_waiting{reason=\"payment-behind\"} 1");
    }

    private void putOnSale(String slug, int holdSeconds) {
        api.putOnSale(slug, 1, "\"holdSeconds\": " + holdSeconds, DUE);
    }

    private Registered registered(String slug) {
        return api.register(slug, "guest", ApiClient.newAddress("late"));
    }

    private void awaitRefunded(Registered person, String status) {
        await().atMost(SETTLED_WITHIN).untilAsserted(() -> {
            Answer now = api.registration(person).has(200);
            now.assertThatText("/status").isEqualTo(status);
            now.assertThatText("/payment/status").isEqualTo("refunded");
            assertThat(now.json().at("/payment/refunded/amount").asLong()).isEqualTo(DUE);
        });
    }
}
