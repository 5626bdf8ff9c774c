package org.openingminute.notification.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.due.DueMail;

/**
 * A mail that this instance has leased.
 *
 * @param copy which of those that a person asked for again, 0 for the mail itself
 * @param attempts how often a server refused it
 * @param refusals how often of these for itself or its recipient, for a reason that may stay
 * @param owedFrom since when it could have been sent
 * @param readLate whether the event that owes it was old when it was read
 * @param domain of its recipient when it was leased, in small letters
 * @param traceparent the trace in which it was written down
 */
record WaitingMail(
        UUID id,
        Cause cause,
        int copy,
        int attempts,
        int refusals,
        Instant owedFrom,
        boolean readLate,
        String domain,
        @Nullable String traceparent) {

    /**
     * What its Message-ID is derived from. What the state of a registration owes once has the same one in whatever row it stands,
     * so that after a restore of our database a mail program knows the second as the first.
     */
    UUID name() {
        return copy == 0 && cause instanceof Debt(UUID registration, DueMail owed)
                ? UUID.nameUUIDFromBytes(
                        (registration + " " + owed.kind().code() + " " + owed.about()).getBytes(StandardCharsets.UTF_8))
                : id;
    }

    /** Why there is a mail at all. */
    sealed interface Cause {

        /** What it is about, as rows name it. */
        String kind();
    }

    /** The state of a registration owes it. */
    record Debt(UUID registration, DueMail owed) implements Cause {

        @Override
        public String kind() {
            return owed.kind().code();
        }
    }

    /** Somebody asked for news, or is told them. */
    record News(String kind) implements Cause {}
}
