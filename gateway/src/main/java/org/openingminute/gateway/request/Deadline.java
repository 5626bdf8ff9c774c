package org.openingminute.gateway.request;

import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A timer whose limit can be moved: to the beginning of an answer, then to its next piece. Moving the limit back only sets a field; when
 * the timer fires, it compares the time with the present limit. Thread-safe.
 */
public final class Deadline {

    private final Timer timer;
    private final LongSupplier clock;
    private final Sinks.Empty<Void> passed = Sinks.empty();
    private @Nullable Future<?> scheduled;
    private long firesAt;
    private long limit;

    Deadline(Timer timer, LongSupplier clock) {
        this.timer = timer;
        this.clock = clock;
    }

    /** Creates a deadline that fires on the thread of the client's connection. */
    public static Deadline of(ServerHttpRequest request) {
        return new Deadline(
                (task, nanos) -> ConnectionThread.of(request).schedule(task, nanos, TimeUnit.NANOSECONDS),
                System::nanoTime);
    }

    /** Runs a task later. */
    @FunctionalInterface
    interface Timer {
        Future<?> schedule(Runnable task, long nanos);
    }

    /** Sets the limit to a time from now. */
    public synchronized void endIn(Duration time) {
        long now = clock.getAsLong();
        limit = now + time.toNanos();
        if (scheduled == null || limit - firesAt < 0) {
            cancel();
            schedule(now);
        }
    }

    /** The clock of the deadline, in nanoseconds. */
    long now() {
        return clock.getAsLong();
    }

    /** Removes the limit. */
    public synchronized void cancel() {
        if (scheduled != null) {
            scheduled.cancel(false);
            scheduled = null;
        }
    }

    /** Completes when the limit has passed. */
    public Mono<Void> passed() {
        return passed.asMono();
    }

    private void schedule(long now) {
        firesAt = limit;
        scheduled = timer.schedule(this::fire, limit - now);
    }

    private void fire() {
        if (isPassed()) {
            passed.tryEmitEmpty();
        }
    }

    private synchronized boolean isPassed() {
        long now = clock.getAsLong();
        if (scheduled != null && limit - now > 0) {
            schedule(now);
            return false;
        }
        return scheduled != null;
    }
}
