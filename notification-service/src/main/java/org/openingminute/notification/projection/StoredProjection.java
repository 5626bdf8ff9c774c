package org.openingminute.notification.projection;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All stored data of a registration.
 *
 * @param conferenceRevision revision of its conference's definition; {@code null} if that was not received yet
 * @param deferred the mails that are due later
 * @param mails the mails with a row: all except announcements; of copies only the waiting ones
 * @param failure why the data cannot be read; {@code null} if it can
 */
public record StoredProjection(
        UUID registration,
        RegistrationProjection states,
        @Nullable Long conferenceRevision,
        List<DeferredMail> deferred,
        List<StoredMail> mails,
        @Nullable RuntimeException failure) {

    private static final RegistrationProjection NOTHING = new RegistrationProjection(null, null, null);

    /** Creates data that can be read. */
    public StoredProjection(
            UUID registration,
            RegistrationProjection states,
            @Nullable Long conferenceRevision,
            List<DeferredMail> deferred,
            List<StoredMail> mails) {
        this(registration, states, conferenceRevision, deferred, mails, null);
    }

    /** Returns the data of a registration about which nothing was received. */
    public static StoredProjection empty(UUID registration) {
        return new StoredProjection(registration, NOTHING, null, List.of(), List.of());
    }

    /** Returns the data of a registration that cannot be read; others that are read together with it are not affected. */
    static StoredProjection unreadable(UUID registration, RuntimeException why) {
        return new StoredProjection(registration, NOTHING, null, List.of(), List.of(), why);
    }

    /**
     * Returns the newest received states.
     *
     * @throws RuntimeException if they cannot be read
     */
    @Override
    public RegistrationProjection states() {
        if (failure != null) {
            throw failure;
        }
        return states;
    }

    /**
     * A mail.
     *
     * @param copy the number of the resend, 0 for the mail itself
     * @param leasedBy the instance that has leased it; {@code null} if none has
     * @param told whether a combined mail includes it, so that it is superseded although its state has not passed
     */
    public record StoredMail(
            UUID id,
            String kind,
            String about,
            int copy,
            String state,
            @Nullable UUID leasedBy,
            boolean told) {

        /** The reason stored for a mail that a combined mail includes. */
        public static final String COMBINED_REASON = "it is part of one mail for several registrations";

        public boolean isWaiting() {
            return "waiting".equals(state);
        }

        /** Whether its state passed before it was sent. */
        public boolean hasPassed() {
            return "superseded".equals(state) && !told;
        }
    }

    /**
     * The changes to write.
     *
     * @param state the newest event of the registration; {@code null} if unchanged
     * @param holdEndsAt of that state
     * @param payment the newest event of the payment; {@code null} if unchanged
     * @param deferred all mails that are due later from now on
     * @param dueAt when they need attention; {@code null} if there are none
     */
    public record ProjectionChange(
            UUID registration,
            @Nullable String state,
            @Nullable Instant holdEndsAt,
            @Nullable String payment,
            List<DeferredMail> deferred,
            @Nullable Instant dueAt) {}
}
