package org.openingminute.messaging.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.TraceContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.ExponentialBackOffWithMaxRetries;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Runs one consumer for each {@link MessageListener}: polls, repeats what may pass, parks what cannot, commits offsets after. One
 * that ends by itself, as by an {@link Error} of its listener, is started again. Safe for use by all threads.
 */
final class Consumers implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Consumers.class);
    private static final int TRIES = 5;
    private static final Duration LOOKED_AFTER = Duration.ofSeconds(2);
    private static final Duration REFUSED = Duration.ofSeconds(5);

    private final ConsumerFactory<String, byte[]> consumerFactory;
    private final List<MessageListener> listeners;
    private final Inbox inbox;
    private final ParkedMessages parked;
    private final MessagingSetting setting;
    private final TraceContext traces;
    private final MeterRegistry meters;
    private final List<ConcurrentMessageListenerContainer<String, byte[]>> containers = new ArrayList<>();
    private final List<Thread> keepers = new ArrayList<>();
    private final MessageBroker broker;

    Consumers(
            ConsumerFactory<String, byte[]> consumerFactory,
            List<MessageListener> listeners,
            Inbox inbox,
            ParkedMessages parked,
            Surroundings surroundings) {
        this.consumerFactory = consumerFactory;
        this.listeners = listeners;
        this.inbox = inbox;
        this.parked = parked;
        this.setting = surroundings.setting();
        this.broker = surroundings.broker();
        this.traces = surroundings.traces();
        this.meters = surroundings.meters();
    }

    /** What the consumers work in: as whom, on which topics, and where it is told. */
    record Surroundings(MessagingSetting setting, MessageBroker broker, TraceContext traces, MeterRegistry meters) {}

    @Override
    public synchronized void start() {
        if (!containers.isEmpty()) {
            return;
        }
        for (MessageListener listener : listeners) {
            countFromNothing(listener.topic());
            ConcurrentMessageListenerContainer<String, byte[]> container =
                    new ConcurrentMessageListenerContainer<>(consumerFactory, properties(listener));
            container.setBeanName(setting.group() + "-" + listener.topic());
            container.setConcurrency(3);
            container.setCommonErrorHandler(errorHandler());
            containers.add(container);
            keepers.add(Thread.ofVirtual()
                    .name("keep-" + container.getBeanName())
                    .start(() -> keep(container, listener.topic())));
        }
    }

    /** An alert on growth sees the first of a kind only where there was a 0 before it. */
    private void countFromNothing(String topic) {
        List.of("failed", "parked", "letters.refused", "skipped", "superseded")
                .forEach(what -> meters.counter("messaging." + what, "topic", topic));
    }

    /** A topic is its writer's to make; until it is there, there is nothing to read and nothing to complain of. */
    private void keep(ConcurrentMessageListenerContainer<String, byte[]> container, String topic) {
        if (!broker.awaitTopic(topic)) {
            return;
        }
        try {
            while (runs(container)) {
                Thread.sleep(LOOKED_AFTER);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts a container that does not run, wholly or in part, or gives false because all are stopped. */
    private synchronized boolean runs(ConcurrentMessageListenerContainer<String, byte[]> container) {
        if (!containers.contains(container)) {
            return false;
        }
        try {
            if (container.isRunning() && !container.isInExpectedState()) {
                log.error("Readers of {} ended by themselves and are started again", container.getBeanName());
                container.stop();
            }
            container.start();
        } catch (RuntimeException e) {
            log.warn(
                    "Readers of {} could not be started and are tried again: {}",
                    container.getBeanName(),
                    e.toString());
        }
        return true;
    }

    @Override
    public synchronized void stop() {
        keepers.forEach(Thread::interrupt);
        keepers.clear();
        containers.forEach(ConcurrentMessageListenerContainer::stop);
        containers.clear();
    }

    @Override
    public synchronized boolean isRunning() {
        return !containers.isEmpty();
    }

    private ContainerProperties properties(MessageListener listener) {
        ContainerProperties properties = new ContainerProperties(listener.topic());
        properties.setGroupId(setting.group());
        properties.setAckMode(ContainerProperties.AckMode.BATCH);
        // Rights and passwords are changed under a reader that goes on.
        properties.setAuthExceptionRetryInterval(REFUSED);
        properties.setConsumerRebalanceListener(new InitialOffsets());
        properties.setMessageListener((BatchMessageListener<String, byte[]>) poll -> new Delivery(listener).of(poll));
        return properties;
    }

    private record Arrival(ConsumerRecord<String, byte[]> record, Message message) {}

    /**
     * A poll on its way to its listener. What cannot be applied is parked on the way: what goes back to the error handler costs
     * its partition a fetch, half a second.
     */
    private final class Delivery {

        private final MessageListener listener;
        private boolean lettersAreTaken = true;

        Delivery(MessageListener listener) {
            this.listener = listener;
        }

        void of(List<ConsumerRecord<String, byte[]>> poll) {
            List<Arrival> arrivals = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> record : poll) {
                try {
                    Message message = Message.from(record);
                    if (known(listener, message)) {
                        arrivals.add(new Arrival(record, message));
                    }
                } catch (PermanentFailure e) {
                    // What stands before it is applied first.
                    apply(arrivals);
                    arrivals = new ArrayList<>();
                    parkOrGiveBack(record, e);
                }
            }
            apply(arrivals);
        }

        private void apply(List<Arrival> arrivals) {
            List<Arrival> news = news(arrivals);
            int done = 0;
            while (done < news.size()) {
                done += applySome(news.subList(done, news.size()));
            }
        }

        /** Without what was applied before, as when an outbox is relayed again: it would cost a transaction each to find out. */
        private List<Arrival> news(List<Arrival> arrivals) {
            if (arrivals.isEmpty()) {
                return arrivals;
            }
            try {
                BitSet known =
                        inbox.known(arrivals.stream().map(Arrival::message).toList());
                meters.counter("messaging.superseded", "topic", listener.topic())
                        .increment(known.cardinality());
                return IntStream.range(0, arrivals.size())
                        .filter(place -> !known.get(place))
                        .mapToObj(arrivals::get)
                        .toList();
            } catch (RuntimeException e) {
                throw new BatchListenerFailedException(
                        "a poll cannot be applied", e, arrivals.getFirst().record());
            }
        }

        /** Gives how many are done: all, or those up to one that was parked. */
        private int applySome(List<Arrival> arrivals) {
            List<Message> messages = arrivals.stream().map(Arrival::message).toList();
            try {
                traces.receive(
                        "receive " + listener.topic(),
                        messages.stream().map(Message::headers).toList(),
                        () -> deliverAll(listener, messages));
                return messages.size();
            } catch (BatchFailure e) {
                ConsumerRecord<String, byte[]> record = arrivals.get(e.index()).record();
                if (ParkedMessages.rootOf(e) instanceof PermanentFailure why) {
                    parkOrGiveBack(record, why);
                    return e.index() + 1;
                }
                throw new BatchListenerFailedException("a message cannot be applied", e.getCause(), record);
            } catch (RuntimeException e) {
                // What may pass, or the only message: the poll comes again, from its beginning.
                throw new BatchListenerFailedException(
                        "a poll cannot be applied", e, arrivals.getFirst().record());
            }
        }

        private void parkOrGiveBack(ConsumerRecord<String, byte[]> record, PermanentFailure why) {
            if (!lettersAreTaken) {
                // Each takes its time now: the broker is to hear of this reader in between.
                throw new BatchListenerFailedException("a record cannot be applied", why, record);
            }
            try {
                lettersAreTaken = park(record, why);
            } catch (RuntimeException e) {
                throw new BatchListenerFailedException("a record could not be parked", e, record);
            }
        }
    }

    /** In the trace of what the record came of, if it says so. */
    private boolean park(ConsumerRecord<String, byte[]> record, Exception why) {
        AtomicBoolean taken = new AtomicBoolean();
        traces.receive(
                "park " + record.topic(),
                List.of(Message.headersOf(record)),
                () -> taken.set(parked.park(record, why)));
        meters.counter("messaging.parked", "topic", record.topic()).increment();
        if (!taken.get()) {
            meters.counter("messaging.dead.letters.refused", "topic", record.topic())
                    .increment();
        }
        return taken.get();
    }

    /** The listener is called from here, one by one, so that what surrounds its method (a transaction) surrounds each. */
    private void deliverAll(MessageListener listener, List<Message> messages) {
        if (listener instanceof PollListener whole) {
            try {
                if (messages.size() == 1) {
                    told(messages.getFirst(), () -> whole.onAll(messages));
                } else {
                    whole.onAll(messages);
                }
                return;
            } catch (BatchFailure e) {
                throw e;
            } catch (RuntimeException e) {
                // It does not say which one it was: one by one, a bad message costs no neighbour.
                if (messages.size() == 1 || mayPass(e)) {
                    throw e;
                }
            }
        }
        for (int i = 0; i < messages.size(); i++) {
            try {
                deliver(listener, messages.get(i), messages.size() == 1);
            } catch (RuntimeException e) {
                throw new BatchFailure(i, e);
            }
        }
    }

    /** Among several, each goes on in its own trace. */
    private void deliver(MessageListener listener, Message message, boolean isAlone) {
        if (isAlone) {
            told(message, () -> listener.on(message));
        } else {
            traces.receive(
                    "receive " + listener.topic(),
                    List.of(message.headers()),
                    () -> told(message, () -> listener.on(message)));
        }
    }

    /** By its key, in trace and log lines, an operator finds what became of a registration. */
    private void told(Message message, Runnable work) {
        traces.note("messaging.kafka.message.key", message.key());
        traces.note("messaging.message.type", message.type());
        try (MDC.MDCCloseable _ = MDC.putCloseable("messageKey", message.key())) {
            work.run();
        }
    }

    private boolean known(MessageListener listener, Message message) {
        if (listener.types().contains(message.type())) {
            return true;
        }
        return switch (listener.unknownTypes()) {
            case SKIP -> {
                meters.counter("messaging.skipped", "topic", message.topic()).increment();
                yield false;
            }
            case PARK -> throw new PermanentFailure("nobody here knows its type");
        };
    }

    private DefaultErrorHandler errorHandler() {
        DefaultErrorHandler handler = new DefaultErrorHandler(
                (record, failure) -> {
                    boolean _ = park(bytes(record), failure);
                },
                new FixedBackOff(0, 0));
        handler.setBackOffFunction((record, failure) -> backOff(failure));
        handler.setRetryListeners(this::failed);
        handler.setLogLevel(KafkaException.Level.DEBUG);
        handler.setResetStateOnRecoveryFailure(false);
        return handler;
    }

    private void failed(ConsumerRecord<?, ?> record, @Nullable Exception failure, int attempt) {
        meters.counter("messaging.failed", "topic", record.topic()).increment();
        if (attempt == 1) {
            log.info(
                    "A message failed, and is tried again unless nothing can help it:"
                            + " key {} topic {} partition {} offset {}: {}",
                    ParkedMessages.keyOf(record),
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    failure == null
                            ? ""
                            : ParkedMessages.rootOf(failure).getClass().getSimpleName());
        }
    }

    private static BackOff backOff(Exception failure) {
        if (ParkedMessages.rootOf(failure) instanceof PermanentFailure) {
            return new FixedBackOff(0, 0);
        }
        if (mayPass(failure)) {
            ExponentialBackOff forAsLongAsItTakes = new ExponentialBackOff(100, 2);
            forAsLongAsItTakes.setMaxInterval(2_000);
            return forAsLongAsItTakes;
        }
        ExponentialBackOffWithMaxRetries some = new ExponentialBackOffWithMaxRetries(TRIES - 1);
        some.setInitialInterval(100);
        some.setMultiplier(2);
        return some;
    }

    /** Whether the database or the network is in the way and not the message. */
    static boolean mayPass(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TransientDataAccessException
                    || cause instanceof RecoverableDataAccessException
                    || cause instanceof DataAccessResourceFailureException
                    || cause instanceof QueryTimeoutException
                    || cause instanceof CannotCreateTransactionException
                    || cause instanceof TransactionSystemException
                    || cause instanceof TransientFailure
                    || cause instanceof java.sql.SQLTransientException
                    || cause instanceof java.io.IOException) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("unchecked") // both deserializers are ours
    private static ConsumerRecord<String, byte[]> bytes(ConsumerRecord<?, ?> record) {
        return (ConsumerRecord<String, byte[]>) record;
    }
}
