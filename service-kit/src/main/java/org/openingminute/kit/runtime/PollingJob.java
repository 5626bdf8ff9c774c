package org.openingminute.kit.runtime;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Runs a unit of work repeatedly on its own thread: again at once while there is more to do, otherwise when it is woken or after a pause. A
 * failure is logged, and the work is retried after a second.
 */
public abstract class PollingJob implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(PollingJob.class);
    /** The pause of a job that is woken for its work, in case a wake-up is lost. */
    private static final Duration UNLESS_WOKEN = Duration.ofSeconds(30);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(8);

    private final String name;
    private final Duration pause;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean running;
    private @Nullable Thread thread;

    /**
     * Creates a job that is woken when there is work.
     *
     * @param name names the thread, and the job in the log
     */
    protected PollingJob(String name) {
        this(name, UNLESS_WOKEN);
    }

    /**
     * @param name names the thread, and the job in the log
     * @param pause the pause between two runs when there is nothing more to do and nothing wakes the job
     */
    protected PollingJob(String name, Duration pause) {
        this.name = name;
        this.pause = pause;
    }

    /**
     * Does a portion of the work. Called on the job's own thread.
     *
     * @return whether there may be more to do now
     */
    protected abstract boolean work() throws InterruptedException;

    /** How long to pause unless the job is woken. Called on the job's own thread when there is nothing more to do. */
    protected Duration pause() {
        return pause;
    }

    /** Ends the pause because there is work. Thread-safe. */
    public final void wake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    @Override
    public final void start() {
        running = true;
        thread = Thread.ofVirtual().name(name).start(this::run);
    }

    @Override
    public final void stop() {
        running = false;
        wake();
        Thread stopping = thread;
        if (stopping != null) {
            try {
                if (!stopping.join(STOP_WITHIN)) {
                    stopping.interrupt();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Stops on a thread of its own, so that all jobs stop in parallel. */
    @Override
    public final void stop(Runnable whenStopped) {
        Thread.ofVirtual().name(name + "-stop").start(() -> {
            stop();
            whenStopped.run();
        });
    }

    @Override
    public final boolean isRunning() {
        return running;
    }

    private void run() {
        String lastFailure = "";
        while (running) {
            Duration rest = PAUSE_AFTER_FAILURE;
            try {
                rest = work() ? Duration.ZERO : pause();
                lastFailure = "";
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) { // if the thread ended, its work would silently stop
                String failure = RedactedException.types(e);
                if (!lastFailure.equals(failure)) {
                    log.warn(
                            "{} failed, retrying in {} s",
                            name,
                            PAUSE_AFTER_FAILURE.toSeconds(),
                            RedactedException.of(e));
                    lastFailure = failure;
                }
            }
            try {
                if (wake.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
