package org.openingminute.notification.delivery;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.smtp.DeliveryOutcome;

/**
 * What follows from an outcome for a mail: its new state, the time of the next attempt, and the counts. This class alone decides it,
 * without I/O; {@link MailQueue#apply} saves it.
 *
 * @param nextAttemptAt {@code null} unless the mail waits
 * @param attempts the number of attempts to add, which lengthen the next wait
 * @param refusals the number of refusals to add, of this mail or its recipient, for a reason that may be permanent
 * @param reason human-readable; {@code null} once the mail is sent
 * @param answer the mail server's own words; {@code null} if there were none
 * @param content {@code null} unless the mail is sent
 */
record Disposition(
        State state,
        @Nullable Instant nextAttemptAt,
        int attempts,
        int refusals,
        @Nullable String reason,
        @Nullable String answer,
        @Nullable Content content) {

    private static final Duration FOR_THE_SERVER = Duration.ofSeconds(2);
    private static final Duration FOR_THE_CONFERENCE = Duration.ofSeconds(1);
    private static final Duration FOR_EVENTS = Duration.ofSeconds(2);

    /** The state of a mail. */
    enum State {
        WAITING("waiting", null),
        SENT("sent", "mail.sent.v1"),
        FAILED("failed", "mail.failed.v1"),
        BOUNCED("bounced", "mail.bounced.v1"),
        SUPERSEDED("superseded", null);

        private final String wireName;
        private final @Nullable String event;

        State(String wireName, @Nullable String event) {
            this.wireName = wireName;
            this.event = event;
        }

        /** The name in rows and events. */
        String wireName() {
            return wireName;
        }

        /** The type of the event that reports it; {@code null} if no timeline shows it. */
        @Nullable
        String event() {
            return event;
        }

        /** The label of the metric that counts it. */
        String label() {
            return event == null ? wireName : event;
        }
    }

    /**
     * The limits of a mail's attempts. Both limit sums of waits after responses, so that time in which the mail server was unreachable or
     * this service did not run does not count.
     *
     * @param giveUpAfter the waits after all attempts that the server answered or broke off, or in which this service failed
     * @param refusedFor the waits after refusals of this mail or its recipient
     */
    record Policy(BackOff backOff, Duration giveUpAfter, Duration refusedFor) {}

    /**
     * A sent mail in the form that may be stored: without tokens.
     *
     * @param text {@code null} for an announcement, whose text and HTML are stored once for all readers
     */
    record Content(
            String recipient,
            String subject,
            @Nullable String text,
            @Nullable String html) {

        private static Content of(String recipient, ComposedMail composed, WaitingMail mail) {
            boolean kept = mail.cause() instanceof WaitingMail.RegistrationCause;
            return new Content(
                    recipient,
                    composed.subject(),
                    kept ? composed.keptText() : null,
                    kept ? composed.keptHtml() : null);
        }
    }

    static Disposition of(SendOutcome outcome, WaitingMail mail, Instant now, Policy policy) {
        return switch (outcome) {
            case SendOutcome.Delivered delivered -> ofDelivery(delivered, mail, now, policy);
            case SendOutcome.Local local -> ofLocal(local, mail, now, policy);
        };
    }

    private static Disposition ofDelivery(
            SendOutcome.Delivered delivered, WaitingMail mail, Instant now, Policy policy) {
        ComposedMail composed = delivered.composed();
        int attempt = mail.attempts() + 1;
        // Removes tokens, because a server may quote the mail in its response.
        return switch (delivered.outcome()) {
            case DeliveryOutcome.Accepted(String answer) ->
                sent(composed.kept(answer), Content.of(delivered.recipient(), composed, mail));
            case DeliveryOutcome.Bounced(String answer) -> refusedForGood(State.BOUNCED, composed.kept(answer));
            case DeliveryOutcome.Refused(String answer) -> refused(composed.kept(answer), mail, now, policy);
            case DeliveryOutcome.RefusedForNow(String answer) ->
                refusedForNow(now.plus(policy.backOff().after(attempt)), 0, composed.kept(answer))
                        .unlessGivenUp(mail, policy);
            // The server may have accepted the mail each time, so the wait is longer after some attempts.
            case DeliveryOutcome.BrokenOff(String reason) ->
                later(now.plus(policy.backOff().afterSilence(attempt, FOR_THE_SERVER)), 1, reason)
                        .unlessGivenUp(mail, policy);
            // The mail is not at fault; it is sent as soon as the server is back, however late that is.
            case DeliveryOutcome.Unreachable(String reason) -> later(now.plus(FOR_THE_SERVER), 0, reason);
        };
    }

    private static Disposition ofLocal(SendOutcome.Local local, WaitingMail mail, Instant now, Policy policy) {
        return switch (local) {
            case NO_ADDRESS -> ended(State.BOUNCED, "this is no mail address", null);
            case NO_LONGER_DUE -> ended(State.SUPERSEDED, "what it was about has passed", null);
            case DUE_AGAIN -> later(now, 0, "it came to be owed again");
            case CONFERENCE_UNKNOWN -> later(now.plus(FOR_THE_CONFERENCE), 0, "the conference is not known yet");
            case EVENTS_UNREAD -> later(now.plus(FOR_EVENTS), 0, "newer events have not been read yet");
            case INSTANCE_STOPPED -> later(now, 0, "the instance that had it was stopped");
            case INTERNAL_ERROR ->
                later(now.plus(policy.backOff().after(mail.attempts() + 1)), 1, "something went wrong here")
                        .unlessGivenUp(mail, policy);
        };
    }

    /**
     * Fails a mail if its waits after refusals reach the limit. Waits that the server asked for, as greylisting does, do not count, so a
     * first refusal is never final.
     */
    private static Disposition refused(String answer, WaitingMail mail, Instant now, Policy policy) {
        return policy.backOff().hasWaited(mail.refusals(), policy.refusedFor())
                ? refusedForGood(State.FAILED, answer)
                : refusedForNow(now.plus(policy.backOff().after(mail.attempts() + 1)), 1, answer)
                        .unlessGivenUp(mail, policy);
    }

    /** Returns this disposition unless the mail has been retried for too long; then it fails with the last reason. */
    private Disposition unlessGivenUp(WaitingMail mail, Policy policy) {
        return policy.backOff().hasWaited(mail.attempts(), policy.giveUpAfter())
                ? new Disposition(State.FAILED, null, 0, refusals, reason, answer, null)
                : this;
    }

    private static Disposition sent(String answer, Content content) {
        return new Disposition(State.SENT, null, 0, 0, null, answer, content);
    }

    private static Disposition ended(State state, String reason, @Nullable String answer) {
        return new Disposition(state, null, 0, 0, reason, answer, null);
    }

    private static Disposition refusedForGood(State state, String answer) {
        return ended(state, answer, answer);
    }

    private static Disposition later(Instant nextAttemptAt, int attempts, String reason) {
        return new Disposition(State.WAITING, nextAttemptAt, attempts, 0, reason, null, null);
    }

    private static Disposition refusedForNow(Instant nextAttemptAt, int refusals, String answer) {
        return new Disposition(State.WAITING, nextAttemptAt, 1, refusals, answer, answer, null);
    }
}
