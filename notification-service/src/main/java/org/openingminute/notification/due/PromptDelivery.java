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
 * Sends mails in the moment in which they come to be due, past the queue: their rows are inserted under this instance's lease, with
 * their first try counted. All of it is safe for many threads.
 */
public interface PromptDelivery {

    /**
     * A mail that gets a row.
     *
     * @param unpaid whether it is about a registration for which nobody has paid, so that anybody can have it sent to anybody
     * @param openBy the end of a hold that its link may lengthen, by the machine's clock; {@code null} if there is none
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
     * @param time how long one lasts
     */
    record Leases(UUID instance, Duration time) {}

    /**
     * The state by which a mail is sent.
     *
     * @param readAt before the statement that read it
     * @param version of the newest change of this process that it contains
     */
    record KnownState(StoredProjection state, ReadAt readAt, long version) {}

    Leases leases();

    /**
     * Reserves a connection for as many of these mails as there are free ones, if nothing else waits for them. Each is sent or
     * released once the transaction of its row has ended.
     *
     * @param lock of the transaction, which is still open
     * @return the ids of the mails that have one
     */
    Set<UUID> reserve(List<NewMail> mails, OrderLock lock);

    /** Whether a mail is reserved or being sent. */
    boolean has(UUID mail);

    void release(Collection<UUID> mails);

    /** Gives back mails that this instance leased by a commit that it did not hear of; in the caller's transaction. */
    void giveBack(Collection<UUID> mails);

    /** Sends a mail that has a reservation, and a row that is committed. */
    void send(NewMail mail, KnownState known);

    /** Tells of newer states that this process has committed: a mail is not sent by what was known before. */
    void changed(Set<UUID> registrations, long version);
}
