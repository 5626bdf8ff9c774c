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
 * A timer that goes from limit to limit: until an answer begins, until its next piece. A later limit costs no more than a field,
 * because the timer looks, when it fires, where the limit is by then.
 * Thread-safe.
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

    /** On the thread of the client's connection. */
    public static Deadline of(ServerHttpRequest request) {
        return new Deadline(
                (task, nanos) -> ConnectionThread.of(request).schedule(task, nanos, TimeUnit.NANOSECONDS),
                System::nanoTime);
    }

    /** What runs a task later. */
    @FunctionalInterface
    interface Timer {
        Future<?> schedule(Runnable task, long nanos);
    }

    /** Sets the limit, from now. */
    public synchronized void endIn(Duration time) {
        long now = clock.getAsLong();
        limit = now + time.toNanos();
        if (scheduled == null || limit - firesAt < 0) {
            cancel();
            schedule(now);
        }
    }

    /** The time by which limits are told, in nanoseconds. */
    long now() {
        return clock.getAsLong();
    }

    /** There is no limit any more. */
    public synchronized void cancel() {
        if (scheduled != null) {
            scheduled.cancel(false);
            scheduled = null;
        }
    }

    /** Completes when a limit has passed. */
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
