package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.JSON;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.TRAP;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;
import static org.openingminute.notification.ServiceFixture.within;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.kit.testing.Rounds;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/**
 * Proves from an event to the delivered mail what is sent and what is not, on the running service with its database, broker and a mail
 * trap.
 */
@NotificationServiceApplicationTest
class MailsIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    @Qualifier("mailDispatcher")
    SmartLifecycle sending;

    @Autowired
    TransactionTemplate transaction;

    @Test
    @DisturbsOthers
    void sending_goes_on_after_every_pause() {
        for (int pause = 0; pause < 30; pause++) {
            sending.stop();
            sending.start();
        }
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
    }

    @Test
    void a_confirmed_registration_gets_one_mail_with_a_link_that_opens_it() {
        Story story = new Story();
        // With this publication time, the mail waits about a minute longer, so the payment arrives first.
        NEIGHBOURS.publish(story.held().at(Instant.now().plusSeconds(60)));
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.mailsTo(story.email)).hasSize(1));

        JsonNode mail = service.mailsTo(story.email).getFirst();
        assertThat(mail.path("subject").asString()).isEqualTo("MLSys 2026: you are registered (ML26-7K3F9Q)");
        assertThat(mail.path("from").asString()).isEqualTo("registration@localhost");
        assertThat(mail.path("to").asString()).isEqualTo(story.email);
        assertThat(mail.path("attachments").isEmpty()).isTrue();
        for (String form : List.of("text", "html")) {
            assertThat(mail.path(form).asString())
                    .contains("Ada Lovelace", "ML26-7K3F9Q", "Academic", "USD 800.00", "USD 150.00")
                    .contains("May 18, 2026 to May 22, 2026", "Bellevue, WA, United States")
                    .contains("samples, not the real ones")
                    .contains(StaffIssuer.ISSUER + "/open#k1." + story.id + ".-.0.");
        }
        UUID name = UUID.nameUUIDFromBytes((story.id + " confirmation ").getBytes(StandardCharsets.UTF_8));
        assertThat(mail.path("messageId").asString()).isEqualTo("<" + name + "@tickets.example.org>");
    }

    @Test
    void the_kept_copy_has_no_access_token() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));

        UUID id = jdbc.sql("select id from mail where registration_id = ?")
                .param(story.id)
                .query(UUID.class)
                .single();
        String kept = service.call(
                        "GET", "/api/admin/mails/" + id, null, "Authorization", "Bearer " + STAFF.token("organiser"))
                .body();
        assertThat(kept).contains("/open#•••").doesNotContain("k1." + story.id);
    }

    @Test
    void the_same_event_ten_times_is_one_mail() {
        Story story = new Story();
        Story.Event confirmed = story.confirmed();
        for (int i = 0; i < 10; i++) {
            NEIGHBOURS.publish(confirmed);
        }
        Story after = new Story();
        for (int i = 0; i < 40; i++) {
            NEIGHBOURS.publish(new Story().confirmed());
        }
        NEIGHBOURS.publish(after.confirmed());
        // Newer events of the same state must not cause another mail.
        NEIGHBOURS.publish(story.registration("registration.changed.v1", "confirmed", null));
        soon(() -> assertThat(jdbc.sql(
                                "select sequence from inbox where topic = 'registration.events.v1' and message_key = ?")
                        .param(story.id.toString())
                        .query(Long.class)
                        .list())
                .containsExactly(2L));
        soon(() -> assertThat(service.rowsOf(after.id)).containsExactly("confirmation sent"));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));

        assertThat(service.mailsTo(story.email)).hasSize(1);
    }

    @Test
    void pay_now_mail_is_skipped_after_payment() {
        Story story = new Story();
        // With this publication time, the mail waits about a minute longer, so the payment arrives first.
        NEIGHBOURS.publish(story.held().at(Instant.now().plusSeconds(60)));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("pay-now waiting"));
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        assertThat(service.mailsTo(story.email)).hasSize(1);
    }

    @Test
    void pay_now_mail_names_the_deadline_at_the_conference() {
        Story story = new Story();
        NEIGHBOURS.publish(story.held());

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("pay-now sent"));
        JsonNode mail = service.mailsTo(story.email).getFirst();
        assertThat(mail.path("text").asString()).contains("February 2, 2026, 9:15\u202fAM PST", "USD 800.00");
    }

    @Test
    void confirmation_is_sent_though_its_event_was_missed() {
        Story story = new Story();
        NEIGHBOURS.publish(story.with("captured", Story.money(80_000))
                .registration("registration.transferred.v1", "confirmed", null));

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
    }

    @Test
    void payment_failed_mail_replaces_the_pay_now_mail() {
        Story story = new Story();
        NEIGHBOURS.publish(story.held().at(Instant.now().plusSeconds(60)));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("pay-now waiting"));
        NEIGHBOURS.publish(story.payment("payment.failed.v1", "failed", List.of(), true));

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("payment-failed sent"));
        assertThat(service.mailsTo(story.email)).hasSize(1);
    }

    @Test
    void each_refund_is_mailed_once_whichever_topic_comes_first() {
        Story story = new Story();
        Map<String, Object> one = Map.of(
                "id",
                UUID.randomUUID().toString(),
                "amount",
                Story.money(30_000),
                "state",
                "done",
                "at",
                "2026-02-02T18:00:00Z");
        Map<String, Object> two = Map.of(
                "id",
                UUID.randomUUID().toString(),
                "amount",
                Story.money(10_000),
                "state",
                "done",
                "at",
                "2026-02-02T18:00:00Z");
        NEIGHBOURS.publish(story.payment("payment.refunded.v1", "partly-refunded", List.of(one), false));
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id))
                .containsExactlyInAnyOrder("confirmation sent", "refund-made sent"));
        NEIGHBOURS.publish(story.payment("payment.refunded.v1", "partly-refunded", List.of(one, two), false));

        soon(() -> assertThat(service.rowsOf(story.id))
                .containsExactlyInAnyOrder("confirmation sent", "refund-made sent", "refund-made sent"));
        assertThat(service.mailsTo(story.email))
                .extracting(mail -> mail.path("text").asString())
                .anyMatch(text -> text.contains("We have refunded USD 300.00"))
                .anyMatch(text -> text.contains("We have refunded USD 100.00"));
    }

    @Test
    void line_breaks_in_names_become_no_headers_and_no_lines() {
        Story story = new Story();
        story.contact("Eve\r\nBcc: victim@example.org\r\n\r\nX", story.email, "en")
                .with("reference", "ML26-EVIL00");
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.mailsTo(story.email)).hasSize(1));

        JsonNode mail = service.mailsTo(story.email).getFirst();
        assertThat(mail.path("text").asString()).startsWith("Hello,").doesNotContain("victim");
        assertThat(mail.path("to").asString()).isEqualTo(story.email);
        assertThat(service.mailsTo("victim@example.org")).isEmpty();

        Story other = new Story();
        NEIGHBOURS.publish(other.contact("Eve\r\nSubject: other\r\n\r\nX", other.email, "en")
                .confirmed());
        soon(() -> assertThat(service.mailsTo(other.email))
                .singleElement()
                .satisfies(
                        named -> assertThat(named.path("text").asString()).startsWith("Dear Eve Subject: other X,")));
    }

    @Test
    void an_address_that_smuggles_a_second_one_bounces() {
        Story story = new Story();
        story.contact("Eve", story.email + ",victim@example.org", "en");
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation bounced"));
        assertThat(service.mailsTo("victim@example.org")).isEmpty();
        assertEvents(story, "mail.bounced.v1");
    }

    @Test
    @DisturbsOthers
    void mails_wait_for_a_mail_server_that_is_away_and_arrive_once() {
        TRAP.stop();
        Story story = new Story();
        try {
            NEIGHBOURS.publish(story.confirmed());
            soon(() -> assertThat(jdbc.sql("select reason from mail where registration_id = ?")
                            .param(story.id)
                            .query(String.class)
                            .optional())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("mail server")));
            assertProblem(service.call("GET", "/mailbox/messages", null), 503, "unavailable");
            JsonNode status =
                    JSON.readTree(service.call("GET", "/internal/status", null).body());
            assertThat(status.path("oldestUnsentMailSeconds").asDouble()).isPositive();
        } finally {
            TRAP.startAgain();
        }

        within(
                Duration.ofSeconds(40),
                () -> assertThat(service.mailsTo(story.email)).hasSize(1));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        assertThat(service.mailsTo(story.email)).hasSize(1);
    }

    @Test
    @DisturbsOthers
    void mail_waits_until_newer_events_are_read() {
        // A blocked event is given up after eight seconds, and then polled together with the cancellation.
        Waited waited = Rounds.within(Duration.ofSeconds(8), this::behindBlockedEvent);
        assertThat(waited.confirmation()).isEqualTo("waiting newer events have not been read yet");

        Story story = waited.story();
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation superseded", "cancelled sent"));
        assertThat(service.mailsTo(story.email)).hasSize(1);
    }

    /** @param confirmation state and reason of the story's confirmation while its cancellation waited behind another story's event */
    private record Waited(Story story, String confirmation) {}

    private Waited behindBlockedEvent() {
        AtomicReference<String> confirmation = new AtomicReference<>("");
        Instant longAgo = Instant.now().minusSeconds(600);
        Story blocking = new Story();
        Story story = inThePartitionOf(blocking);
        Story.Event confirmed = story.confirmed();
        jdbc.sql("insert into projection (id) values (?)").param(blocking.id).update();
        locked(blocking.id, () -> {
            NEIGHBOURS.publish(blocking.confirmed().at(longAgo));
            // In the same poll, the cancellation would not wait behind the blocked event.
            soon(() -> assertThat(isWaitedFor(blocking.id)).isTrue());
            NEIGHBOURS.publish(story.registration("registration.cancelled.v1", "cancelled", null)
                    .at(longAgo));
            soon(() -> assertThat(isBehind()).isTrue());
            // Stores the projection as if the confirmation had been read and the cancellation behind it had not.
            jdbc.sql("insert into projection (id, state) values (?, ?) on conflict do nothing")
                    .param(story.id)
                    .param(confirmed.body())
                    .update();
            jdbc.sql("""
                    insert into mail (id, registration_id, kind, recipient, due_since, next_try_at, created_at, state_since,
                                      read_late)
                    values (?, ?, 'confirmation', ?, now(), now(), now(), now(), true)
                    """)
                    .param(UUID.randomUUID())
                    .param(story.id)
                    .param(story.email)
                    .update();
            soon(() -> {
                confirmation.set(
                        jdbc.sql("""
                        select state || ' ' || coalesce(reason, '') from mail
                         where registration_id = ? and kind = 'confirmation'
                        """).param(story.id).query(String.class).single());
                assertThat(confirmation.get()).isNotEqualTo("waiting ");
            });
        });
        return new Waited(story, confirmation.get());
    }

    @Test
    void mail_due_by_an_old_event_is_known_as_such() {
        Story old = new Story();
        NEIGHBOURS.publish(old.confirmed().at(Instant.now().minusSeconds(600)));
        soon(() -> assertThat(service.rowsOf(old.id)).containsExactly("confirmation sent"));
        assertThat(wasReadLate(old)).isTrue();
        // After five seconds an event is late too. A pause of the machine may take the time of one, but not of each.
        soon(() -> {
            Story fresh = new Story();
            NEIGHBOURS.publish(fresh.confirmed());
            soon(() -> assertThat(service.rowsOf(fresh.id)).containsExactly("confirmation sent"));
            assertThat(wasReadLate(fresh)).isFalse();
        });
    }

    private boolean wasReadLate(Story story) {
        return jdbc.sql("select read_late from mail where registration_id = ?")
                .param(story.id)
                .query(Boolean.class)
                .single();
    }

    private boolean isBehind() {
        for (JsonNode lag : JSON.readTree(
                        service.call("GET", "/internal/status", null).body())
                .path("consumers")) {
            // Killed services of other tests have a backlog for good.
            if (lag.path("group").asString().equals("notification-service")
                    && lag.path("topic").asString().equals("registration.events.v1")
                    && lag.path("oldestSeconds").asDouble() > 60) {
                return true;
            }
        }
        return false;
    }

    private static Story inThePartitionOf(Story other) {
        Story story = new Story();
        while (partition(story) != partition(other)) {
            story = new Story();
        }
        return story;
    }

    private static int partition(Story story) {
        return BuiltInPartitioner.partitionForKey(story.id.toString().getBytes(StandardCharsets.UTF_8), 3);
    }

    /** Returns whether a transaction waits for the registration's lock. */
    private boolean isWaitedFor(UUID registration) {
        return jdbc.sql("""
                select exists (
                    select from pg_locks
                     where locktype = 'advisory' and not granted
                       and (classid::bigint << 32) | objid::bigint = hashtextextended(?, 0))
                """).param(registration.toString()).query(Boolean.class).single();
    }

    /** Runs a task while the registration's events cannot be applied, because the test holds the lock. */
    private void locked(UUID registration, Runnable meanwhile) {
        transaction.executeWithoutResult(status -> {
            jdbc.sql("set local transaction_timeout = 0").update();
            jdbc.sql("select pg_advisory_xact_lock(hashtextextended(?, 0))")
                    .param(registration.toString())
                    .query()
                    .singleRow();
            // The task uses other connections, as the service would.
            CompletableFuture.runAsync(meanwhile).join();
        });
    }

    @Test
    void mail_of_a_kind_of_a_newer_version_is_left_to_it() {
        Story story = new Story();
        jdbc.sql("insert into projection (id) values (?)").param(story.id).update();
        jdbc.sql("""
                insert into mail (id, registration_id, kind, recipient, due_since, next_try_at, created_at, state_since)
                values (?, ?, 'of-a-later-version', ?, now(), now(), now(), now())
                """)
                .param(UUID.randomUUID())
                .param(story.id)
                .param(story.email)
                .update();
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id))
                .containsExactly("of-a-later-version waiting", "confirmation sent"));
        jdbc.sql("delete from mail where kind = 'of-a-later-version'").update();
    }

    @Test
    void copy_after_a_crash_before_our_note_bears_the_same_message_id() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        // The state after such a crash: the server has the mail, but its row is still waiting.
        jdbc.sql("update mail set state = 'waiting', leased_until = clock_timestamp() where registration_id = ?")
                .param(story.id)
                .update();

        // The lease of 30 seconds is waited for once more if the machine stands still.
        within(
                Duration.ofSeconds(100),
                () -> assertThat(service.mailsTo(story.email)).hasSize(2));
        assertThat(service.mailsTo(story.email).stream()
                        .map(mail -> mail.path("messageId").asString())
                        .distinct())
                .hasSize(1);
    }

    @Test
    void mail_events_are_as_the_contract_says() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        NEIGHBOURS.publish(story.with("reason", "changed plans")
                .with("refundPlanned", Story.money(40_000))
                .registration("registration.cancelled.v1", "cancelled", null));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent", "cancelled sent"));

        List<JsonNode> events = assertEvents(story, "mail.sent.v1", "mail.sent.v1");
        assertThat(events.getLast().path("mails")).hasSize(2);
        assertThat(events.getLast().path("mails").path(1).path("kind").asString())
                .isEqualTo("cancelled");
        assertThat(service.mailsTo(story.email).getLast().path("text").asString())
                .contains("changed plans", "You will get USD 400.00 back");
    }

    private static List<JsonNode> assertEvents(Story story, String... types) {
        soon(() -> assertThat(NEIGHBOURS.received(story.id.toString())).hasSize(types.length));
        ContractSchemas contracts = new ContractSchemas();
        List<ConsumerRecord<String, byte[]>> events = NEIGHBOURS.received(story.id.toString());
        for (int i = 0; i < types.length; i++) {
            Map<String, String> headers = new HashMap<>();
            events.get(i)
                    .headers()
                    .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
            assertThat(headers)
                    .containsEntry("ce_type", types[i])
                    .containsEntry("ce_sequence", Integer.toString(i + 1));
            assertThat(contracts.validateHeaders(headers)).isEmpty();
            assertThat(contracts.validate(types[i], new String(events.get(i).value(), StandardCharsets.UTF_8)))
                    .isEmpty();
        }
        return events.stream()
                .map(message -> JSON.readTree(new String(message.value(), StandardCharsets.UTF_8)))
                .toList();
    }
}
