package org.openingminute.notification.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.due.DueMail;

/**
 * A mail that this instance has leased.
 *
 * @param copy the number of the resend, 0 for the mail itself
 * @param attempts how often a server refused it or fell silent, or this service failed
 * @param refusals how often of these for itself or its recipient, for a reason that may stay
 * @param dueSince since when it could have been sent
 * @param readLate whether the event that made it due was old when it was read
 * @param domain of its recipient when it was leased, in small letters
 * @param traceparent the trace in which it was written down
 */
record WaitingMail(
        UUID id,
        Cause cause,
        int copy,
        int attempts,
        int refusals,
        Instant dueSince,
        boolean readLate,
        String domain,
        @Nullable String traceparent) {

    /**
     * The name from which the Message-ID is derived. A mail that is due once for a registration has the same one in whatever
     * row it stands, so that after a restore of our database a mail program knows the second as the first.
     */
    UUID name() {
        return copy == 0 && cause instanceof RegistrationCause(UUID registration, DueMail due)
                ? UUID.nameUUIDFromBytes(
                        (registration + " " + due.kind().code() + " " + due.about()).getBytes(StandardCharsets.UTF_8))
                : id;
    }

    /** The cause of a mail. */
    sealed interface Cause {

        /** The kind of the mail, as rows name it. */
        String kind();
    }

    /** The state of a registration makes it due. */
    record RegistrationCause(UUID registration, DueMail due) implements Cause {

        @Override
        public String kind() {
            return due.kind().code();
        }
    }

    /** Somebody subscribes, or an announcement goes to its readers. */
    record SubscriptionCause(String kind) implements Cause {}
}
