package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.atOnce;
import static org.openingminute.registration.ServiceFixture.captured;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.openingminute.messaging.testing.StatementCounts.Counts;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Proves the database cost of a registration paid by card, from its request to its mail, in counts that do not depend on the machine.
 * Includes the relay's part, but not that of an idle service. Runs the service on a real database; neighbours are played.
 */
@RegistrationServiceTest
@Import(ServiceFixture.Alone.class)
class RegistrationCostIT {

    private static final int ALONE = 30;
    private static final int TOGETHER = 32;
    private static final int ROUNDS = 12;

    /** How long an idle service is measured. */
    private static final Duration IDLE = Duration.ofMillis(10_500);

    /** The time after which a busy connection reports its transactions at the latest. */
    private static final Duration TRANSACTIONS_ARE_TOLD = Duration.ofSeconds(2);

    @Autowired
    private ServiceFixture service;

    @Autowired
    private DataSource pool;

    private String slug = "";
    private JdbcClient inside;
    private JdbcClient outside;
    private StatementCounts counts;
    private int asked;

    @BeforeEach
    void connect(@Autowired JdbcClient jdbc) {
        String database =
                jdbc.sql("select current_database()").query(String.class).single();
        String url = TestInfrastructure.newDatabase("counts");
        outside = client(url);
        outside.sql("create extension if not exists pg_walinspect").update();
        inside = client(url.replaceFirst("/[^/]*$", "/" + database));
        counts = StatementCounts.of(jdbc);
        slug = service.putConference(10_000, 600);
    }

    private static JdbcClient client(String url) {
        return JdbcClient.create(new SingleConnectionDataSource(url, "postgres", "postgres", true));
    }

    @Test
    void registration_costs_what_its_budget_says() throws Exception {
        for (int i = 0; i < 3; i++) {
            finish(register(TOGETHER));
        }
        Mark begin = settled();
        Thread.sleep(IDLE);
        Mark idle = settled();
        for (int i = 0; i < ALONE; i++) {
            finish(register(1));
        }
        Mark afterAlone = settled();
        for (int i = 0; i < ROUNDS; i++) {
            finish(register(TOGETHER));
        }
        Mark afterTogether = settled();

        Cost rates = cost(begin, idle);
        Cost alone = cost(idle, afterAlone).each(ALONE, rates);
        Cost together = cost(afterAlone, afterTogether).each(ROUNDS * TOGETHER, rates);
        System.out.printf("Alone: %s%n%d at once: %s%n", alone, TOGETHER, together);

        assertThat(alone.own()).as("statements, alone").isLessThan(30);
        assertThat(together.own()).as("statements, together").isLessThan(6);
        assertThat(together.counts().transactions())
                .as("transactions, together")
                .isLessThan(3.5);
        assertStaysOnItsPage();
    }

    /** Updates that stay on their page log only the difference. */
    private void assertStaysOnItsPage() {
        inside.sql("""
                select n_tup_upd, n_tup_hot_upd, n_tup_newpage_upd from pg_stat_user_tables where relname = 'registration'
                """).query(row -> {
            System.out.printf(
                    "Updates of registrations: %d, %d without their indexes, %d to another page%n",
                    row.getLong(1), row.getLong(2), row.getLong(3));
            assertThat(row.getLong(3)).as("to another page").isLessThan(row.getLong(1) / 10);
        });
    }

    private List<Reply> register(int count) throws Exception {
        return atOnce(count, () -> service.register(slug, "seat").expect(201));
    }

    /** Publishes the neighbours' events about these registrations, step by step. */
    private void finish(List<Reply> made) throws Exception {
        publish(made, "payment.events.v1", "payment.captured.v1", 2, id -> captured(id, 10_000, 10_000, capture(id)));
        publish(
                made,
                "payment.events.v1",
                "payment.receipt-issued.v1",
                3,
                id -> captured(id, 10_000, 10_000, capture(id))
                        .replace("\"answered\": false", "\"answered\": true")
                        .replace(
                                "\"receipt\": null",
                                "\"receipt\": {\"number\": \"2026-000001\", \"issuedAt\": \"2026-02-02T17:01:01Z\"}"));
        publish(made, "notification.events.v1", "mail.sent.v1", 1, """
                {"registration": "%1$s", "mails": [{"id": "%1$s", "kind": "confirmation", "state": "sent",
                 "at": "2026-02-02T17:02:00Z"}]}"""::formatted);
    }

    private static UUID capture(String registration) {
        return UUID.nameUUIDFromBytes(registration.getBytes());
    }

    @FunctionalInterface
    private interface Body {
        String of(String registration);
    }

    /** Publishes one event for each registration, and waits until all are applied. */
    private void publish(List<Reply> made, String topic, String type, long sequence, Body body) {
        String[] ids = made.stream().map(one -> one.text("id")).toArray(String[]::new);
        Stream.of(ids).parallel().forEach(id -> service.publish(topic, id, type, sequence, body.of(id)));
        await().atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    asked++;
                    return inside.sql(
                                            "select count(*) from inbox where topic = ? and sequence >= ? and message_key = any(?)")
                                    .param(topic)
                                    .param(sequence)
                                    .param(ids)
                                    .query(Integer.class)
                                    .single()
                            == ids.length;
                });
    }

    /** A position in the server's counts and in its log. */
    private record Mark(Counts counts, String position) {}

    /** Returns the counts after all connections have reported theirs, without this test's own statements. */
    private Mark settled() throws InterruptedException, SQLException {
        Thread.sleep(TRANSACTIONS_ARE_TOLD);
        StatementCounts.tellNow(pool);
        Counts all = counts.now();
        all.statements()
                .keySet()
                .removeIf(text -> text.contains("message_key = any($") || text.contains("pg_stat_force_next_flush"));
        return new Mark(
                new Counts(all.seconds(), all.statements(), all.transactions() - asked),
                outside.sql("select pg_current_wal_lsn()").query(String.class).single());
    }

    private Cost cost(Mark before, Mark after) {
        return new Cost(
                after.counts().since(before.counts()),
                outside.sql("select sum(record_size) from pg_get_wal_stats(?::pg_lsn, ?::pg_lsn)")
                        .param(before.position())
                        .param(after.position())
                        .query(Double.class)
                        .single());
    }

    /** @param wal bytes of the server's log */
    private record Cost(Counts counts, double wal) {

        /** Returns the cost of one registration, less that of an idle service in the same time. */
        Cost each(double many, Cost idle) {
            double times = counts.seconds() / idle.counts.seconds();
            return new Cost(counts.each(many, idle.counts), (wal - idle.wal * times) / many);
        }

        /** Returns the statements except the relay's, whose number depends on the timing of its signals. */
        double own() {
            return counts.sum(text -> !text.contains("outbox") || text.startsWith("insert"));
        }

        @Override
        public String toString() {
            double all = counts.sum(_ -> true);
            return String.format(
                    Locale.ROOT,
                    "%.1f statements, %.1f of them the relay's, %.1f kB of WAL, %s",
                    all,
                    all - own(),
                    wal / 1000,
                    counts);
        }
    }
}
