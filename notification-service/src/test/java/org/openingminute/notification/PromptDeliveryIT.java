package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.notification.smtp.MailServer;
import org.openingminute.notification.smtp.ScriptedMailServer;
import org.openingminute.notification.smtp.SendRate;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Proves that mails are sent at the moment they become due, even after lost replies and kills, on instances with a real database and
 * broker.
 */
@Isolated("its replies are lost for all, and it reads the events of all tests")
class PromptDeliveryIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration PERMIT_EVERY = Duration.ofSeconds(10);
    private static final String INSERT = "insert into mail (";
    private static final String OUTCOME = "with outcome as";

    private final String database = TestInfrastructure.newDatabase("prompt");
    private final String group = "prompt-" + UUID.randomUUID();
    private final JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));
    private ScriptedMailServer remote;

    @Import(NotificationServiceApplication.class)
    static final class WithLostReplies {

        private WithLostReplies() {}

        @Bean
        static LostReplies.Processor lostReplies() {
            return new LostReplies.Processor();
        }
    }

    @BeforeEach
    void startMailServer() throws Exception {
        NEIGHBOURS.beginHere(group);
        NEIGHBOURS.publish(Story.conference(1));
        remote = new ScriptedMailServer();
    }

    @AfterEach
    void stopMailServer() throws Exception {
        LostReplies.loseNext(null);
        remote.close();
    }

    @Test
    @Timeout(120)
    void mail_with_a_lost_commit_reply_is_sent_once_within_its_lease() {
        try (ConfigurableApplicationContext _ = service("--notification.pace.per-second=1000")) {
            awaitConference();
            int lost = LostReplies.lost();
            LostReplies.loseNext(INSERT);
            Story story = new Story();
            NEIGHBOURS.publish(confirmed(story));

            // Well within the lease of 30 seconds, so the mail was not leased again.
            await().atMost(Duration.ofSeconds(25))
                    .untilAsserted(() -> assertThat(states(story)).containsExactly("confirmation sent"));
            // The reply is lost a moment after its commit, which others see.
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(LostReplies.lost()).isEqualTo(lost + 1));
            assertThat(copies(story)).isEqualTo(1);
        }
    }

    @Test
    @Timeout(120)
    void outcome_with_a_lost_commit_reply_is_reported_once() {
        try (ConfigurableApplicationContext _ = service("--notification.pace.per-second=1000")) {
            awaitConference();
            int lost = LostReplies.lost();
            LostReplies.loseNext(OUTCOME);
            Story story = new Story();
            NEIGHBOURS.publish(confirmed(story));

            await().atMost(SOON).untilAsserted(() -> assertThat(states(story)).containsExactly("confirmation sent"));
            // The reply is lost a moment after its commit, which others see.
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(LostReplies.lost()).isEqualTo(lost + 1));
            Story next = new Story();
            NEIGHBOURS.publish(confirmed(next));
            await().atMost(SOON).untilAsserted(() -> assertThat(states(next)).containsExactly("confirmation sent"));
            assertThat(jdbc.sql("select mail_sequence from projection where id = ?")
                            .param(story.id)
                            .query(Integer.class)
                            .single())
                    .as("events about its mails")
                    .isEqualTo(1);
            assertThat(copies(story)).isEqualTo(1);
        }
    }

    /** The mail has its connection and waits for a permit when the newer state is applied. */
    @Test
    @Timeout(240)
    void mail_is_not_sent_by_a_state_that_this_process_has_replaced() throws Exception {
        try (ConfigurableApplicationContext service =
                service("--notification.pace.per-second=" + 1.0 / PERMIT_EVERY.toSeconds())) {
            Story first = new Story();
            NEIGHBOURS.publish(confirmed(first));
            // A new instance leases its first mails; their attempts are counted when they are sent.
            await().atMost(SOON).untilAsserted(() -> assertThat(states(first)).containsExactly("confirmation sent"));
            Story story = replacedWhileItWaits(service.getBean(MailServer.class).rate());

            await().atMost(SOON.multipliedBy(2))
                    .untilAsserted(() ->
                            assertThat(states(story)).containsExactly("confirmation superseded", "cancelled sent"));
            assertThat(copies(story)).isEqualTo(1);
        }
    }

    /**
     * Publishes a confirmed registration and, while its mail waits for a permit, its cancellation, and returns once both are applied. Starts
     * over if the mail may have had its permit before that.
     */
    private Story replacedWhileItWaits(SendRate rate) throws InterruptedException {
        while (true) {
            long asked = System.nanoTime();
            // Permits come at fixed times: this takes one when it comes, so that the next is a whole period away.
            assertThat(rate.await()).isTrue();
            long permit = System.nanoTime();
            Story story = new Story();
            NEIGHBOURS.publish(confirmed(story));
            await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> tries(story) == 1);
            NEIGHBOURS.publish(story.registration("registration.cancelled.v1", "cancelled", null));
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> states(story).size() == 2);
            // A permit that was there at once may be old, and this thread may have noticed its permit late.
            boolean hadToWait = permit - asked > Duration.ofMillis(100).toNanos();
            if (hadToWait
                    && System.nanoTime() - permit < PERMIT_EVERY.dividedBy(2).toNanos()) {
                return story;
            }
        }
    }

    @Test
    @Timeout(120)
    void mail_of_a_killed_instance_goes_when_its_lease_ends() {
        Story story = new Story();
        try (ConfigurableApplicationContext _ =
                service("--notification.pace.lease=2s", "--notification.pace.per-second=1000")) {
            awaitConference();
            // The state after a kill between the commit and the hand-over.
            jdbc.sql("insert into projection (id, state) values (?, ?)")
                    .param(story.id)
                    .param(story.confirmed().body())
                    .update();
            jdbc.sql("""
                    insert into mail (id, registration_id, kind, recipient, due_since, next_try_at, created_at, state_since, tries,
                                      leased_by, leased_until)
                    values (?, ?, 'confirmation', ?, now(), now(), now(), now(), 1, gen_random_uuid(),
                            now() + interval '2 seconds')
                    """)
                    .param(UUID.randomUUID())
                    .param(story.id)
                    .param(story.email)
                    .update();

            await().atMost(SOON).untilAsserted(() -> assertThat(states(story)).containsExactly("confirmation sent"));
            assertThat(copies(story)).isEqualTo(1);
        }
    }

    private void awaitConference() {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> jdbc.sql("select exists (select from conference where slug = 'mlsys-2026')")
                        .query(Boolean.class)
                        .single());
    }

    /** Creates a registration without a price, whose mail does not wait for a receipt. */
    private static Story.Event confirmed(Story story) {
        return story.with("total", Story.money(0)).registration("registration.confirmed.v1", "confirmed", null);
    }

    private List<String> states(Story story) {
        return jdbc.sql("select kind || ' ' || state from mail where registration_id = ? order by created_at, id")
                .param(story.id)
                .query(String.class)
                .list();
    }

    private int tries(Story story) {
        return jdbc.sql("select coalesce(max(tries), 0) from mail where registration_id = ?")
                .param(story.id)
                .query(Integer.class)
                .single();
    }

    private long copies(Story story) {
        return remote.taken().stream()
                .filter(mail -> mail.contains("To: " + story.email))
                .count();
    }

    private ConfigurableApplicationContext service(String... more) {
        return Deployed.start(
                WithLostReplies.class,
                database,
                Stream.concat(
                                Stream.of(
                                        "--spring.application.name=" + group,
                                        "--SMTP_HOST=127.0.0.1",
                                        "--SMTP_PORT=" + remote.port(),
                                        "--MAIL_FROM=registration@example.org"),
                                Stream.of(more))
                        .toArray(String[]::new));
    }
}
