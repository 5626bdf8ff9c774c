package org.openingminute.notification.projection;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is stored of one registration.
 *
 * @param conferenceRevision of the definition of its conference; {@code null} before that was received
 * @param deferred the mails that are due later
 * @param mails the mails that have a row: all but announcements, and of copies the waiting ones
 * @param failure why it cannot be read; {@code null} if it can
 */
public record StoredProjection(
        UUID registration,
        RegistrationProjection states,
        @Nullable Long conferenceRevision,
        List<DeferredMail> deferred,
        List<StoredMail> mails,
        @Nullable RuntimeException failure) {

    private static final RegistrationProjection NOTHING = new RegistrationProjection(null, null, null);

    /** One that can be read. */
    public StoredProjection(
            UUID registration,
            RegistrationProjection states,
            @Nullable Long conferenceRevision,
            List<DeferredMail> deferred,
            List<StoredMail> mails) {
        this(registration, states, conferenceRevision, deferred, mails, null);
    }

    /** A registration of which nothing was received. */
    public static StoredProjection empty(UUID registration) {
        return new StoredProjection(registration, NOTHING, null, List.of(), List.of());
    }

    /** A registration that cannot be read, and that does not keep others from being read with it. */
    static StoredProjection unreadable(UUID registration, RuntimeException why) {
        return new StoredProjection(registration, NOTHING, null, List.of(), List.of(), why);
    }

    /**
     * The newest received states.
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
     * @param leasedBy the instance that has it; {@code null} if none does
     * @param told whether the one mail for several tells it, so that it is superseded without having passed
     */
    public record StoredMail(
            UUID id,
            String kind,
            String about,
            int copy,
            String state,
            @Nullable UUID leasedBy,
            boolean told) {

        /** The reason of one that is told by the one mail for several. */
        public static final String TOLD = "it is part of one mail for several registrations";

        public boolean isWaiting() {
            return "waiting".equals(state);
        }

        /** Whether its state passed before it was sent. */
        public boolean hasPassed() {
            return "superseded".equals(state) && !told;
        }
    }

    /**
     * What changes.
     *
     * @param state the newest event of the registration; {@code null} if it stays
     * @param holdEndsAt of that state
     * @param payment the newest event of the payment; {@code null} if it stays
     * @param deferred all mails that are due later from now on
     * @param dueAt when to look at them; {@code null} if there is none
     */
    public record ProjectionChange(
            UUID registration,
            @Nullable String state,
            @Nullable Instant holdEndsAt,
            @Nullable String payment,
            List<DeferredMail> deferred,
            @Nullable Instant dueAt) {}
}
