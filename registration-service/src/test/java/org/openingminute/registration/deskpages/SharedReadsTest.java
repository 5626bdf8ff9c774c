package org.openingminute.registration.deskpages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Proves that concurrent readers of a key share one read and its result, with threads and a controlled clock. */
class SharedReadsTest {

    private static final int AT_ONCE = 20;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();
    private final SharedReads<String, Integer> shared = new SharedReads<>(nanos::get);

    @Test
    void concurrent_readers_share_a_value() throws Exception {
        assertThat(askedAtOnce(reads::incrementAndGet)).hasSize(AT_ONCE).containsOnly("1");
    }

    @Test
    void concurrent_readers_share_a_failure_and_the_next_reads_again() throws Exception {
        assertThat(askedAtOnce(() -> {
                    throw new IllegalStateException("failed " + reads.incrementAndGet());
                }))
                .hasSize(AT_ONCE)
                .containsOnly("failed 1");

        assertThat(shared.get("a", reads::incrementAndGet)).isEqualTo(2);
    }

    @Test
    void value_is_kept_for_a_second() {
        assertThat(shared.get("a", reads::incrementAndGet)).isEqualTo(1);
        nanos.addAndGet(Duration.ofMillis(999).toNanos());
        assertThat(shared.get("a", reads::incrementAndGet)).isEqualTo(1);
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(shared.get("a", reads::incrementAndGet)).isEqualTo(2);
    }

    @Test
    void another_key_is_read_meanwhile() {
        assertThat(shared.get("a", () -> shared.get("b", reads::incrementAndGet)))
                .isEqualTo(1);
        assertThatThrownBy(() -> shared.get("c", () -> {
                    throw new AssertionError("no runtime exception");
                }))
                .hasRootCauseMessage("no runtime exception");
    }

    /** Starts all readers before the value arrives. */
    private List<String> askedAtOnce(Supplier<Integer> read) throws Exception {
        CountDownLatch goesOn = new CountDownLatch(1);
        List<Thread> readers = new CopyOnWriteArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<String>> asked = IntStream.range(0, AT_ONCE)
                    .mapToObj(_ -> threads.submit(() -> {
                        readers.add(Thread.currentThread());
                        try {
                            return shared.get("a", () -> {
                                        join(goesOn);
                                        return read.get();
                                    })
                                    .toString();
                        } catch (IllegalStateException e) {
                            return e.getMessage();
                        }
                    }))
                    .toList();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> readers.stream()
                                    .filter(one -> one.getState() == Thread.State.WAITING)
                                    .count()
                            == AT_ONCE);
            goesOn.countDown();
            return asked.stream().map(SharedReadsTest::said).toList();
        }
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String said(Future<String> asked) {
        try {
            return asked.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
