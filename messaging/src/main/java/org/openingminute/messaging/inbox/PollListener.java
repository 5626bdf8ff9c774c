package org.openingminute.messaging.inbox;

import java.util.List;

/** A listener that applies what one poll brought at once, and not one message after the other. */
public interface PollListener extends MessageListener {

    /**
     * Applies what one poll brought. Messages of one key are in their order.
     *
     * @throws BatchFailure to say which message failed; those before it count as done, it and those after it come again
     */
    void onAll(List<Message> poll);

    @Override
    default void on(Message message) {
        onAll(List.of(message));
    }
}
