package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Proves that a buyer can repeat a registration with its key when the gateway is killed while the registration is being decided. All
 * processes are real.
 */
@ExtendWith(SystemFixture.class)
@Timeout(180)
@Tag("faults")
class GatewayKilledIT {

    private static final Duration RESTARTED = Duration.ofSeconds(90);

    private final LocalSystem system;
    private final SystemInside inside;
    private final ApiClient api;

    GatewayKilledIT(Running running) {
        system = running.system();
        inside = new SystemInside(system.settings());
        api = running.api();
    }

    @Test
    void a_repeated_key_after_the_gateway_died_mid_request_is_one_registration() throws Exception {
        String slug = ApiClient.newSlug("gateway-killed");
        api.putOnSale(slug, 10, "\"holdMinutes\": 15", 1_000);
        String key = ApiClient.newKey();
        String body = ApiClient.body("guest", ApiClient.newAddress("cut.off"));
        long pid = system.pid("gateway");
        CompletableFuture<Answer> first;
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            query(connection, "select conference from inventory where conference = ? for update", slug);
            first = CompletableFuture.supplyAsync(() -> api.attempt(slug, body, key));
            try (Connection watching = connect()) {
                await().atMost(RESTARTED)
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> !query(watching, """
                                select pid::text from pg_stat_activity
                                 where datname = ? and wait_event_type = 'Lock' and query like '%from inventory%'
                                """, "registration").isEmpty());
            }
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            assertThat(first).as("the answer of a gateway that was killed").failsWithin(RESTARTED);
        }
        List<String> made = new ArrayList<>();
        try (Connection watching = connect()) {
            await().atMost(RESTARTED).until(() -> {
                made.addAll(registrations(watching, slug));
                return !made.isEmpty();
            });
        }
        await().atMost(RESTARTED).until(() -> system.pid("gateway") != 0 && system.pid("gateway") != pid);
        system.start("gateway"); // Waits until it is ready.

        Answer again = api.attempt(slug, body, key).has(201);
        assertThat(api.attempt(slug, body, key).has(201).text()).isEqualTo(again.text());
        assertThat(made).containsExactly(again.at("/id"));
        try (Connection watching = connect()) {
            assertThat(registrations(watching, slug)).isEqualTo(made);
        }
        assertThat(api.get("/api/admin/conferences/" + slug + "/statistics", api.signIn("organiser"))
                        .has(200)
                        .json()
                        .path("held")
                        .asInt())
                .isEqualTo(1);
    }

    private static List<String> registrations(Connection connection, String slug) throws SQLException {
        return query(connection, "select id::text from registration where conference = ?", slug);
    }

    private static List<String> query(Connection connection, String sql, String parameter) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, parameter);
            try (ResultSet rows = query.executeQuery()) {
                List<String> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
                return found;
            }
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(inside.databaseUrl("registration"), "postgres", inside.superuserPassword());
    }
}
