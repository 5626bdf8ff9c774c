package org.openingminute.notification.due;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.projection.States.disputed;
import static org.openingminute.notification.projection.States.payment;
import static org.openingminute.notification.projection.States.registration;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.notification.projection.DeferredMail;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationStatus;
import org.openingminute.notification.projection.States;
import org.openingminute.notification.projection.StoredProjection;
import org.openingminute.notification.projection.StoredProjection.StoredMail;

/** Proves which rows an event adds, changes or supersedes, without a database. */
class MailPlanTest {

    private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");
    private static final DelayPolicy DELAYS =
            new DelayPolicy(Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(10));
    private static final RegistrationSnapshot HELD = registration(RegistrationStatus.PENDING_PAYMENT);
    private static final RegistrationSnapshot PAID =
            registration(RegistrationStatus.CONFIRMED, 80_000, 80_000, 0, "Ada", "en");
    private static final RegistrationSnapshot FREE = registration(RegistrationStatus.CONFIRMED, 0, 0, 0, "Ada", "en");
    private static final PaymentSnapshot UNDERWAY = payment(PaymentSnapshot.ReportedStatus.PROCESSING);
    private static final PaymentSnapshot RECEIPT = disputed();

    @Test
    void later_event_that_still_makes_a_mail_due_does_not_put_it_off() {
        StoredProjection stored = after(plan(nothing()), event(HELD, NOW, "00-first"));
        MailPlan plan = plan(stored);
        plan.receive(event(HELD, NOW.plusSeconds(30), "00-second"), NOW.plusSeconds(30));

        assertThat(plan.changes(NOW.plusSeconds(30)).due()).isEmpty();
        assertThat(plan.changes(NOW.plusSeconds(30)).projection().deferred())
                .isEqualTo(stored.deferred())
                .singleElement()
                .satisfies(mail -> {
                    assertThat(mail.kind()).isEqualTo("pay-now");
                    assertThat(mail.since()).isEqualTo(NOW);
                    assertThat(mail.dueAt()).isEqualTo(NOW.plusSeconds(60));
                    assertThat(mail.traceparent()).isEqualTo("00-first");
                    assertThat(mail.readLate()).isFalse();
                });
    }

    @Test
    void mail_gets_its_row_once_its_time_has_come() {
        StoredProjection stored = after(plan(nothing()), event(HELD, NOW, null));

        assertThat(plan(stored).changes(NOW.plusSeconds(59)).due()).isEmpty();
        MailPlan.Changes changes = plan(stored).changes(NOW.plusSeconds(60));
        assertThat(changes.due()).singleElement().satisfies(due -> {
            assertThat(due.mail()).isEqualTo(stored.deferred().getFirst());
            assertThat(due.recipient()).isEqualTo("ada@example.org");
            assertThat(due.due()).isEqualTo(DueMail.once(MailKind.PAY_NOW));
        });
        assertThat(changes.projection().deferred()).isEmpty();
        assertThat(changes.projection().state()).isNull();
    }

    @Test
    void mail_that_anybody_can_have_sent_to_anybody_is_known_as_such() {
        assertThat(isUnpaid(HELD)).isTrue();
        assertThat(isUnpaid(FREE)).isTrue();
        assertThat(isUnpaid(PAID)).isFalse();
    }

    private static boolean isUnpaid(RegistrationSnapshot registration) {
        return due(registration).unpaid();
    }

    @Test
    void mail_whose_link_lengthens_a_hold_is_known_to_be_in_time_before_its_end() {
        assertThat(due(States.toBeOpened(HELD)).openBy()).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
        assertThat(due(HELD).openBy()).isNull();
    }

    private static PromptDelivery.NewMail due(RegistrationSnapshot registration) {
        MailPlan plan = plan(nothing());
        plan.receive(event(registration, NOW, null), NOW);
        return plan.changes(NOW.plusSeconds(60)).due().getFirst();
    }

    @Test
    void mail_whose_state_passes_before_its_time_never_gets_a_row() {
        StoredProjection stored = after(plan(nothing()), event(HELD, NOW, null));
        MailPlan plan = plan(stored);
        plan.receive(event(UNDERWAY, NOW.plusSeconds(1)), NOW.plusSeconds(1));

        MailPlan.Changes changes = plan.changes(NOW.plusSeconds(90));
        assertThat(changes.due()).isEmpty();
        assertThat(changes.superseded()).isEmpty();
        assertThat(changes.projection().deferred()).isEmpty();
    }

    @Test
    void receipt_releases_the_confirmation_with_its_trace() {
        StoredProjection stored = after(plan(nothing()), event(PAID, NOW, "00-confirmed"));
        assertThat(stored.deferred())
                .singleElement()
                .satisfies(mail -> assertThat(mail.dueAt()).isEqualTo(NOW.plusSeconds(10)));
        MailPlan plan = plan(stored);
        Instant then = NOW.plusSeconds(2);
        plan.receive(event(RECEIPT, then), then);

        assertThat(plan.changes(then).due())
                .extracting(PromptDelivery.NewMail::mail)
                .filteredOn(mail -> mail.kind().equals("confirmation"))
                .containsExactly(stored.deferred().getFirst().dueAt(then));
    }

    @Test
    void events_of_one_batch_are_decided_in_their_order() {
        MailPlan plan = plan(nothing());
        plan.receive(event(HELD, NOW, null), NOW);
        plan.receive(event(FREE, NOW, null), NOW);

        MailPlan.Changes changes = plan.changes(NOW);
        assertThat(changes.due()).extracting(due -> due.mail().kind()).containsExactly("confirmation");
        assertThat(changes.projection().deferred()).isEmpty();
        assertThat(changes.projection().holdEndsAt()).isNull();
    }

    @Test
    void mail_that_has_a_row_gets_no_other_unless_its_state_had_passed() {
        for (String state : List.of("waiting", "sent", "failed", "bounced")) {
            MailPlan plan = plan(with(mail("confirmation", 0, state, false)));
            plan.receive(event(FREE, NOW, null), NOW);
            assertThat(plan.changes(NOW).due()).as(state).isEmpty();
        }
        MailPlan told = plan(with(new StoredMail(UUID.randomUUID(), "confirmation", "", 0, "superseded", null, true)));
        told.receive(event(FREE, NOW, null), NOW);
        assertThat(told.changes(NOW).due()).as("reported by another mail").isEmpty();
        for (StoredMail other : List.of(
                mail("confirmation", 0, "superseded", false),
                mail("confirmation", 1, "waiting", false),
                mail("cancelled", 0, "sent", false))) {
            MailPlan plan = plan(with(other));
            plan.receive(event(FREE, NOW, null), NOW);
            assertThat(plan.changes(NOW).due()).as("%s", other).hasSize(1);
        }
    }

    @Test
    void waiting_mail_whose_state_has_passed_is_superseded_unless_it_is_being_sent() {
        StoredMail passed = mail("pay-now", 0, "waiting", false);
        StoredMail copy = mail("pay-now", 1, "waiting", false);
        MailPlan plan = plan(with(
                passed,
                copy,
                mail("payment-failed", 0, "waiting", true),
                mail("expired", 0, "sent", false),
                mail("link", 1, "waiting", false),
                mail("confirmation", 0, "waiting", false),
                mail("of-a-later-version", 0, "waiting", false)));
        plan.receive(event(PAID, NOW, null), NOW);

        assertThat(plan.changes(NOW).superseded()).containsExactly(passed.id(), copy.id());
    }

    @Test
    void mail_of_a_kind_of_a_newer_version_stays_due_later() {
        DeferredMail newer =
                new DeferredMail(UUID.randomUUID(), "of-a-later-version", "", NOW, NOW.plusSeconds(5), false, null);
        MailPlan plan = plan(new StoredProjection(
                States.ID, new RegistrationProjection(null, null, null), null, List.of(newer), List.of()));
        plan.receive(event(FREE, NOW, null), NOW);

        MailPlan.Changes changes = plan.changes(NOW.plusSeconds(10));
        assertThat(changes.due()).extracting(due -> due.mail().kind()).containsExactly("confirmation");
        assertThat(changes.projection().deferred()).containsExactly(newer);
        assertThat(changes.projection().dueAt()).as("the newer version's time").isEqualTo(NOW.plusSeconds(70));
        assertThat(plan.changes(NOW).projection().dueAt()).isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void mail_due_by_an_old_event_is_known_as_such_and_leaves_time_to_read_the_next() {
        MailPlan plan = plan(nothing());
        plan.receive(event(HELD, NOW.minusSeconds(600), null), NOW);

        assertThat(plan.changes(NOW).projection().deferred()).singleElement().satisfies(mail -> {
            assertThat(mail.readLate()).isTrue();
            assertThat(mail.dueAt()).isEqualTo(NOW.plusSeconds(5));
        });
    }

    @Test
    void mail_of_a_writer_whose_clock_is_ahead_is_due_now() {
        MailPlan plan = plan(nothing());
        plan.receive(event(FREE, NOW.plusMillis(20), null), NOW);

        assertThat(plan.changes(NOW).due())
                .singleElement()
                .satisfies(due -> assertThat(due.mail().dueAt()).isEqualTo(NOW));
        assertThat(plan.changes(NOW).projection().dueAt()).isNull();
    }

    private static StoredProjection nothing() {
        return StoredProjection.empty(States.ID);
    }

    private static StoredProjection with(StoredMail... mails) {
        return new StoredProjection(
                States.ID, new RegistrationProjection(null, null, null), null, List.of(), List.of(mails));
    }

    private static StoredMail mail(String kind, int copy, String state, boolean leased) {
        return new StoredMail(UUID.randomUUID(), kind, "", copy, state, leased ? UUID.randomUUID() : null, false);
    }

    private static MailPlan plan(StoredProjection stored) {
        return new MailPlan(stored, DELAYS, UUID::randomUUID);
    }

    /** Returns the stored projection after an event that was read without delay. */
    private static StoredProjection after(MailPlan plan, PlanEntry.RegistrationReceived event) {
        Instant now = event.message().time();
        plan.receive(event, now);
        MailPlan.Changes changes = plan.changes(now);
        return new StoredProjection(
                States.ID,
                new RegistrationProjection(
                        event.state(), null, changes.projection().holdEndsAt()),
                null,
                changes.projection().deferred(),
                List.of());
    }

    private static PlanEntry.RegistrationReceived event(
            RegistrationSnapshot state, Instant written, @Nullable String traceparent) {
        return new PlanEntry.RegistrationReceived(message(written, traceparent), state);
    }

    private static PlanEntry.PaymentReceived event(PaymentSnapshot state, Instant written) {
        return new PlanEntry.PaymentReceived(message(written, "00-payment"), state);
    }

    private static Message message(Instant written, @Nullable String traceparent) {
        return new Message(
                UUID.randomUUID(),
                "registration.events.v1",
                States.ID.toString(),
                "registration.changed.v1",
                "/neighbour",
                written,
                1,
                "{}",
                traceparent == null ? Map.of() : Map.of("traceparent", traceparent));
    }
}
