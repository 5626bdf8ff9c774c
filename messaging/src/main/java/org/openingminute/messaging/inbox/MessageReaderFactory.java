package org.openingminute.messaging.inbox;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.outbox.DatabaseIncarnations.History;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpoint;
import org.springframework.kafka.config.MethodKafkaListenerEndpoint;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;

/** Creates the listener containers of {@link MessageReader} methods, and keeps a list of these methods. */
final class MessageReaderFactory extends ConcurrentKafkaListenerContainerFactory<String, byte[]> {

    static final String NAME = "messageReaderFactory";
    private static final Logger log = LoggerFactory.getLogger(MessageReaderFactory.class);
    private static final Duration RETRY_REFUSED_CREDENTIALS = Duration.ofSeconds(5);

    private final MessagingSetting setting;
    private final Inbox inbox;
    private final ParkedMessages parked;
    private final TraceContext traces;
    private final MeterRegistry meters;
    private final List<Reader> readers = new CopyOnWriteArrayList<>();

    MessageReaderFactory(
            ConsumerFactory<String, byte[]> consumers,
            MessagingSetting setting,
            Inbox inbox,
            ParkedMessages parked,
            TraceContext traces,
            MeterRegistry meters) {
        this.setting = setting;
        this.inbox = inbox;
        this.parked = parked;
        this.traces = traces;
        this.meters = meters;
        setConsumerFactory(consumers);
        // The ReaderKeeper starts a container once its topic exists.
        setAutoStartup(false);
        setCommonErrorHandler(new ReaderErrorHandler(parked, meters));
        getContainerProperties().setGroupId(setting.group());
        // Our own counters report the same, by topic.
        getContainerProperties().setMicrometerEnabled(false);
        // A running reader retries, and so survives a change of permissions or passwords.
        getContainerProperties().setAuthExceptionRetryInterval(RETRY_REFUSED_CREDENTIALS);
    }

    @Override
    public ConcurrentMessageListenerContainer<String, byte[]> createListenerContainer(KafkaListenerEndpoint endpoint) {
        ConcurrentMessageListenerContainer<String, byte[]> container = super.createListenerContainer(endpoint);
        MethodKafkaListenerEndpoint<?, ?> annotated = (MethodKafkaListenerEndpoint<?, ?>) endpoint;
        Reader reader = Reader.of(annotated.getBean(), annotated.getMethod());
        readers.add(reader);
        container.setBeanName(setting.group() + "-" + reader.topic());
        container
                .getContainerProperties()
                .setMessageListener(new PollDelivery(reader, inbox, parked, traces, meters, setting.clock()));
        // An alert on growth notices the first count only if the counter had been reported as 0 before.
        List.of("failed", "parked", "dead.letters.refused", "skipped", "superseded")
                .forEach(what -> meters.counter("messaging." + what, "topic", reader.topic()));
        return container;
    }

    /** All readers of the service; complete once its beans exist. */
    List<Reader> readers() {
        return readers;
    }

    /**
     * Decides where readers start, and where they resume in a new incarnation of their database. What they had applied last may be missing
     * there, so they go back far enough to read it again. The metadata of a committed offset names the incarnation in which it was
     * committed. A consumer goes back on its own thread before its next poll, so its group is not rebalanced, and newer messages wait only
     * for the repeated ones.
     */
    static final class ReadPositions implements ConsumerAwareRebalanceListener {

        private volatile @Nullable History history;

        /** Sets the known incarnations. No reader may start before the first call. */
        void use(History newest) {
            history = newest;
        }

        boolean areKnown() {
            return history != null;
        }

        /** Wraps a consumer so that it has its positions before each poll. */
        @SuppressWarnings("unchecked") // the only interface of the proxy
        Consumer<String, byte[]> rewinding(Consumer<String, byte[]> consumer) {
            return (Consumer<String, byte[]>) Proxy.newProxyInstance(
                    Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, new RewindingConsumer(consumer));
        }

        @Override
        public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
            ((RewindingConsumer) Proxy.getInvocationHandler(consumer)).begin(partitions);
        }

        private History known() {
            return requireNonNull(history, "readers start once the incarnation is known");
        }

        /** The wrapped consumer. Used only by its own thread. */
        private final class RewindingConsumer implements InvocationHandler {

            private static final Duration LIMIT = Duration.ofSeconds(2);
            private static final Set<String> COMMITS = Set.of("commitSync", "commitAsync");

            private final Consumer<String, byte[]> consumer;
            /** The known read position of each partition. */
            private final Map<TopicPartition, Place> places = new HashMap<>();
            /** Offsets whose commit waits until the incarnation of their partition is known. */
            private final Map<TopicPartition, OffsetAndMetadata> withheld = new HashMap<>();

            private @Nullable Integer settledFor;

            RewindingConsumer(Consumer<String, byte[]> consumer) {
                this.consumer = consumer;
            }

            @Override
            public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
                    throws Throwable {
                if (method.getName().equals("poll")
                        && !Objects.equals(settledFor, known().present().number())) {
                    settle(known());
                }
                try {
                    return method.invoke(consumer, arguments == null ? null : withMetadata(method, arguments));
                } catch (InvocationTargetException e) {
                    throw e.getTargetException();
                }
            }

            /** Forgets what is known of newly assigned partitions, because other consumers may have read them since. */
            void begin(Collection<TopicPartition> partitions) {
                places.keySet().removeAll(partitions);
                withheld.keySet().removeAll(partitions);
                settle(known());
            }

            private void settle(History now) {
                settledFor = null;
                try {
                    Set<TopicPartition> assigned = consumer.assignment();
                    if (!assigned.isEmpty()) {
                        settle(assigned, now);
                    }
                    settledFor = now.present().number();
                } catch (WakeupException | InterruptException e) {
                    throw e;
                } catch (KafkaException e) {
                    // The next poll tries again.
                    log.debug("A reader's offsets could not be read or committed: {}", RedactedException.types(e));
                }
            }

            /**
             * Goes back in partitions that were read in another incarnation. Commits the starting offset of partitions that were never
             * read, because without a committed offset the broker reports no lag for a stopped reader.
             */
            private void settle(Set<TopicPartition> assigned, History now) {
                Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(assigned, LIMIT);
                Set<TopicPartition> unread = new HashSet<>(assigned);
                Map<TopicPartition, Long> times = new HashMap<>();
                Map<TopicPartition, Place> known = new HashMap<>();
                committed.forEach((partition, offset) -> {
                    if (offset != null) {
                        unread.remove(partition);
                        known.put(partition, Place.of(offset));
                        now.readAgainFrom(Place.of(offset).incarnation())
                                .ifPresent(from -> times.put(partition, from.toEpochMilli()));
                    }
                });
                Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
                consumer.beginningOffsets(unread, LIMIT).forEach((partition, offset) -> {
                    OffsetAndMetadata first = new OffsetAndMetadata(offset);
                    settled.put(partition, first);
                    known.put(partition, Place.of(first));
                });
                withheld.forEach((partition, offset) -> settled.put(partition, offset));
                consumer.offsetsForTimes(times, LIMIT).forEach((partition, found) -> {
                    long before = requireNonNull(known.get(partition)).before();
                    OffsetAndMetadata back =
                            new OffsetAndMetadata(found == null ? before : Math.min(before, found.offset()));
                    settled.put(partition, back);
                    known.put(partition, Place.of(back));
                });
                goBack(times.keySet(), settled, now.present().number());
                settled.keySet().retainAll(assigned);
                settled.forEach((partition, offset) -> known.putIfAbsent(partition, Place.of(offset)));
                known.forEach((partition, place) ->
                        places.put(partition, place.in(now.present().number())));
                consumer.commitSync(withMetadata(settled), LIMIT);
            }

            /**
             * Seeks before the commit. If the commit reaches the brokers but fails here, the next attempt finds the new incarnation
             * committed and no longer goes back.
             */
            private void goBack(
                    Set<TopicPartition> partitions, Map<TopicPartition, OffsetAndMetadata> to, int incarnation) {
                Set<TopicPartition> back = new HashSet<>(partitions);
                back.removeIf(partition -> {
                    @Nullable Place place = places.get(partition);
                    return place != null && Objects.equals(place.incarnation(), incarnation);
                });
                back.forEach(partition -> consumer.seek(partition, requireNonNull(to.get(partition))));
                if (!back.isEmpty()) {
                    Map<TopicPartition, OffsetAndMetadata> again = new HashMap<>(to);
                    again.keySet().retainAll(back);
                    log.info("The database is in a new incarnation, reading again: {}", again);
                }
            }

            @SuppressWarnings("unchecked") // the type that methods with a map argument declare
            private Object[] withMetadata(Method method, Object[] arguments) {
                if (!COMMITS.contains(method.getName()) || !(arguments[0] instanceof Map)) {
                    return arguments;
                }
                Object[] changed = arguments.clone();
                changed[0] = withMetadata((Map<TopicPartition, OffsetAndMetadata>) arguments[0]);
                return changed;
            }

            private Map<TopicPartition, OffsetAndMetadata> withMetadata(
                    Map<TopicPartition, OffsetAndMetadata> offsets) {
                Map<TopicPartition, OffsetAndMetadata> described = new HashMap<>();
                offsets.forEach((partition, offset) -> {
                    @Nullable Place place = places.computeIfPresent(partition, (_, at) -> at.at(offset.offset()));
                    if (place == null) {
                        withheld.put(partition, offset);
                    } else {
                        withheld.remove(partition);
                        described.put(
                                partition,
                                new OffsetAndMetadata(offset.offset(), offset.leaderEpoch(), place.metadata()));
                    }
                });
                return described;
            }
        }

        /**
         * The read position of a partition. What was read in the ten minutes before the last commit may be lost with the database, however
         * old the messages are: a reader that lags behind reads old messages.
         *
         * @param incarnation the incarnation in which the partition is read; {@code null} for commits of a version that did not record
         *     it
         * @param before an offset that was reached at least ten minutes before the last commit, or the offset at which reading began
         * @param mark an offset that was reached later, and becomes the next {@code before}
         */
        record Place(@Nullable Integer incarnation, long before, long mark, long markedAt) {

            private static final Duration MARK_EVERY = Duration.ofMinutes(10);

            /** Parses the metadata of a committed offset; without metadata only the offset itself is known. */
            static Place of(OffsetAndMetadata committed) {
                long now = System.nanoTime();
                String[] parts = committed.metadata().split(" ", -1);
                try {
                    return new Place(
                            Integer.valueOf(parts[0]),
                            parts.length == 1 ? committed.offset() : Long.parseLong(parts[1]),
                            committed.offset(),
                            now);
                } catch (NumberFormatException e) {
                    return new Place(null, committed.offset(), committed.offset(), now);
                }
            }

            Place in(int present) {
                return new Place(present, before, mark, markedAt);
            }

            Place at(long offset) {
                return System.nanoTime() - markedAt < MARK_EVERY.toNanos()
                        ? this
                        : new Place(incarnation, mark, offset, System.nanoTime());
            }

            String metadata() {
                return incarnation + " " + before;
            }
        }
    }
}
