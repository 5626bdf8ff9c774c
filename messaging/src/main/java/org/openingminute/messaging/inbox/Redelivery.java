package org.openingminute.messaging.inbox;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.TraceContext;

/** Delivers a parked record to its topic's reader once more: one attempt, on the caller's thread. For the library's own packages. */
public final class Redelivery {

    private final MessageReaderFactory factory;
    private final Inbox inbox;
    private final TraceContext traces;

    Redelivery(MessageReaderFactory factory, Inbox inbox, TraceContext traces) {
        this.factory = factory;
        this.inbox = inbox;
        this.traces = traces;
    }

    /** A record as it was read from its topic. */
    @SuppressWarnings("ArrayRecordComponent") // passed on, neither compared nor changed
    public record RedeliveredMessage(
            String topic, @Nullable String key, Map<String, String> headers, byte @Nullable [] body) {}

    /** The outcome of a redelivery. */
    public sealed interface RedeliveryOutcome {

        /** The reader applied it and committed. */
        record Applied() implements RedeliveryOutcome {}

        /**
         * The record is outdated: a sequence at least as high was applied, or the command is done. The reader was not called, unless
         * another delivery overtook it during the call.
         */
        record Superseded() implements RedeliveryOutcome {}

        /**
         * The record still cannot be applied, and nothing has changed.
         *
         * @param reason in our own words, without anything from the record's body
         * @param cause the simple name of the exception
         */
        record Failed(String reason, String cause) implements RedeliveryOutcome {}
    }

    /** Applies a record once, as a poll would, and returns after the commit. A failure is returned as an outcome and not thrown. */
    public RedeliveryOutcome apply(RedeliveredMessage record) {
        return deliver(record, Reader::apply);
    }

    /** Applies a record in the caller's transaction, which is then rolled back, on this thread only. */
    public RedeliveryOutcome applyWithin(RedeliveredMessage record) {
        return deliver(record, Reader::dryRun);
    }

    private RedeliveryOutcome deliver(RedeliveredMessage record, BiConsumer<Reader, Message> how) {
        try {
            Message message = Message.from(record.topic(), record.key(), record.headers(), record.body());
            if (inbox.knows(message)) {
                return new RedeliveryOutcome.Superseded();
            }
            Reader reader = readerOf(message);
            traces.receive(
                    "receive again " + message.topic(), List.of(message.headers()), () -> how.accept(reader, message));
            // A newer message may have been applied during the call.
            return inbox.wentPast(message) ? new RedeliveryOutcome.Superseded() : new RedeliveryOutcome.Applied();
        } catch (RuntimeException e) {
            Throwable cause = ParkedMessages.rootOf(e);
            return new RedeliveryOutcome.Failed(
                    reason(e, cause), cause.getClass().getSimpleName());
        }
    }

    private Reader readerOf(Message message) {
        return factory.readers().stream()
                .filter(reader ->
                        reader.topic().equals(message.topic()) && reader.types().contains(message.type()))
                .findFirst()
                .orElseThrow(() -> new PermanentFailure("its type is unknown here"));
    }

    private static String reason(RuntimeException failure, Throwable cause) {
        return ParkedMessages.reason(
                cause,
                ReaderErrorHandler.mayPass(failure)
                        ? "it is not possible right now; a later attempt may succeed"
                        : "it failed");
    }
}
