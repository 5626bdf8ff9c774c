package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.atOnce;
import static org.openingminute.registration.ServiceFixture.captured;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * What a registration that is paid by card costs this service's database, from its request to its mail, in counts that no
 * machine changes. The relay's part is in them, that of an idle service is not.
 */
@RegistrationServiceTest
@Import(ServiceFixture.Alone.class)
class RegistrationCostIT {

    private static final int ALONE = 30;
    private static final int TOGETHER = 32;
    private static final int ROUNDS = 12;

    /** After this time at the latest a connection tells of its transactions. */
    private static final Duration TRANSACTIONS_ARE_TOLD = Duration.ofMillis(10_500);

    /** A statement of fewer executions for each registration is not printed. */
    private static final double RARE = 0.05;

    @Autowired
    private ServiceFixture service;

    private String slug = "";
    private JdbcClient inside;
    private JdbcClient outside;
    private int asked;

    /** What was counted up to an instant, or between two. */
    private record Counts(double seconds, Map<String, Double> statements, double transactions, double wal) {

        Counts since(Counts before, double wal) {
            return new Counts(
                    seconds - before.seconds,
                    less(statements, before.statements, 1),
                    transactions - before.transactions,
                    wal);
        }

        Counts eachOf(double many, Counts idle) {
            double times = seconds / idle.seconds;
            Map<String, Double> each = new TreeMap<>();
            less(statements, idle.statements, times).forEach((text, count) -> each.put(text, count / many));
            return new Counts(
                    seconds / many,
                    each,
                    (transactions - idle.transactions * times) / many,
                    (wal - idle.wal * times) / many);
        }

        private static Map<String, Double> less(Map<String, Double> of, Map<String, Double> by, double times) {
            Map<String, Double> left = new TreeMap<>(of);
            by.forEach((text, count) -> left.merge(text, -count * times, Double::sum));
            return left;
        }

        double sum() {
            return statements.values().stream().mapToDouble(Double::doubleValue).sum();
        }

        /** Without what the relay reads and notes, which depends on how its signals fall together. */
        double ownSum() {
            return statements.entrySet().stream()
                    .filter(one ->
                            !one.getKey().contains("outbox") || one.getKey().startsWith("insert"))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
        }

        void print(String title) {
            System.out.printf(
                    Locale.ROOT,
                    "%s: %.1f statements, %.1f of them the relay's, %.1f transactions, %.1f kB of WAL a registration%n",
                    title,
                    sum(),
                    sum() - ownSum(),
                    transactions,
                    wal / 1000);
            statements.entrySet().stream()
                    .filter(one -> Math.abs(one.getValue()) >= RARE)
                    .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                    .forEach(one -> System.out.printf(
                            Locale.ROOT,
                            "%7.2f %s%n",
                            one.getValue(),
                            one.getKey().substring(0, Math.min(140, one.getKey().length()))));
        }
    }

    @BeforeEach
    void connect(@Autowired JdbcClient jdbc) {
        String database =
                jdbc.sql("select current_database()").query(String.class).single();
        String url = TestInfrastructure.newDatabase("counts");
        outside = client(url);
        outside.sql("create extension if not exists pg_stat_statements").update();
        outside.sql("create extension if not exists pg_walinspect").update();
        inside = client(url.replaceFirst("/[^/]*$", "/" + database));
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
        Mark idle = settled();
        for (int i = 0; i < ALONE; i++) {
            finish(register(1));
        }
        Mark afterAlone = settled();
        for (int i = 0; i < ROUNDS; i++) {
            finish(register(TOGETHER));
        }
        Mark afterTogether = settled();

        Counts rates = idle.since(begin);
        Counts alone = afterAlone.since(idle).eachOf(ALONE, rates);
        Counts together = afterTogether.since(afterAlone).eachOf(ROUNDS * TOGETHER, rates);
        alone.print("Alone");
        together.print(TOGETHER + " at once");

        assertThat(alone.ownSum()).as("statements, alone").isLessThan(28.5);
        assertThat(together.ownSum()).as("statements, together").isLessThan(6);
        assertThat(together.transactions()).as("transactions, together").isLessThan(3.5);
        assertStaysOnItsPage();
    }

    /** The next version of a registration is on the page of the one before, so that the log gets only what differs. */
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

    /** Plays what its neighbours say of these registrations, step by step. */
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

    /** Publishes an event of each, and waits until all are applied. */
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

    /** A place in the server's counts. */
    private record Mark(Counts counts, String position, int asked, JdbcClient outside) {

        Counts since(Mark before) {
            Counts counted = counts.since(
                    before.counts,
                    outside.sql("select sum(record_size) from pg_get_wal_stats(?::pg_lsn, ?::pg_lsn)")
                            .param(before.position)
                            .param(position)
                            .query(Double.class)
                            .single());
            return new Counts(
                    counted.seconds(),
                    counted.statements(),
                    counted.transactions() - (asked - before.asked),
                    counted.wal());
        }
    }

    /** The counts once all connections have told theirs; this test's own questions are left out. */
    private Mark settled() throws InterruptedException {
        Thread.sleep(TRANSACTIONS_ARE_TOLD);
        String database =
                inside.sql("select current_database()").query(String.class).single();
        asked++;
        Map<String, Double> statements = new TreeMap<>();
        outside.sql("""
                select query, calls from pg_stat_statements s join pg_database d on d.oid = s.dbid
                 where datname = ? and query not like '%message_key = any($%' and query not like '%current_database()'
                """).param(database).query(row -> {
            statements.merge(
                    row.getString("query").replaceAll("\\s+", " ").strip(), row.getDouble("calls"), Double::sum);
        });
        double transactions = outside.sql("select xact_commit + xact_rollback from pg_stat_database where datname = ?")
                .param(database)
                .query(Double.class)
                .single();
        String position =
                outside.sql("select pg_current_wal_lsn()").query(String.class).single();
        return new Mark(new Counts(System.nanoTime() / 1e9, statements, transactions, 0), position, asked, outside);
    }
}
