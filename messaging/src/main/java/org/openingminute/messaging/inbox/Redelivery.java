package org.openingminute.messaging.inbox;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.TraceContext;

/**
 * Hands a record that was put aside to its topic's listener once more: one try, on the caller's thread. For the library's own
 * packages. Safe for use by all threads.
 */
public final class Redelivery {

    private final List<MessageListener> listeners;
    private final Inbox inbox;
    private final TraceContext traces;

    Redelivery(List<MessageListener> listeners, Inbox inbox, TraceContext traces) {
        this.listeners = List.copyOf(listeners);
        this.inbox = inbox;
        this.traces = traces;
    }

    /** A record as it was read. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, neither compared nor changed
    public record RedeliveredMessage(
            String topic, @Nullable String key, Map<String, String> headers, byte @Nullable [] body) {}

    /** What came of it. */
    public sealed interface RedeliveryOutcome {

        /** The listener took it, and what it did is committed. */
        record Applied() implements RedeliveryOutcome {}

        /**
         * Others went on without it: as high a sequence was applied, or the command is done. The listener was not asked, unless
         * that came to pass meanwhile.
         */
        record Superseded() implements RedeliveryOutcome {}

        /**
         * It still cannot be applied; nothing has changed.
         *
         * @param reason in words of ours, without anything from the record's body
         * @param cause the exception's simple name
         */
        record Failed(String reason, String cause) implements RedeliveryOutcome {}
    }

    /** Applies a record as a poll would, once, and returns when that is committed. What fails is an outcome, no exception. */
    public RedeliveryOutcome apply(RedeliveredMessage record) {
        return deliver(record, MessageListener::on);
    }

    /** Applies a record in the caller's transaction, on this thread alone, to be rolled back. */
    public RedeliveryOutcome applyWithin(RedeliveredMessage record) {
        return deliver(record, MessageListener::onDryRun);
    }

    private RedeliveryOutcome deliver(RedeliveredMessage record, BiConsumer<MessageListener, Message> how) {
        try {
            Message message = Message.from(record.topic(), record.key(), record.headers(), record.body());
            if (inbox.knows(message)) {
                return new RedeliveryOutcome.Superseded();
            }
            MessageListener listener = listenerOf(message);
            traces.receive(
                    "receive again " + message.topic(),
                    List.of(message.headers()),
                    () -> how.accept(listener, message));
            // It may have come while the listener was being asked.
            return inbox.wentPast(message) ? new RedeliveryOutcome.Superseded() : new RedeliveryOutcome.Applied();
        } catch (RuntimeException e) {
            Throwable cause = ParkedMessages.rootOf(e);
            return new RedeliveryOutcome.Failed(
                    reason(e, cause), cause.getClass().getSimpleName());
        }
    }

    private MessageListener listenerOf(Message message) {
        return listeners.stream()
                .filter(listener -> listener.topic().equals(message.topic())
                        && listener.types().contains(message.type()))
                .findFirst()
                .orElseThrow(() -> new PermanentFailure("nobody here knows its type"));
    }

    private static String reason(RuntimeException failure, Throwable cause) {
        return ParkedMessages.reason(
                cause, Consumers.mayPass(failure) ? "something is in the way; a later try may succeed" : "it failed");
    }
}
