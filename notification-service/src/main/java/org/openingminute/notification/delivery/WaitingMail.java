package org.openingminute.notification.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.due.DueMail;

/**
 * A mail that this instance has leased.
 *
 * @param copy the number of the resend, 0 for the mail itself
 * @param tries how often it was handed over, including the hand-over in progress; an outcome applies to this number only
 * @param attempts how often a server refused it or stopped responding, or this service failed
 * @param refusals how many of these were refusals of the mail or its recipient, for a reason that may be permanent
 * @param dueSince since when it could have been sent
 * @param readLate whether the event that made it due was old when it was read
 * @param domain of its recipient when it was leased, in lower case
 * @param traceparent the trace in which it was inserted
 */
record WaitingMail(
        UUID id,
        Cause cause,
        int copy,
        int tries,
        int attempts,
        int refusals,
        Instant dueSince,
        boolean readLate,
        String domain,
        @Nullable String traceparent) {

    /** Returns the registration that the mail is about; empty for an announcement. */
    Optional<UUID> registration() {
        return cause instanceof RegistrationCause(UUID registration, DueMail _)
                ? Optional.of(registration)
                : Optional.empty();
    }

    /** Returns the same mail in its next try. */
    WaitingMail triedOnceMore() {
        return new WaitingMail(id, cause, copy, tries + 1, attempts, refusals, dueSince, readLate, domain, traceparent);
    }

    /**
     * Returns the name from which the Message-ID is derived. A mail that is due once per registration has the same name in any row, so that
     * mail programs recognise a second copy after a restore of the database.
     */
    UUID name() {
        return copy == 0 && cause instanceof RegistrationCause(UUID registration, DueMail due)
                ? UUID.nameUUIDFromBytes(
                        (registration + " " + due.kind().code() + " " + due.about()).getBytes(StandardCharsets.UTF_8))
                : id;
    }

    /** The cause of a mail. */
    sealed interface Cause {

        /** Returns the kind of the mail, as in its row. */
        String kind();
    }

    /** The mail is due by the state of a registration. */
    record RegistrationCause(UUID registration, DueMail due) implements Cause {

        @Override
        public String kind() {
            return due.kind().code();
        }
    }

    /** The mail belongs to a subscription or an announcement. */
    record SubscriptionCause(String kind) implements Cause {}
}
