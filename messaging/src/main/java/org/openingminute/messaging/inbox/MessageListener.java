package org.openingminute.messaging.inbox;

import java.util.Set;

/**
 * Reads one topic for this service. Every bean of this type gets a consumer in the service's group, from the topic's
 * beginning on.
 *
 * <p>A listener returns when what it did is committed; only then are the offsets. It may be handed a message again, late
 * and out of turn, and makes that harmless with the {@link Inbox} inside its transaction. It is called by several threads,
 * for different keys; and by an operator's replay, beside them and for any key.
 *
 * <p>One that can do many messages at once is a {@link PollListener}.
 *
 * <p>What it throws decides: {@link PermanentFailure} parks the message at once; an exception that may pass (the database or
 * the network is away) is repeated with back-off for as long as it takes, which holds up the partition; anything else is
 * repeated a few times and then parked.
 */
public interface MessageListener {

    /** What becomes of a message whose type this listener does not know. */
    enum Unknown {
        /** An event: others may care; it is counted and passed over. */
        SKIP,
        /** A command: somebody expects it to be done; it is parked. */
        PARK
    }

    /** The topic's name, always the same. */
    String topic();

    /** The types that {@link #on} is given. */
    Set<String> types();

    /** What becomes of messages of other types. */
    Unknown unknownTypes();

    /**
     * Applies one message, and returns when that is committed.
     *
     * @throws PermanentFailure if no repetition will make it work
     * @throws TransientFailure if it is worth being repeated for as long as it takes
     */
    void on(Message message);

    /**
     * Applies one message in the transaction that runs already, on this thread and nowhere else: it is rolled back
     * afterwards, and what was written in it is shown. Transactions that {@link #on} opens with Spring's usual propagation
     * join the running one; a listener that works elsewhere, or writes before its lock, does it here in its place.
     */
    default void onDryRun(Message message) {
        on(message);
    }
}
