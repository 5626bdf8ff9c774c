package org.openingminute.notification.due;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.notification.projection.DeferredMail;
import org.openingminute.notification.projection.ReadAt;
import org.openingminute.notification.projection.StoredProjection;

/**
 * Sends mails at the moment they become due, bypassing the queue: their rows are inserted under this instance's lease, with the first try
 * already counted. Thread-safe.
 */
public interface PromptDelivery {

    /**
     * A mail that gets a row.
     *
     * @param unpaid whether it is about an unpaid registration, so that anybody could have it sent to anybody
     * @param openBy end of a hold that opening its link may extend, machine time; {@code null} if there is none
     */
    record NewMail(
            UUID registration,
            String recipient,
            DueMail due,
            DeferredMail mail,
            boolean unpaid,
            @Nullable Instant openBy) {}

    /**
     * The leases of this instance.
     *
     * @param time duration of a lease
     */
    record Leases(UUID instance, Duration time) {}

    /**
     * The state on which the sending of a mail is based.
     *
     * @param readAt just before the statement that read it
     * @param version of the newest change by this process that it includes
     */
    record KnownState(StoredProjection state, ReadAt readAt, long version) {}

    Leases leases();

    /**
     * Reserves free connections for as many of these mails as possible, if nothing else waits for them. After the transaction of its row
     * has ended, each reserved mail must be sent or released.
     *
     * @param lock of the transaction, which is still open
     * @return the ids of the mails with a reservation
     */
    Set<UUID> reserve(List<NewMail> mails, OrderLock lock);

    /** Whether a mail is reserved or being sent. */
    boolean has(UUID mail);

    void release(Collection<UUID> mails);

    /** Returns mails to the queue that this instance leased in a commit whose confirmation was lost. Runs in the caller's transaction. */
    void giveBack(Collection<UUID> mails);

    /** Sends a mail that has a reservation and a committed row. */
    void send(NewMail mail, KnownState known);

    /** Reports newer states that this process has committed: mails must not be sent on the basis of older states. */
    void changed(Set<UUID> registrations, long version);
}
