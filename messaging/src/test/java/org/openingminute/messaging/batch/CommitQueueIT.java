package org.openingminute.messaging.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.MessageJson;
import org.openingminute.messaging.MessagingTest;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.inbox.BatchFailure;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.messaging.testing.Appended;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves, on a real PostgreSQL, how entries are batched, ordered by key and committed, and what happens to entries that fail or wait. */
@MessagingTest(classes = CommitQueueIT.AService.class, args = "--spring.application.name=batches")
class CommitQueueIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    /** Longer than a busy machine or its database stands still; otherwise entries would be given up. */
    private static final Duration PATIENT = Duration.ofMinutes(2);

    @Autowired
    private Outbox outbox;

    @Autowired
    private OrderLocks locks;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private PlatformTransactionManager transactions;

    private final AtomicInteger lostAnswers = new AtomicInteger();
    private final AtomicBoolean failsAfterCommit = new AtomicBoolean();
    private CommitQueues queues;
    private CommitQueue<Addition, Integer> queue;

    @BeforeEach
    void begin() {
        jdbc.sql(
                        "create table if not exists total (message_key text primary key, amount integer not null check (amount < 1000))")
                .update();
        jdbc.sql("create table if not exists added (id uuid primary key)").update();
        queues = new CommitQueues(locks, new LosingAnswers(), TraceContext.none(), new SimpleMeterRegistry());
        queue = queues.queue("additions", new Adding(), PATIENT);
    }

    @AfterEach
    void end() {
        queues.close();
    }

    /** Commits, and then throws as often as configured, as if the answer of the database was lost. */
    private final class LosingAnswers implements PlatformTransactionManager {

        @Override
        public TransactionStatus getTransaction(TransactionDefinition definition) {
            return transactions.getTransaction(definition);
        }

        @Override
        public void commit(TransactionStatus status) {
            transactions.commit(status);
            if (lostAnswers.getAndUpdate(left -> Math.max(left - 1, 0)) > 0) {
                throw new TransactionSystemException("the answer is lost");
            }
        }

        @Override
        public void rollback(TransactionStatus status) {
            transactions.rollback(status);
        }
    }

    /** An amount that is added to a key's total. The rule refuses a negative amount, the table refuses 1000. */
    record Addition(UUID id, String key, int amount) implements BatchEntry {

        @Override
        public Set<String> keys() {
            return Set.of(key);
        }

        @Override
        public Map<String, String> trace() {
            return Map.of();
        }
    }

    static final class Totals {

        private final OrderLock lock;
        private final Map<String, Integer> amounts = new HashMap<>();
        private final Set<UUID> added;
        private final List<UUID> isNew = new ArrayList<>();
        private final List<OutgoingMessage> events = new ArrayList<>();

        Totals(OrderLock lock, Set<UUID> added) {
            this.lock = lock;
            this.added = added;
        }
    }

    private final class Adding implements BatchWork<Addition, Totals, Integer> {

        @Override
        public Totals read(OrderLock lock, List<Addition> entries) {
            Totals totals = new Totals(
                    lock,
                    jdbc.sql("select id from added where id = any(?)")
                            .param(entries.stream().map(Addition::id).toArray(UUID[]::new))
                            .query(UUID.class)
                            .set());
            jdbc.sql("select message_key, amount from total where message_key = any(?)")
                    .param(entries.stream().map(Addition::key).distinct().toArray(String[]::new))
                    .query(row -> {
                        totals.amounts.put(row.getString("message_key"), row.getInt("amount"));
                    });
            return totals;
        }

        @Override
        public Integer decide(Totals totals, Addition addition) {
            if (addition.amount() < 0) {
                throw new PermanentFailure("less than nothing");
            }
            if (totals.added.add(addition.id())) {
                totals.isNew.add(addition.id());
                int total = totals.amounts.merge(addition.key(), addition.amount(), Integer::sum);
                totals.events.add(new OutgoingMessage(
                        "additions.v1", addition.key(), "thing.added.v1", total, Map.of("total", total)));
            }
            return totals.amounts.get(addition.key());
        }

        @Override
        public void write(Totals totals) {
            List<String> keys = List.copyOf(totals.amounts.keySet());
            jdbc.sql("""
                    insert into total (message_key, amount) select * from unnest(?::text[], ?::integer[])
                    on conflict (message_key) do update set amount = excluded.amount
                    """)
                    .param(keys.toArray(String[]::new))
                    .param(keys.stream().map(totals.amounts::get).toArray(Integer[]::new))
                    .update();
            jdbc.sql("insert into added (id) select unnest(?::uuid[])")
                    .param(totals.isNew.toArray(UUID[]::new))
                    .update();
            outbox.appendAll(totals.lock, totals.events);
        }

        @Override
        public void committed(Totals totals) {
            if (failsAfterCommit.get()) {
                throw new IllegalStateException("a listener fails");
            }
        }
    }

    @Test
    void a_refused_and_an_unwritable_entry_of_256_fail_alone() {
        List<Addition> entries = new ArrayList<>();
        IntStream.range(0, 256).forEach(_ -> entries.add(addition(key(), 1)));
        entries.set(100, addition(key(), -1));
        entries.set(200, addition(key(), 1_000));

        List<CompletableFuture<Integer>> results;
        try (Held _ = new Held(entries.getFirst().key())) {
            // The first batch waits for the held key, so that it does not commit alone.
            results = queue.submitAll(entries);
        }

        assertThat(results.get(100)).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(PermanentFailure.class);
        assertThat(results.get(200))
                .failsWithin(SOON)
                .withThrowableThat()
                .withCauseInstanceOf(DataIntegrityViolationException.class);
        for (int i = 0; i < entries.size(); i++) {
            if (i != 100 && i != 200) {
                assertThat(results.get(i)).succeedsWithin(SOON).isEqualTo(1);
            }
        }
        assertThat(written(entries)).isEqualTo(254);
    }

    @Test
    void entries_of_one_key_are_decided_in_their_order() {
        String key = key();

        List<CompletableFuture<Integer>> results = queue.submitAll(
                IntStream.rangeClosed(1, 5).mapToObj(_ -> addition(key, 1)).toList());

        for (int i = 0; i < 5; i++) {
            assertThat(results.get(i)).succeedsWithin(SOON).isEqualTo(i + 1);
        }
        assertThat(events(key)).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void entries_whose_key_is_held_elsewhere_wait_and_the_others_go_on() {
        String held = key();
        List<Addition> entries = List.of(addition(key(), 1), addition(held, 1), addition(key(), 1), addition(held, 1));
        List<CompletableFuture<Integer>> results;

        try (Held _ = new Held(held)) {
            results = queue.submitAll(entries);
            assertThat(results.get(0)).succeedsWithin(SOON);
            assertThat(results.get(2)).succeedsWithin(SOON);
            assertThat(queue.submitAll(List.of(addition(key(), 1))).getFirst()).succeedsWithin(SOON);
            assertThat(results.get(1)).isNotDone();
            assertThat(results.get(3)).isNotDone();
        }

        assertThat(results.get(1)).succeedsWithin(SOON).isEqualTo(1);
        assertThat(results.get(3)).succeedsWithin(SOON).isEqualTo(2);
    }

    @Test
    void key_that_stays_held_is_waited_for_while_the_others_go_on() {
        String held = key();
        CompletableFuture<Integer> result;

        try (Held _ = new Held(held)) {
            result = queue.submitAll(List.of(addition(held, 1))).getFirst();
            await().atMost(SOON).until(this::isWaitedFor);
            assertThat(queue.submitAll(List.of(addition(key(), 1))).getFirst()).succeedsWithin(SOON);
            assertThat(result).isNotDone();
        }

        assertThat(result).succeedsWithin(SOON).isEqualTo(1);
    }

    @Test
    void queue_goes_on_when_no_thread_can_wait_for_a_key() {
        CommitQueue<Addition, Integer> alone = new CommitQueue<>("alone", run(), work -> new Thread(work) {
            @Override
            public void start() {
                throw new OutOfMemoryError("unable to create native thread");
            }
        });
        alone.start();
        String held = key();

        try (Held _ = new Held(held)) {
            assertThat(alone.submitAll(List.of(addition(held, 1))).getFirst())
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .withCauseInstanceOf(TransientDataAccessException.class);
        }

        assertThat(alone.submitAll(List.of(addition(held, 1))).getFirst())
                .succeedsWithin(SOON)
                .isEqualTo(1);
        alone.close();
    }

    private BatchRun<Addition, Totals, Integer> run() {
        return new BatchRun<>(
                "alone",
                new Adding(),
                locks,
                new TransactionTemplate(transactions),
                TraceContext.none(),
                new BatchMetrics(new SimpleMeterRegistry(), "alone", () -> 0),
                PATIENT);
    }

    @Test
    void row_that_somebody_has_locked_holds_up_its_entry_alone() {
        String locked = key();
        queue.apply(addition(locked, 1));
        List<Addition> entries = new ArrayList<>();
        IntStream.range(0, 64).forEach(_ -> entries.add(addition(key(), 1)));
        entries.set(20, addition(locked, 1));
        CompletableFuture<Integer> stuck;

        try (Held _ = new Held(() -> lockRow(locked))) {
            List<CompletableFuture<Integer>> results = new ArrayList<>(queue.submitAll(entries));
            stuck = results.remove(20);
            results.forEach(result -> assertThat(result).succeedsWithin(SOON).isEqualTo(1));
            // The queue has recognised the stuck entry, so the next batch does not wait for it.
            assertThat(queue.submitAll(List.of(addition(key(), 1))).getFirst()).succeedsWithin(SOON);
            assertThat(stuck).isNotDone();
        }

        assertThat(stuck).succeedsWithin(SOON).isEqualTo(2);
    }

    @Test
    void failure_after_commit_undoes_nothing() {
        String key = key();
        failsAfterCommit.set(true);

        assertThat(queue.apply(addition(key, 1))).isEqualTo(1);

        assertThat(events(key)).containsExactly(1);
    }

    @Test
    void abandoned_entry_is_dropped() {
        String key = key();
        Addition abandoned = addition(key, 1);
        List<CompletableFuture<Integer>> results;

        try (Held _ = new Held(key)) {
            results = queue.submitAll(List.of(abandoned, addition(key, 1)));
            results.getFirst().cancel(false);
        }

        assertThat(results.get(1)).succeedsWithin(SOON).isEqualTo(1);
        assertThat(written(List.of(abandoned))).isZero();
    }

    @Test
    void caller_gives_up_after_eight_seconds() {
        CommitQueue<Addition, Integer> asInProduction = queues.queue("in production", new Adding());
        String key = key();
        Addition late = addition(key, 1);

        try (Held _ = new Held(key)) {
            assertThatThrownBy(() -> asInProduction.apply(late)).isInstanceOf(TransientDataAccessException.class);
        }

        assertThat(queue.apply(addition(key, 1))).isEqualTo(1);
        assertThat(written(List.of(late))).isZero();
    }

    @Test
    void batch_whose_commit_lost_its_answer_is_recognised() {
        String key = key();
        lostAnswers.set(1);

        List<CompletableFuture<Integer>> results = queue.submitAll(List.of(addition(key, 1), addition(key, 2)));

        assertThat(results.get(0)).succeedsWithin(SOON);
        assertThat(results.get(1)).succeedsWithin(SOON).isEqualTo(3);
        assertThat(events(key)).containsExactly(1, 3);
    }

    @Test
    void poll_names_its_first_failed_entry_and_commits_the_others() {
        List<Addition> poll = List.of(addition(key(), 1), addition(key(), -1), addition(key(), 1));

        assertThatThrownBy(() -> queue.applyAll(poll))
                .isInstanceOfSatisfying(
                        BatchFailure.class,
                        failure -> assertThat(failure.index()).isEqualTo(1))
                .hasCauseInstanceOf(PermanentFailure.class);

        await().atMost(SOON).until(() -> written(poll) == 2);
    }

    @Test
    void full_queue_takes_no_more() {
        String key = key();
        List<Addition> entries = IntStream.range(0, CommitQueue.ROOM)
                .mapToObj(_ -> addition(key, 1))
                .toList();
        try (Held _ = new Held(key)) {
            List<CompletableFuture<Integer>> results = queue.submitAll(entries);
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(queue.depth()).isGreaterThanOrEqualTo(CommitQueue.ROOM - CommitQueue.LARGEST);
                assertThatThrownBy(() -> queue.submitAll(entries)).isInstanceOf(TransientDataAccessException.class);
            });
            results.forEach(result -> result.cancel(false));
        }
    }

    @Test
    void entry_of_a_dry_run_is_applied_in_the_callers_transaction() {
        String key = key();

        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            assertThat(queue.apply(addition(key, 1))).isEqualTo(1);
            status.setRollbackOnly();
        });

        assertThat(queue.apply(addition(key, 1))).isEqualTo(1);
    }

    /** Holds a lock in a transaction of another thread until it is closed. */
    private final class Held implements AutoCloseable {

        private final CountDownLatch end = new CountDownLatch(1);
        private final CompletableFuture<Void> holder;

        /** Holds a key, as another instance would. */
        Held(String key) {
            this(() -> locks.takeFor(key));
        }

        /** @param lock takes the lock within the other transaction */
        Held(Runnable lock) {
            CountDownLatch begun = new CountDownLatch(1);
            holder = CompletableFuture.runAsync(() -> new TransactionTemplate(transactions).executeWithoutResult(_ -> {
                lock.run();
                begun.countDown();
                awaitLatch(end);
            }));
            awaitLatch(begun);
        }

        @Override
        public void close() {
            end.countDown();
            holder.join();
        }
    }

    private void lockRow(String key) {
        jdbc.sql("select amount from total where message_key = ? for update")
                .param(key)
                .query(Integer.class)
                .single();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isWaitedFor() {
        return jdbc.sql("select exists (select from pg_locks where locktype = 'advisory' and not granted)")
                .query(Boolean.class)
                .single();
    }

    private int written(List<Addition> entries) {
        return jdbc.sql("select count(*) from added where id = any(?)")
                .param(entries.stream().map(Addition::id).toArray(UUID[]::new))
                .query(Integer.class)
                .single();
    }

    private List<Integer> events(String key) {
        return Appended.about(jdbc, key).stream()
                .map(message -> MessageJson.MAPPER
                        .readTree(message.value())
                        .get("total")
                        .asInt())
                .toList();
    }

    private static Addition addition(String key, int amount) {
        return new Addition(UUID.randomUUID(), key, amount);
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class AService {}
}
