package org.openingminute.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.delivery.Disposition.State.BOUNCED;
import static org.openingminute.notification.delivery.Disposition.State.FAILED;
import static org.openingminute.notification.delivery.Disposition.State.SENT;
import static org.openingminute.notification.delivery.Disposition.State.SUPERSEDED;
import static org.openingminute.notification.delivery.Disposition.State.WAITING;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.delivery.SendOutcome.Local;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.smtp.DeliveryOutcome;

/** Proves the state, next attempt and counts that each outcome leads to, by a table over all outcomes. */
class DispositionTest {

    private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");
    private static final Disposition.Policy POLICY =
            new Disposition.Policy(new BackOff(Duration.ofSeconds(15)), Duration.ofDays(5), Duration.ofHours(8));

    /** The number of attempts whose pauses add up to five days. */
    private static final int FIVE_DAYS = 485;

    private static final String RECIPIENT = "ada@example.org";
    private static final ComposedMail COMPOSED =
            new ComposedMail("MLSys 2026", "Subject", "text with token", "html with token", "token");
    private static final String QUOTE = "554 quotes token";
    private static final String KEPT = "554 quotes •••";

    private static final WaitingMail.Cause CONFIRMED =
            new WaitingMail.RegistrationCause(UUID.randomUUID(), new DueMail(MailKind.CONFIRMATION, ""));

    private static final DeliveryOutcome ACCEPTED = new DeliveryOutcome.Accepted(QUOTE);
    private static final DeliveryOutcome NO_SUCH_ADDRESS = new DeliveryOutcome.Bounced(QUOTE);
    private static final DeliveryOutcome REFUSED = new DeliveryOutcome.Refused(QUOTE);
    private static final DeliveryOutcome GREYLISTED = new DeliveryOutcome.RefusedForNow(QUOTE);
    private static final DeliveryOutcome UNREACHABLE = new DeliveryOutcome.Unreachable("no answer");
    private static final DeliveryOutcome BROKEN_OFF = new DeliveryOutcome.BrokenOff("silence");

    /** A row of the table: an outcome, earlier attempts and refusals, and the expected disposition. */
    private record Row(SendOutcome outcome, int attempts, int refusals, Expected then) {

        private static Row of(DeliveryOutcome outcome, int attempts, int refusals, Expected then) {
            return of(new SendOutcome.Delivered(outcome, RECIPIENT, COMPOSED), attempts, refusals, then);
        }

        private static Row of(SendOutcome outcome, int attempts, int refusals, Expected then) {
            return new Row(outcome, attempts, refusals, then);
        }
    }

    /** A disposition without the contents that a sent mail keeps. */
    private record Expected(
            Disposition.State state,
            @Nullable Instant nextAttemptAt,
            int attempts,
            int refusals,
            @Nullable String reason,
            @Nullable String answer) {

        private static Expected of(Disposition it) {
            return new Expected(it.state(), it.nextAttemptAt(), it.attempts(), it.refusals(), it.reason(), it.answer());
        }
    }

    private static Expected waits(long seconds, int attempts, int refusals, String reason, @Nullable String answer) {
        return new Expected(WAITING, NOW.plusSeconds(seconds), attempts, refusals, reason, answer);
    }

    private static Expected ends(
            Disposition.State state, int refusals, @Nullable String reason, @Nullable String answer) {
        return new Expected(state, null, 0, refusals, reason, answer);
    }

    static Stream<Row> table() {
        return Stream.of(
                Row.of(ACCEPTED, FIVE_DAYS, 2, ends(SENT, 0, null, KEPT)),
                Row.of(NO_SUCH_ADDRESS, 0, 0, ends(BOUNCED, 0, KEPT, KEPT)),
                Row.of(REFUSED, 0, 0, waits(15, 1, 1, KEPT, KEPT)),
                Row.of(REFUSED, 2, 1, waits(60, 1, 1, KEPT, KEPT)),
                // The time spent on greylisting must not end the mail.
                Row.of(REFUSED, 50, 36, waits(900, 1, 1, KEPT, KEPT)),
                Row.of(REFUSED, 50, 37, ends(FAILED, 0, KEPT, KEPT)),
                Row.of(REFUSED, FIVE_DAYS, 1, ends(FAILED, 1, KEPT, KEPT)),
                Row.of(GREYLISTED, 0, 0, waits(15, 1, 0, KEPT, KEPT)),
                Row.of(GREYLISTED, 1, 37, waits(30, 1, 0, KEPT, KEPT)),
                Row.of(GREYLISTED, FIVE_DAYS - 1, 0, waits(900, 1, 0, KEPT, KEPT)),
                Row.of(GREYLISTED, FIVE_DAYS, 0, ends(FAILED, 0, KEPT, KEPT)),
                Row.of(UNREACHABLE, 9, 0, waits(2, 0, 0, "no answer", null)),
                Row.of(UNREACHABLE, FIVE_DAYS, 37, waits(2, 0, 0, "no answer", null)),
                Row.of(BROKEN_OFF, 0, 0, waits(2, 1, 0, "silence", null)),
                Row.of(BROKEN_OFF, 1, 0, waits(2, 1, 0, "silence", null)),
                Row.of(BROKEN_OFF, 2, 0, waits(15, 1, 0, "silence", null)),
                Row.of(BROKEN_OFF, 3, 0, waits(30, 1, 0, "silence", null)),
                Row.of(BROKEN_OFF, FIVE_DAYS, 0, ends(FAILED, 0, "silence", null)),
                Row.of(Local.NO_ADDRESS, 0, 0, ends(BOUNCED, 0, "this is no mail address", null)),
                Row.of(Local.NO_LONGER_DUE, 1, 0, ends(SUPERSEDED, 0, "what it was about has passed", null)),
                Row.of(Local.DUE_AGAIN, FIVE_DAYS, 0, waits(0, 0, 0, "it came to be owed again", null)),
                Row.of(Local.CONFERENCE_UNKNOWN, FIVE_DAYS, 0, waits(1, 0, 0, "the conference is not known yet", null)),
                Row.of(Local.EVENTS_UNREAD, FIVE_DAYS, 0, waits(2, 0, 0, "newer events have not been read yet", null)),
                Row.of(
                        Local.INSTANCE_STOPPED,
                        FIVE_DAYS,
                        0,
                        waits(0, 0, 0, "the instance that had it was stopped", null)),
                Row.of(Local.INTERNAL_ERROR, 0, 0, waits(15, 1, 0, "something went wrong here", null)),
                Row.of(Local.INTERNAL_ERROR, 6, 0, waits(900, 1, 0, "something went wrong here", null)),
                Row.of(Local.INTERNAL_ERROR, FIVE_DAYS, 0, ends(FAILED, 0, "something went wrong here", null)));
    }

    @ParameterizedTest
    @MethodSource("table")
    void outcome_decides_state_next_attempt_and_counts(Row row) {
        WaitingMail mail = mail(CONFIRMED, row.attempts, row.refusals);

        Disposition disposition = Disposition.of(row.outcome, mail, NOW, POLICY);

        assertThat(Expected.of(disposition)).isEqualTo(row.then);
        assertThat(disposition.content() != null).isEqualTo(row.then.state == SENT);
    }

    @Test
    void table_has_a_row_for_every_outcome() {
        Set<Class<?>> deliveries = table().map(Row::outcome)
                .filter(SendOutcome.Delivered.class::isInstance)
                .map(outcome -> ((SendOutcome.Delivered) outcome).outcome().getClass())
                .collect(Collectors.toSet());
        Set<SendOutcome> locals = table().map(Row::outcome)
                .filter(SendOutcome.Local.class::isInstance)
                .collect(Collectors.toSet());

        assertThat(deliveries)
                .isEqualTo(Arrays.stream(DeliveryOutcome.class.getPermittedSubclasses())
                        .collect(Collectors.toSet()));
        assertThat(locals).isEqualTo(Set.of(Local.values()));
    }

    @Test
    void sent_mail_of_a_registration_is_kept_without_its_token() {
        assertThat(sent(CONFIRMED).content())
                .isEqualTo(new Disposition.Content(RECIPIENT, "Subject", "text with •••", "html with •••"));
    }

    @Test
    void text_of_an_announcement_is_not_kept_for_each_reader() {
        assertThat(sent(new WaitingMail.SubscriptionCause("announcement")).content())
                .isEqualTo(new Disposition.Content(RECIPIENT, "Subject", null, null));
    }

    private static Disposition sent(WaitingMail.Cause cause) {
        return Disposition.of(new SendOutcome.Delivered(ACCEPTED, RECIPIENT, COMPOSED), mail(cause, 0, 0), NOW, POLICY);
    }

    private static WaitingMail mail(WaitingMail.Cause cause, int attempts, int refusals) {
        return new WaitingMail(
                UUID.randomUUID(), cause, 0, 1, attempts, refusals, Instant.EPOCH, false, "example.org", null);
    }
}
