package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.notification.smtp.ScriptedMailServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Proves the database cost of a registration paid by card, from its hold to its mails, on the running service with its database. */
@Isolated("it counts what its service does, which reads the events of all tests")
class NotificationBatchIT {

    private static final Map<String, Object> RECEIPT =
            Map.of("receipt", Map.of("number", "2026-000001", "issuedAt", "2026-02-02T17:01:37Z"));
    private static final String GROUP = "batches";
    private static final int ALONE = 20;
    private static final int TOGETHER = 320;

    private final SingleConnectionDataSource database =
            new SingleConnectionDataSource(TestInfrastructure.newDatabase("batches"), "postgres", "postgres", true);
    private final JdbcClient jdbc = JdbcClient.create(database);

    @Import(NotificationServiceApplication.class)
    static final class Counted {

        private Counted() {}

        @Bean
        static CountingDataSource.Processor counting() {
            return new CountingDataSource.Processor();
        }
    }

    @Test
    @Timeout(300)
    void registration_paid_by_card_costs_few_statements() throws Exception {
        NEIGHBOURS.beginHere(GROUP);
        NEIGHBOURS.publish(Story.conference(1));
        try (ScriptedMailServer remote = new ScriptedMailServer();
                ConfigurableApplicationContext _ = Deployed.start(
                        Counted.class,
                        database.getUrl(),
                        "--spring.application.name=" + GROUP,
                        "--SMTP_HOST=127.0.0.1",
                        "--SMTP_PORT=" + remote.port(),
                        "--MAIL_FROM=registration@example.org",
                        "--notification.pace.per-second=10000")) {
            await().atMost(Duration.ofMinutes(1)).until(this::knowsTheConference);
            play(stories(32));
            CountingDataSource.Counts begun = CountingDataSource.Counts.now();
            await().atMost(Duration.ofMinutes(1))
                    .pollDelay(Duration.ofSeconds(4))
                    .until(() -> true);
            CountingDataSource.Counts idle = CountingDataSource.Counts.now().since(begun);

            CountingDataSource.Counts alone = counted(idle, () -> stories(ALONE).forEach(one -> play(List.of(one))));
            print("alone", alone, ALONE);
            CountingDataSource.Counts together = counted(idle, () -> play(stories(TOGETHER)));
            print("together", together, TOGETHER);

            assertThat(alone.all() / ALONE).isLessThan(24);
            assertThat(alone.transactions() / ALONE).isLessThan(7);
            assertThat(together.all() / TOGETHER).isLessThan(10);
            assertThat(together.transactions() / TOGETHER).isLessThan(5);
            assertThat(jdbc.sql("select count(*) from business_offset")
                            .query(Long.class)
                            .single())
                    .as("moved clocks, which no deployment has")
                    .isZero();
        }
    }

    private static List<Story> stories(int many) {
        return Stream.generate(Story::new).limit(many).toList();
    }

    /** Publishes the registrations' events step by step, so that none is more than one step ahead of another. */
    private void play(List<Story> stories) {
        step(stories, "registration.events.v1", 1, Story::held);
        step(
                stories,
                "payment.events.v1",
                1,
                story -> story.payment("payment.captured.v1", "captured", List.of(), false));
        step(stories, "registration.events.v1", 2, Story::confirmed);
        step(
                stories,
                "payment.events.v1",
                2,
                story -> story.payment("payment.receipt-issued.v1", "captured", List.of(), false, RECEIPT));
        await().atMost(Duration.ofMinutes(1))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> count("""
                        select count(*) from mail
                         where kind = 'confirmation' and state = 'sent' and registration_id::text = any(?)
                        """, stories) == stories.size());
    }

    private void step(List<Story> stories, String topic, int sequence, Function<Story, Story.Event> event) {
        NEIGHBOURS.publishAll(stories.stream().map(event).toList());
        await().atMost(Duration.ofMinutes(1))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> count(
                                "select count(*) from inbox where message_key = any(?) and topic = '" + topic
                                        + "' and sequence >= " + sequence,
                                stories)
                        == stories.size());
    }

    private long count(String sql, List<Story> stories) {
        return jdbc.sql(sql)
                .param(stories.stream()
                        .map(story -> story.id)
                        .map(UUID::toString)
                        .toArray(String[]::new))
                .query(Long.class)
                .single();
    }

    private boolean knowsTheConference() {
        return jdbc.sql("select exists (select from conference where slug = 'mlsys-2026')")
                .query(Boolean.class)
                .single();
    }

    private static CountingDataSource.Counts counted(CountingDataSource.Counts idle, Runnable work) {
        CountingDataSource.Counts before = CountingDataSource.Counts.now();
        work.run();
        return CountingDataSource.Counts.now().since(before).without(idle);
    }

    private static void print(String how, CountingDataSource.Counts counts, int registrations) {
        System.out.printf(
                "notification %s: %.1f statements and %.1f transactions a registration%n",
                how, counts.all() / registrations, counts.transactions() / registrations);
        counts.statements().entrySet().stream()
                .filter(each -> each.getValue() / registrations > 0.05)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(each -> System.out.printf("%8.2f  %.150s%n", each.getValue() / registrations, each.getKey()));
    }
}
