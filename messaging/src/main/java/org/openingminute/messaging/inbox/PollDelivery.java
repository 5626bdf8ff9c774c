package org.openingminute.messaging.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.openingminute.messaging.TraceContext;
import org.slf4j.MDC;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.BatchMessageListener;

/**
 * Delivers the messages of a poll to their reader, each in its own trace. Messages of unknown type, and those that were applied already,
 * are filtered out. Messages that cannot be applied are parked here, because returning a message to the container's error handler costs its
 * partition another fetch of half a second.
 */
final class PollDelivery implements BatchMessageListener<String, byte[]> {

    /** Older messages may be duplicates by the thousand, for example when an outbox is relayed again. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final Reader reader;
    private final Inbox inbox;
    private final ParkedMessages parked;
    private final TraceContext traces;
    private final MeterRegistry meters;
    private final Clock clock;

    PollDelivery(
            Reader reader, Inbox inbox, ParkedMessages parked, TraceContext traces, MeterRegistry meters, Clock clock) {
        this.reader = reader;
        this.inbox = inbox;
        this.parked = parked;
        this.traces = traces;
        this.meters = meters;
        this.clock = clock;
    }

    /** A record of a poll, either parsed as a message or refused. */
    private sealed interface Arrival {

        ConsumerRecord<String, byte[]> record();

        record Read(ConsumerRecord<String, byte[]> record, Message message) implements Arrival {}

        record Refused(ConsumerRecord<String, byte[]> record, PermanentFailure why) implements Arrival {}
    }

    @Override
    public void onMessage(List<ConsumerRecord<String, byte[]>> poll) {
        List<Arrival> left = orGiveBack(poll.getFirst(), () -> wanted(poll));
        boolean deadLettersAreTaken = true;
        while (!left.isEmpty()) {
            try {
                left = left.subList(applySome(left), left.size());
            } catch (BatchFailure e) {
                ConsumerRecord<String, byte[]> failed = left.get(e.index()).record();
                // Sending a refused dead letter takes long, so this reader has to poll the broker before it sends the
                // next one.
                if (!deadLettersAreTaken || !(ParkedMessages.rootOf(e) instanceof PermanentFailure)) {
                    throw new BatchListenerFailedException("a message cannot be applied", e.getCause(), failed);
                }
                deadLettersAreTaken = orGiveBack(failed, () -> parked.park(failed, e));
                left = left.subList(e.index() + 1, left.size());
            }
        }
    }

    /** Runs work for a record. If it fails, the poll is delivered again from this record on. */
    private static <T> T orGiveBack(ConsumerRecord<String, byte[]> record, Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw new BatchListenerFailedException("the messages of a poll cannot be applied", e, record);
        }
    }

    /**
     * The messages to apply. Old messages that were applied before are dropped here, because each would cost its reader a transaction.
     * Fresh messages are rarely duplicates; the reader's inbox detects those.
     */
    private List<Arrival> wanted(List<ConsumerRecord<String, byte[]>> poll) {
        List<Arrival> arrivals = new ArrayList<>();
        List<Message> old = new ArrayList<>();
        Instant fresh = clock.instant().minus(FRESH);
        for (ConsumerRecord<String, byte[]> record : poll) {
            try {
                Message message = Message.from(record);
                if (isKnown(message)) {
                    arrivals.add(new Arrival.Read(record, message));
                    if (message.time().isBefore(fresh)) {
                        old.add(message);
                    }
                }
            } catch (PermanentFailure e) {
                arrivals.add(new Arrival.Refused(record, e));
            }
        }
        if (!old.isEmpty()) {
            Set<Message> superseded = inbox.known(old);
            count("superseded", superseded.size());
            arrivals.removeIf(one -> one instanceof Arrival.Read read && superseded.contains(read.message()));
        }
        return arrivals;
    }

    private boolean isKnown(Message message) {
        if (reader.types().contains(message.type())) {
            return true;
        }
        return switch (reader.unknownTypes()) {
            case SKIP -> {
                count("skipped", 1);
                yield false;
            }
            case PARK -> throw new PermanentFailure("its type is unknown here");
        };
    }

    private void count(String what, int many) {
        meters.counter("messaging." + what, "topic", reader.topic()).increment(many);
    }

    /** Applies the messages before the first unreadable one, and returns how many those are. */
    private int applySome(List<Arrival> arrivals) {
        if (arrivals.getFirst() instanceof Arrival.Refused refused) {
            throw new BatchFailure(0, refused.why());
        }
        List<Message> messages = arrivals.stream()
                .takeWhile(Arrival.Read.class::isInstance)
                .map(arrival -> ((Arrival.Read) arrival).message())
                .toList();
        if (messages.size() == 1) {
            applyOneByOne(messages);
        } else {
            receive(messages, () -> applyTogether(messages));
        }
        return messages.size();
    }

    private void applyTogether(List<Message> messages) {
        if (reader.takesLists()) {
            try {
                reader.applyAll(messages);
                return;
            } catch (BatchFailure e) {
                throw e;
            } catch (RuntimeException e) {
                if (ReaderErrorHandler.mayPass(e)) {
                    throw new BatchFailure(0, e);
                }
                // The failure does not name its message. The messages are applied one by one, so that a bad one does
                // not affect the others.
            }
        }
        applyOneByOne(messages);
    }

    /** Applies each message in its own trace, and in its own transaction if the reader's method has one. */
    private void applyOneByOne(List<Message> messages) {
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            try {
                receive(List.of(message), () -> apply(message));
            } catch (RuntimeException e) {
                throw new BatchFailure(i, e);
            }
        }
    }

    private void receive(List<Message> messages, Runnable work) {
        traces.receive(
                "receive " + reader.topic(),
                messages.stream().map(Message::headers).toList(),
                work);
    }

    /** Applies a message. Trace and log lines carry its key, by which an operator follows a registration. */
    private void apply(Message message) {
        traces.note("messaging.kafka.message.key", message.key());
        traces.note("messaging.message.type", message.type());
        try (MDC.MDCCloseable _ = MDC.putCloseable("messageKey", message.key())) {
            reader.apply(message);
        }
    }
}
