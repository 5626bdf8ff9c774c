package org.openingminute.messaging.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.MessagingTest;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.OrderLocks.TriedLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.messaging.testing.Appended;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Proves on a real PostgreSQL why many keys are locked by trying, and not by row locks: the relay orders a key's messages by transaction
 * id.
 */
@MessagingTest(classes = LockOrderIT.AService.class, args = "--spring.application.name=lock-order")
class LockOrderIT {

    private static final String TOPIC = "locked-things.v1";
    private static final Duration SOON = Duration.ofSeconds(60);

    @Autowired
    private Outbox outbox;

    @Autowired
    private OrderLocks locks;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    private final String first = "1 " + UUID.randomUUID();
    private final String middle = "2 " + UUID.randomUUID();
    private final String last = "3 " + UUID.randomUUID();

    @BeforeEach
    void makeRows() {
        jdbc.sql("create table if not exists locked_thing (message_key text primary key)")
                .update();
        jdbc.sql("insert into locked_thing (message_key) values (?), (?), (?)")
                .params(first, middle, last)
                .update();
    }

    @Test
    void row_locks_of_many_keys_break_the_order_of_one() throws Exception {
        CountDownLatch middleIsHeld = new CountDownLatch(1);
        CountDownLatch lastIsHeld = new CountDownLatch(1);
        CountDownLatch manyReachedLast = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Void> holder = inTransaction(threads, () -> {
                lockRows(middle);
                middleIsHeld.countDown();
                awaitLatch(lastIsHeld);
            });
            awaitLatch(middleIsHeld);
            // Its first lock assigns the transaction id, then it waits for the second lock.
            CompletableFuture<Void> many = inTransaction(threads, () -> append(lockRows(first, middle, last), last, 2));
            await().atMost(SOON).until(() -> waiting() == 1);
            CompletableFuture<Void> one = inTransaction(threads, () -> {
                OrderLock lock = lockRows(last);
                lastIsHeld.countDown();
                awaitLatch(manyReachedLast);
                append(lock, last, 1);
            });
            holder.get(60, TimeUnit.SECONDS);
            await().atMost(SOON).until(() -> waiting() == 1);
            manyReachedLast.countDown();
            one.get(60, TimeUnit.SECONDS);
            many.get(60, TimeUnit.SECONDS);
        }

        assertThat(sequences(last)).containsExactly(2L, 1L);
    }

    @Test
    void tried_locks_of_many_keys_keep_the_order() throws Exception {
        CountDownLatch lastIsHeld = new CountDownLatch(1);
        CountDownLatch manyTried = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Void> one = inTransaction(threads, () -> {
                OrderLock lock = locks.takeFor(last);
                lastIsHeld.countDown();
                awaitLatch(manyTried);
                append(lock, last, 1);
            });
            awaitLatch(lastIsHeld);
            transaction.executeWithoutResult(_ -> {
                TriedLocks tried = locks.tryAll(Set.of(first, middle, last));
                mayTakeLong();
                assertThat(tried.got()).containsExactlyInAnyOrder(first, middle);
                assertThat(hasId()).isFalse();
                append(tried.lock(), first, 1);
            });
            manyTried.countDown();
            one.get(60, TimeUnit.SECONDS);
            transaction.executeWithoutResult(_ -> {
                TriedLocks tried = locks.tryAll(Set.of(last));
                mayTakeLong();
                assertThat(tried.got()).containsExactly(last);
                append(tried.lock(), last, 2);
            });
        }

        assertThat(sequences(last)).containsExactly(1L, 2L);
    }

    @Test
    void awaited_lock_is_waited_for_no_longer_than_a_second() throws Exception {
        CountDownLatch isHeld = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Void> holder = inTransaction(threads, () -> {
                // The server would end a transaction of waitFor after two seconds.
                locks.takeFor(last);
                isHeld.countDown();
                awaitLatch(mayEnd);
            });
            awaitLatch(isHeld);
            AtomicReference<Throwable> refusal = new AtomicReference<>();
            // On a machine that stands still the server ends the transaction, and its rollback fails as well.
            var _ = catchThrowable(() -> transaction.executeWithoutResult(status -> {
                status.setRollbackOnly();
                refusal.set(catchThrowable(() -> locks.waitFor(Set.of(first, last))));
            }));
            assertThat(refusal.get()).isInstanceOf(DataAccessException.class).hasMessageContaining("55P03");
            mayEnd.countDown();
            holder.get(60, TimeUnit.SECONDS);
        }
        transaction.executeWithoutResult(_ -> append(locks.waitFor(Set.of(first, last)), last, 1));
        assertThat(sequences(last)).containsExactly(1L);
    }

    @Test
    void tried_locks_come_before_the_first_write() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(_ -> {
                    lockRows(first);
                    locks.tryAll(Set.of(last));
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("before");
    }

    private CompletableFuture<Void> inTransaction(ExecutorService threads, Runnable work) {
        return CompletableFuture.runAsync(() -> transaction.executeWithoutResult(_ -> work.run()), threads);
    }

    /** Lifts the limit of two seconds from the current transaction. */
    private void mayTakeLong() {
        jdbc.sql("set local transaction_timeout = 0").update();
    }

    private OrderLock lockRows(String... keys) {
        return locks.take(
                "select 1 from locked_thing where message_key = any(?) order by message_key for update", (Object) keys);
    }

    private void append(OrderLock lock, String key, long sequence) {
        outbox.append(lock, new OutgoingMessage(TOPIC, key, "thing.happened.v1", sequence, Map.of("n", sequence)));
    }

    private boolean hasId() {
        return jdbc.sql("select pg_current_xact_id_if_assigned() is not null")
                .query(Boolean.class)
                .single();
    }

    /** The number of transactions of this database that wait for a lock on a row. */
    private int waiting() {
        return jdbc.sql("""
                select count(*) from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock' and query like '%locked_thing%'
                """).query(Integer.class).single();
    }

    /** The sequences of a key's messages, in the order in which the relay sends them. */
    private List<Long> sequences(String key) {
        return Appended.about(jdbc, key).stream()
                .map(message -> Long.valueOf(Appended.header(message, "ce_sequence")))
                .toList();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class AService {}
}
