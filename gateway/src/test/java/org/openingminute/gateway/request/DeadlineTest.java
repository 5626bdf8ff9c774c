package org.openingminute.gateway.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    private final List<Task> tasks = new ArrayList<>();
    private final AtomicBoolean passed = new AtomicBoolean();
    private long now;
    private final Deadline deadline = new Deadline(this::schedule, () -> now);

    private record Task(Runnable work, long at, Promise<Void> promise) {}

    private Future<?> schedule(Runnable work, long nanos) {
        Promise<Void> promise = ImmediateEventExecutor.INSTANCE.newPromise();
        tasks.add(new Task(work, now + nanos, promise));
        return promise;
    }

    private void goTo(int seconds) {
        now = Duration.ofSeconds(seconds).toNanos();
        List.copyOf(tasks).stream().filter(task -> task.at() <= now).forEach(task -> {
            tasks.remove(task);
            if (!task.promise().isCancelled()) {
                task.work().run();
            }
        });
    }

    @BeforeEach
    void listen() {
        deadline.passed().subscribe(null, null, () -> passed.set(true));
    }

    @Test
    void a_limit_passes_at_its_time() {
        deadline.endIn(Duration.ofSeconds(10));
        goTo(9);
        assertThat(passed).isFalse();
        goTo(10);
        assertThat(passed).isTrue();
    }

    @Test
    void a_limit_that_was_moved_passes_at_its_last_time_alone() {
        deadline.endIn(Duration.ofSeconds(10));
        for (int second = 1; second <= 15; second++) {
            goTo(second);
            deadline.endIn(Duration.ofSeconds(10));
        }
        assertThat(passed).isFalse();
        assertThat(tasks).as("one timer, however often it was moved").hasSize(1);
        goTo(24);
        assertThat(passed).isFalse();
        goTo(25);
        assertThat(passed).isTrue();
    }

    @Test
    void an_earlier_limit_does_not_wait_for_a_later_one() {
        deadline.endIn(Duration.ofSeconds(60));
        deadline.endIn(Duration.ofSeconds(10));
        goTo(10);
        assertThat(passed).isTrue();
    }

    @Test
    void a_limit_that_was_cancelled_never_passes() {
        deadline.endIn(Duration.ofSeconds(10));
        deadline.cancel();
        goTo(60);
        assertThat(passed).isFalse();
    }

    @Test
    void a_limit_may_be_set_again_after_it_was_cancelled() {
        deadline.endIn(Duration.ofSeconds(10));
        deadline.cancel();
        deadline.endIn(Duration.ofSeconds(20));
        goTo(20);
        assertThat(passed).isTrue();
    }
}
