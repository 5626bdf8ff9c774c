package org.openingminute.benchmarks.relay;

import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleConsumer;
import org.openingminute.messaging.TimePartitions;

/** A day of old messages in the outbox, and two ways to remove it. */
final class CleanUp {

    static final String DROP = "dropping the partition";
    static final String DELETE = "deleting the rows";

    /**
     * Younger than the partitions that the outbox itself drops. It would detach this one while it is filled, which crashed PostgreSQL 18.6.
     */
    private static final int DAYS_OLD = 5;

    private static final Duration KEPT = Duration.ofDays(DAYS_OLD - 1);
    private static final int UNCOUNTED = 20;

    private final Library library;
    private final RelayCandidate writer;
    private final LocalDate day;
    private final String partition;

    /** @param writer commits messages one after the other meanwhile */
    CleanUp(Library library, RelayCandidate writer) {
        this.library = library;
        this.writer = writer;
        this.day = LocalDate.now(java.time.ZoneOffset.UTC).minusDays(DAYS_OLD);
        this.partition = "outbox_" + DateTimeFormatter.ofPattern("yyyyMMdd").format(day);
    }

    /**
     * Returns the milliseconds of dropping the partition.
     *
     * @param heldMillis receives the duration of the slowest commit meanwhile
     */
    double millisToDrop(int messages, DoubleConsumer heldMillis) throws Exception {
        fill(messages);
        TimePartitions partitions = new TimePartitions(library.dataSource(), "outbox");
        CountDownLatch writing = new CountDownLatch(1);
        AtomicBoolean dropped = new AtomicBoolean();
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Long> longest = thread.submit(() -> longestCommit(writing, dropped));
            writing.await();
            long begin = System.nanoTime();
            int days;
            try {
                days = partitions.dropOlderThan(KEPT);
            } finally {
                dropped.set(true);
            }
            double millis = (System.nanoTime() - begin) / 1e6;
            if (days != 1) {
                throw new IllegalStateException("not one day was dropped");
            }
            heldMillis.accept(longest.get() / 1e6);
            return millis;
        }
    }

    private long longestCommit(CountDownLatch writing, AtomicBoolean over) {
        long longest = 0;
        for (long number = 0; !over.get(); number++) {
            long begin = System.nanoTime();
            writer.commit(number);
            // The first commits warm up.
            if (number < UNCOUNTED) {
                continue;
            }
            writing.countDown();
            longest = Math.max(longest, System.nanoTime() - begin);
        }
        return longest;
    }

    double millisToDelete(int messages) {
        fill(messages);
        long begin = System.nanoTime();
        int deleted = library.jdbc()
                .sql("""
                        with deleted as (delete from outbox where appended_at < ?::date + 1 returning messages)
                        select coalesce(sum(messages), 0) from deleted
                        """)
                .param(day.toString())
                .query(Integer.class)
                .single();
        double millis = (System.nanoTime() - begin) / 1e6;
        if (deleted != messages) {
            throw new IllegalStateException(deleted + " messages were deleted");
        }
        library.jdbc().sql("drop table " + partition).update();
        return millis;
    }

    /** Copies the outbox's rows to another day. */
    private void fill(int messages) {
        library.jdbc()
                .sql("create table %s partition of outbox for values from ('%s') to ('%s')"
                        .formatted(partition, day, day.plusDays(1)))
                .update();
        library.jdbc()
                .sql("""
                        with kept as (
                             select *, sum(messages) over (order by position) as counted
                               from outbox where appended_at > ?::date + 1)
                        insert into outbox (incarnation, messages, bytes, frames, appended_at)
                        select incarnation, messages, bytes, frames, ?::date::timestamptz
                          from kept, generate_series(1, ?) where counted <= ?
                        """)
                .param(day.toString())
                .param(day.toString())
                .param(Math.ceilDiv(messages, Bodies.DIFFERENT))
                .param(Math.min(messages, Bodies.DIFFERENT))
                .update();
        library.jdbc().sql("vacuum (analyze) " + partition).update();
    }
}
