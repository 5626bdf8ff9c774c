package org.openingminute.messaging.operations;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.inbox.ParkedMessages;
import org.openingminute.messaging.outbox.DatabaseIncarnations.History;
import org.openingminute.messaging.outbox.Outbox;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The backlog of messages: this service's outbox and parked messages, and every consumer group's lag as the broker reports it. Results are
 * at most two seconds old. Thread-safe.
 */
public final class MessagingStatus implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MessagingStatus.class);
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final int BROKER_TIMEOUT_MS = 700;
    private static final Duration READING = Duration.ofMillis(300);
    private static final int AT_ONCE = 8;

    /**
     * A consumer group's position in a topic.
     *
     * @param topic the topic; {@code null} in the only row of a group on which the broker did not report
     * @param lag the number of records that the group has not read; {@code null} if the broker did not report it, or if a reader of
     *     this service still has to go back in a new incarnation of its database
     * @param oldestSeconds the age of the oldest of these records in seconds; 0 if there are none, {@code null} if the broker did not
     *     report in time
     */
    public record GroupLag(
            String group,
            @Nullable String topic,
            @Nullable Long lag,
            @Nullable Double oldestSeconds) {

        private static GroupLag unknown(String group) {
            return new GroupLag(group, null, null, null);
        }

        private boolean isWithin(Duration age) {
            return lag != null && (lag == 0 || (oldestSeconds != null && oldestSeconds < age.toMillis() / 1000.0));
        }
    }

    /**
     * The state of the brokers.
     *
     * @param answers whether a broker answered
     * @param steady whether brokers answer and, after an outage, have done so for eight seconds. Before that, messages from the outage
     *     may not have reached them, so no group would appear to be behind
     * @param consumers the positions of all groups
     */
    public record Broker(boolean answers, boolean steady, List<GroupLag> consumers) {

        /**
         * Whether the broker reports that a group has read everything of at least this age in some topics. False without a report, and for
         * some seconds after an outage. A topic in which the group has no position is ignored; this service's own group has one in every
         * existing topic that it reads.
         *
         * @param age messages younger than this need not have been read
         */
        public boolean hasRead(String group, Set<String> topics, Duration age) {
            return answers
                    && steady
                    && consumers.stream()
                            .filter(lag ->
                                    lag.group().equals(group) && (lag.topic() == null || topics.contains(lag.topic())))
                            .allMatch(lag -> lag.isWithin(age));
        }
    }

    private final Outbox outbox;
    private final ParkedMessages parked;
    private final BrokerWatch brokers;
    private final Supplier<Consumer<String, byte[]>> readers;
    private final MessagingSetting setting;
    private final Supplier<Set<String>> ownTopics;
    private final Supplier<History> incarnations;
    private @Nullable Broker last;
    private long lastAt;

    MessagingStatus(
            Outbox outbox,
            ParkedMessages parked,
            BrokerWatch brokers,
            Supplier<Consumer<String, byte[]>> readers,
            Own own) {
        this.outbox = outbox;
        this.parked = parked;
        this.brokers = brokers;
        this.readers = readers;
        this.setting = own.setting();
        this.ownTopics = own.topics();
        this.incarnations = own.incarnations();
    }

    /** This service's own group, the topics that it reads, and the incarnations of its database. */
    record Own(MessagingSetting setting, Supplier<Set<String>> topics, Supplier<History> incarnations) {}

    /**
     * Measures this service's unsent messages.
     *
     * @throws org.springframework.dao.DataAccessException if the database does not answer
     */
    public Outbox.WaitingMessages outbox() {
        return outbox.waiting();
    }

    /**
     * The number of this service's parked messages that were neither replayed nor discarded.
     *
     * @throws org.springframework.dao.DataAccessException if the database does not answer
     */
    public long deadLettersOpen() {
        return parked.open();
    }

    /**
     * Every group's lag, or that it is unknown, at most a second before the call. While no broker answers, {@code answers} is false and the
     * list is empty. Blocks for a few seconds at most if brokers are slow.
     *
     * @throws IllegalStateException inside a transaction, because its connection and locks would be held meanwhile
     */
    public synchronized Broker broker() {
        refuseInTransaction();
        return last != null && System.nanoTime() - lastAt < FRESH.toNanos() ? last : ask();
    }

    /**
     * The same as {@link #broker}, but not before the call, so that messages that were sent earlier are counted. Costs some requests for
     * each group; do not call it more than once a second.
     *
     * @throws IllegalStateException inside a transaction
     */
    public synchronized Broker brokerNow() {
        refuseInTransaction();
        return ask();
    }

    private static void refuseInTransaction() {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a transaction does not wait for the broker");
        }
    }

    private Broker ask() {
        Broker now;
        try {
            now = new Broker(true, brokers.areSteady(), probe());
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            // Also reached if a client cannot be created because no broker's name can be resolved.
            log.debug("The broker did not report the lag: {}", RedactedException.types(e));
            now = new Broker(false, false, List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            now = new Broker(false, false, List.of());
        }
        last = now;
        lastAt = System.nanoTime();
        return now;
    }

    @Override
    public void close() {
        brokers.close();
    }

    private List<GroupLag> probe() throws ExecutionException, InterruptedException, TimeoutException {
        Admin client = brokers.client();
        Set<String> groups = new TreeSet<>();
        client.listGroups(ListGroupsOptions.forConsumerGroups())
                .all()
                .get(BROKER_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .forEach(group -> groups.add(group.groupId()));
        if (!ownTopics.get().isEmpty()) {
            groups.add(setting.group());
        }
        return probeEach(client, groups);
    }

    /** Queries only a few groups at a time, because each may open a connection. A group that does not answer delays only few others. */
    private List<GroupLag> probeEach(Admin client, Collection<String> groups)
            throws InterruptedException, ExecutionException {
        List<Callable<List<GroupLag>>> questions = groups.stream()
                .map(group -> (Callable<List<GroupLag>>) () -> probeOne(client, group))
                .toList();
        List<GroupLag> lags = new ArrayList<>();
        try (ExecutorService each =
                Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
            for (Future<List<GroupLag>> answer : each.invokeAll(questions)) {
                lags.addAll(answer.get());
            }
        }
        return lags;
    }

    /** Queries one group. A group that cannot be read, such as another system's, is reported as unknown. */
    private List<GroupLag> probeOne(Admin client, String group) throws InterruptedException {
        try {
            return place(client, group);
        } catch (ExecutionException | TimeoutException | KafkaException | DataAccessException e) {
            log.debug("The lag of {} is unknown: {}", group, RedactedException.types(e));
            return List.of(GroupLag.unknown(group));
        }
    }

    private List<GroupLag> place(Admin client, String group)
            throws ExecutionException, InterruptedException, TimeoutException {
        KafkaFuture<ConsumerGroupDescription> description = requireNonNull(
                client.describeConsumerGroups(List.of(group)).describedGroups().get(group), "it was requested");
        Map<TopicPartition, OffsetAndMetadata> committed = client.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(BROKER_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        Map<TopicPartition, Long> at = new HashMap<>();
        committed.forEach((partition, offset) -> at.put(partition, offset == null ? 0 : offset.offset()));
        // All records of a partition without a committed offset count as unread.
        Set<TopicPartition> unread = new HashSet<>();
        reported(description, GroupIdNotFoundException.class)
                .ifPresent(known -> known.members()
                        .forEach(member -> unread.addAll(member.assignment().topicPartitions())));
        if (group.equals(setting.group())) {
            // Includes partitions that will be assigned to this group, in case the brokers have lost its offsets.
            unread.addAll(ownPartitions(client));
        }
        unread.removeAll(at.keySet());
        at.putAll(offsets(client, unread, OffsetSpec.earliest()));
        List<GroupLag> lags = lags(group, at, offsets(client, at.keySet(), OffsetSpec.latest()));
        return group.equals(setting.group()) ? withLagUnknownWhereGoingBack(lags, committed) : lags;
    }

    /** Reports the lag as unknown for topics in which a reader still has to go back. */
    private List<GroupLag> withLagUnknownWhereGoingBack(
            List<GroupLag> lags, Map<TopicPartition, OffsetAndMetadata> committed) {
        History history = incarnations.get();
        Set<String> goingBack = committed.entrySet().stream()
                .filter(entry -> entry.getValue() != null
                        && history.hasToGoBack(entry.getValue().metadata()))
                .map(entry -> entry.getKey().topic())
                .collect(Collectors.toSet());
        return lags.stream()
                .map(lag -> lag.topic() != null && goingBack.contains(lag.topic())
                        ? new GroupLag(lag.group(), lag.topic(), null, null)
                        : lag)
                .toList();
    }

    private List<TopicPartition> ownPartitions(Admin client)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<TopicPartition> partitions = new ArrayList<>();
        for (KafkaFuture<TopicDescription> answer :
                client.describeTopics(ownTopics.get()).topicNameValues().values()) {
            reported(answer, UnknownTopicOrPartitionException.class)
                    .ifPresent(topic -> topic.partitions()
                            .forEach(one -> partitions.add(new TopicPartition(topic.name(), one.partition()))));
        }
        return partitions;
    }

    /** Waits for an answer within the time limit; empty if the broker answers that the group or topic does not exist. */
    private static <T> Optional<T> reported(KafkaFuture<T> answer, Class<? extends KafkaException> nothingThere)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return Optional.of(answer.get(BROKER_TIMEOUT_MS, TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            if (nothingThere.isInstance(e.getCause())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Map<TopicPartition, Long> offsets(Admin client, Set<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException, TimeoutException {
        return client
                .listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, p -> which)))
                .all()
                .get(BROKER_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    private List<GroupLag> lags(String group, Map<TopicPartition, Long> read, Map<TopicPartition, Long> ends) {
        Map<String, List<TopicPartition>> byTopic =
                read.keySet().stream().collect(Collectors.groupingBy(TopicPartition::topic));
        List<GroupLag> lags = new ArrayList<>();
        new TreeMap<>(byTopic).forEach((topic, partitions) -> {
            long lag = 0;
            Map<TopicPartition, Long> behind = new HashMap<>();
            for (TopicPartition partition : partitions) {
                long at = read.getOrDefault(partition, 0L);
                long end = ends.getOrDefault(partition, 0L);
                if (end > at) {
                    lag += end - at;
                    behind.put(partition, at);
                }
            }
            lags.add(new GroupLag(group, topic, lag, lag == 0 ? Double.valueOf(0) : oldest(behind)));
        });
        return lags;
    }

    /**
     * The age of the oldest among the next unread records of each partition; {@code null} unless every partition has delivered its record.
     */
    private @Nullable Double oldest(Map<TopicPartition, Long> behind) {
        try (Consumer<String, byte[]> reader = readers.get()) {
            reader.assign(behind.keySet());
            behind.forEach(reader::seek);
            Set<TopicPartition> pending = new HashSet<>(behind.keySet());
            long oldest = Long.MAX_VALUE;
            long began = System.nanoTime();
            while (!pending.isEmpty()) {
                Duration left = READING.minusNanos(System.nanoTime() - began);
                if (!left.isPositive()) {
                    return null;
                }
                ConsumerRecords<String, byte[]> records = reader.poll(left);
                for (TopicPartition partition : records.partitions()) {
                    if (pending.remove(partition)) {
                        oldest = Math.min(
                                oldest, records.records(partition).getFirst().timestamp());
                    }
                }
                // The records of one partition could fill a poll.
                reader.pause(records.partitions());
            }
            return Math.max(0, setting.clock().millis() - oldest) / 1000.0;
        } catch (KafkaException e) {
            log.debug("The age of unread messages could not be read: {}", RedactedException.types(e));
            return null;
        }
    }
}
