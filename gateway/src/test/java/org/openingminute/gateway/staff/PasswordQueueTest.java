package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

class PasswordQueueTest {

    private static final int MOST = 64;

    private final PasswordQueue queue = new PasswordQueue();
    private final CountDownLatch free = new CountDownLatch(1);
    private final CountDownLatch otherFree = new CountDownLatch(1);
    private final Queue<String> begun = new ConcurrentLinkedQueue<>();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final List<Disposable> asked = new ArrayList<>();

    /** Occupies both threads; each test then releases one, which runs the queued attempts in turn. */
    @BeforeEach
    void occupy() {
        ask(0, "one", free);
        ask(0, "other", otherFree);
        await().atMost(Duration.ofMinutes(1)).until(() -> begun.size() == 2);
    }

    @AfterEach
    void letGo() {
        free.countDown();
        otherFree.countDown();
    }

    @Test
    void two_are_compared_at_once() {
        ask(0, "third");
        assertThat(begun).containsExactlyInAnyOrder("one", "other");
        free.countDown();
        await().atMost(Duration.ofMinutes(1)).until(() -> begun.contains("third"));
    }

    @Test
    void fewest_failures_go_first_then_oldest() {
        ask(3, "loud");
        ask(1, "early");
        ask(1, "late");
        ask(0, "known");
        free.countDown();
        await().atMost(Duration.ofMinutes(1)).until(() -> begun.size() == 6);
        assertThat(List.copyOf(begun).subList(2, 6)).containsExactly("known", "early", "late", "loud");
    }

    @Test
    void full_queue_refuses_the_last_attempt() {
        ask(5, "loud");
        for (int i = 1; i < MOST; i++) {
            ask(1, "name-" + i);
        }
        assertThat(refused).isEmpty();
        ask(2, "fair");
        assertThat(refused).containsExactly("loud");
        ask(2, "too late");
        assertThat(refused).containsExactly("loud", "too late");
        free.countDown();
        await().atMost(Duration.ofMinutes(1)).until(() -> begun.size() == 2 + MOST);
        assertThat(begun).contains("fair").doesNotContain("loud", "too late");
    }

    @Test
    void abandoned_attempt_is_not_compared() {
        ask(0, "gone");
        asked.getLast().dispose();
        ask(1, "there");
        free.countDown();
        await().atMost(Duration.ofMinutes(1)).until(() -> begun.contains("there"));
        assertThat(begun).doesNotContain("gone");
    }

    @Test
    void a_comparison_that_fails_is_told_and_those_behind_it_are_made() {
        Queue<Throwable> failed = new ConcurrentLinkedQueue<>();
        IllegalStateException broken = new IllegalStateException("no memory");
        asked.add(queue.compare(0, () -> {
                    throw broken;
                })
                .subscribe(_ -> {}, failed::add));
        ask(1, "there");
        free.countDown();
        await().atMost(Duration.ofMinutes(1)).until(() -> begun.contains("there") && failed.contains(broken));
    }

    private void ask(int failures, String name) {
        ask(failures, name, free);
    }

    private void ask(int failures, String name, CountDownLatch until) {
        asked.add(queue.compare(failures, () -> {
                    begun.add(name);
                    waitFor(until);
                    return Optional.empty();
                })
                .subscribe(_ -> {}, why -> {
                    assertThat(why).isInstanceOf(RejectedExecutionException.class);
                    refused.add(name);
                }));
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
