package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.DatabaseCopy;
import org.openingminute.local.StandbyDatabase;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.MoneyRecords;
import org.openingminute.local.fixture.MoneyRecords.Moved;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Proves what happens when PostgreSQL's primary is lost with commits that its standby has not received. Registration and notification lose
 * the results of captures. payment-service loses nothing, as if it had a server of its own. All processes are real.
 */
@ExtendWith(SystemFixture.class)
@Timeout(600)
@Tag("faults")
@Tag("second")
class FailoverIT {

    private static final int PAYERS = "full".equals(System.getProperty("proofs")) ? 100 : 4;
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final int PRICE = 1_000;

    private final Running running;
    private final ApiClient api;
    private final SystemInside inside;
    private final String slug = ApiClient.newSlug("failover");

    FailoverIT(Running running) {
        this.running = running;
        this.api = running.api();
        this.inside = new SystemInside(running.system().settings());
    }

    @Test
    void money_kept_before_a_lossy_failover_gets_its_seat_back() throws Exception {
        api.putOnSale(slug, 1_000, "\"holdMinutes\": 60", PRICE);
        List<Registered> payers = new ArrayList<>();
        List<String> emails = new ArrayList<>();
        long died;
        try (StandbyDatabase standby = new StandbyDatabase(running.system())) {
            List<String> checkouts = new ArrayList<>();
            for (int i = 0; i < PAYERS; i++) {
                emails.add(ApiClient.newAddress("failover." + i));
                payers.add(api.register(slug, "guest", emails.getLast()));
                checkouts.add(api.checkout(payers.getLast()));
            }
            standby.awaitCaughtUp();
            standby.cutOff();
            checkouts.forEach(checkout -> api.enterCard(checkout, ApiClient.CARD)
                    .assertThatText("/outcome")
                    .isEqualTo("captured"));
            payers.forEach(payer -> api.awaitStatus(payer, "confirmed", SOON));
            await().atMost(SOON).until(() -> emails.stream().allMatch(email -> confirmations(email) == 1));
            String theirs = payers.stream().map(Registered::id).collect(Collectors.joining("', '", "('", "')"));
            try (Connection primary = primary()) {
                await().atMost(SOON)
                        .until(() -> count(primary, "payment_capture where answered and registration_id in " + theirs)
                                == PAYERS);
            }
            DatabaseCopy payment = DatabaseCopy.of(inside, "payment");

            died = System.nanoTime();
            standby.replacePrimary(() -> {
                try (Connection promoted = standby.connection("registration")) {
                    assertThat(count(promoted, "registration where status = 'pending-payment' and id in " + theirs))
                            .as("payers without a seat in the copy")
                            .isEqualTo(PAYERS);
                }
                try (Connection promoted = standby.connection("payment")) {
                    payment.fill(promoted);
                }
            });
        }
        double promoted = (System.nanoTime() - died) / 1e9;

        payers.forEach(payer -> api.awaitStatus(payer, "confirmed", SOON));
        double seated = (System.nanoTime() - died) / 1e9;

        String email = ApiClient.newAddress("failover.after");
        Registered after = api.register(slug, "guest", email);
        api.pay(after);
        await().atMost(SOON).ignoreExceptions().until(() -> confirmations(email) == 1);
        assertThat(emails).allSatisfy(each -> assertThat(confirmations(each)).isEqualTo(1));
        Map<String, Moved> money = new MoneyRecords(api, inside).ofTheSandbox();
        assertThat(payers).allSatisfy(payer -> assertThat(money.get(payer.id())).isEqualTo(new Moved(1, PRICE, 0, 0)));
        System.out.printf(
                "failover: %d had paid after the standby's last commit; it served %.1f s after the kill, all had their seats after"
                        + " %.1f s, and nobody got a second mail%n",
                PAYERS, promoted, seated);
    }

    private long confirmations(String email) {
        return api.mailsTo(email).stream()
                .filter(mail -> mail.at("/subject").asString("").contains("registered"))
                .count();
    }

    private Connection primary() throws SQLException {
        return DriverManager.getConnection(inside.databaseUrl("payment"), "postgres", inside.superuserPassword());
    }

    private static long count(Connection connection, String rows) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + rows)) {
            row.next();
            return row.getLong(1);
        }
    }
}
