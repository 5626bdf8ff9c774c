package org.openingminute.messaging.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.StaffTrust;
import org.openingminute.kit.testing.StaffIssuer;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.operations.DeadLetters.ReplayResult;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.testing.StepGuard;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves, on a real PostgreSQL and a real broker, how operators list, show and discard dead letters, and that each act is audited. */
class DeadLettersIT extends ParkedThings {

    @Autowired
    private DeadLetterUpkeep upkeep;

    @Autowired
    private Outbox outbox;

    @Autowired
    private OperatorAudit acts;

    @Autowired
    private MessagingSetting setting;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private PayloadMask mask;

    @Test
    void dead_letters_are_listed_newest_first_by_page_and_state() {
        List<String> parked = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            parked.addFirst(
                    deadLetters.find(park(key(), i)).orElseThrow().deadLetter().id());
        }
        deadLetters.discard(uuid(parked.get(1)), OPERATOR, "it is a copy");

        DeadLetter.DeadLetterPage newest = deadLetters.list(null, 2, null);
        assertThat(newest.items().stream().map(DeadLetter::id)).containsExactly(parked.get(0), parked.get(1));
        assertThat(newest.next()).isEqualTo(parked.get(1));
        DeadLetter.DeadLetterPage rest = deadLetters.list(null, 200, uuid(parked.get(1)));
        assertThat(rest.items().getFirst().id()).isEqualTo(parked.get(2));
        assertThat(rest.next()).isNull();
        assertThat(deadLetters.list("open", 2, null).items().stream().map(DeadLetter::id))
                .containsExactly(parked.get(0), parked.get(2));
        assertThat(deadLetters.list("discarded", 1, null).items().getFirst().id())
                .isEqualTo(parked.get(1));
    }

    @Test
    void a_list_reads_no_bodies() {
        UUID deadLetter = park(key(), 1);
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            jdbc.sql("create role who_may_read_no_body").update();
            jdbc.sql("""
                    grant select (id, consumer_group, topic, record_partition, record_offset, message_key, headers, reason,
                                  cause, parked_at, state) on parked_message to who_may_read_no_body
                    """).update();
            jdbc.sql("set local role who_may_read_no_body").update();

            // The role is set on this connection alone, so both pools of the repository are this connection.
            assertThat(new DeadLetterRepository(jdbc, jdbc, mask).list(null, 200, null))
                    .extracting(item -> uuid(item.id()))
                    .contains(deadLetter);
        });
    }

    @Test
    void dead_letter_shows_the_failure_and_nothing_of_a_person() {
        String key = key();
        DeadLetter.Whole whole = deadLetters.find(park(key, 7)).orElseThrow();

        DeadLetter deadLetter = whole.deadLetter();
        assertThat(deadLetter.id()).startsWith("dead-letters.");
        assertThat(deadLetter.service()).isEqualTo("dead-letters");
        assertThat(deadLetter.topic()).isEqualTo(TOPIC);
        assertThat(deadLetter.type()).isEqualTo("thing.happened.v1");
        assertThat(deadLetter.key()).isEqualTo(key);
        assertThat(deadLetter.reason()).isEqualTo("it is not mended yet");
        assertThat(deadLetter.cause()).isEqualTo("PermanentFailure");
        assertThat(deadLetter.state()).isEqualTo("open");
        assertThat(whole.headers()).containsEntry("ce_sequence", "7");
        assertThat(String.valueOf(whole.payload())).isEqualTo("{\"id\":\"" + key + "\",\"name\":\"•••\"}");
        assertThat(whole.acts()).isEmpty();
    }

    @Test
    void closed_dead_letter_loses_its_payload_after_30_days() {
        UUID open = park(key(), 1);
        UUID closed = park(key(), 1);
        deadLetters.discard(closed, OPERATOR, "it is old");
        String older = "update parked_message set parked_at = parked_at - ? * interval '1 day' where id in (?, ?)";

        jdbc.sql(older).param(29).param(open).param(closed).update();
        upkeep.forget();
        assertThat(deadLetters.find(closed).orElseThrow().payload()).isNotNull();

        jdbc.sql(older).param(2).param(open).param(closed).update();
        upkeep.forget();
        assertThat(deadLetters.find(closed).orElseThrow().payload()).isNull();
        assertThat(deadLetters.find(open).orElseThrow().payload()).isNotNull();
    }

    @Test
    void payloads_are_emptied_in_steps() {
        jdbc.sql("""
                insert into parked_message (id, consumer_group, topic, record_partition, record_offset, record_hash, headers, body,
                                            reason, cause, parked_at, state)
                select gen_random_uuid(), 'dead-letters', 'many.v1', 0, n, sha256(n::text::bytea), '{}', '\\x00', 'reason', 'cause',
                       now() - interval '31 days', 'discarded'
                  from generate_series(1, 1001) as n
                """).update();
        StepGuard.on(jdbc, "parked_message", "update");
        try {
            upkeep.forget();
        } finally {
            StepGuard.remove(jdbc, "parked_message");
        }
        assertThat(jdbc.sql("select count(*) from parked_message where topic = 'many.v1' and body is not null")
                        .query(Integer.class)
                        .single())
                .isZero();
        jdbc.sql("delete from parked_message where topic = 'many.v1'").update();
    }

    @Test
    void republishing_is_audited_before_it_begins() {
        StatePublisher failing = () -> {
            throw new IllegalStateException("it cannot be said");
        };
        byte[] body = "{\"since\": \"2026-02-02T09:00:00Z\"}".getBytes(StandardCharsets.UTF_8);
        try (StaffIssuer issuer = new StaffIssuer()) {
            String site = "https://conference.example";
            CallerResolver callers = CallerResolver.of(
                    new AccessSettings(
                            site,
                            "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
                            StaffTrust.ofGateway(site, "", issuer.jwksUri())),
                    Clock.systemUTC());
            MockHttpServletRequest request = new MockHttpServletRequest();
            request.addHeader("Authorization", "Bearer " + issuer.token(site, "failing", "operator"));
            OperatorController controller =
                    new OperatorController(callers, deadLetters, outbox, acts, List.of(failing), setting);

            assertThatThrownBy(() -> controller.republish(body, request)).isInstanceOf(IllegalStateException.class);
        }

        assertThat(jdbc.sql(
                                "select who || ', ' || person || ', ' || outcome || ' ' || detail from operator_act where what = 'relay-again'")
                        .query(String.class)
                        .list())
                .containsExactly("failing, The person of failing, begun since 2026-02-02T09:00:00Z");
    }

    @Test
    void discarded_dead_letter_keeps_person_and_reason() {
        UUID deadLetter = park(key(), 1);

        assertThat(deadLetters.discard(deadLetter, OPERATOR, "sent by mistake")).isInstanceOf(ReplayResult.Done.class);

        DeadLetter.Whole now = deadLetters.find(deadLetter).orElseThrow();
        assertThat(now.deadLetter().state()).isEqualTo("discarded");
        assertThat(now.acts()).singleElement().satisfies(act -> {
            assertThat(act.who()).isEqualTo("operator");
            assertThat(act.person()).isEqualTo("Grace Hopper");
            assertThat(act.why()).isEqualTo("sent by mistake");
        });
    }

    @Test
    void an_absent_dead_letter_is_unknown() {
        UUID nobody = UUID.randomUUID();
        assertThat(deadLetters.find(nobody)).isEmpty();
        assertThat(deadLetters.replay(nobody, OPERATOR)).isInstanceOf(ReplayResult.Unknown.class);
        assertThat(deadLetters.dryRun(nobody, OPERATOR)).isInstanceOf(ReplayResult.Unknown.class);
        assertThat(deadLetters.discard(nobody, OPERATOR, "why")).isInstanceOf(ReplayResult.Unknown.class);
    }
}
