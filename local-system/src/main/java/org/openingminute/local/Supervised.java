package org.openingminute.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Keeps a part running until it is stopped: starts it, checks whether it is ready, and restarts it when it dies. Thread-safe. */
final class Supervised {

    private static final Duration POLL_EVERY = Duration.ofMillis(150);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int FRUITLESS_STARTS = 4;
    private static final long LOG_LIMIT = 16L * 1024 * 1024;
    private static final int TAIL = 4096;
    /**
     * The log message of a service that does not start because of its settings, within a line of JSON, or in a plain line from before the
     * settings were read. The quantifier is possessive because any other recurses for each character.
     */
    private static final Pattern REFUSAL = Pattern.compile("The service does not start: (?:[^\"\\\\\n]|\\\\.)*+");

    private final Part part;
    private final Children children;
    private final Path log;
    private final Duration grace;

    // Guarded by this.
    private boolean wanted;
    private boolean ready;
    private boolean closed;
    private int fruitless;
    private @Nullable Process process;

    /**
     * Takes charge of a part without starting it.
     *
     * @param grace how long it may take to end before it is killed
     */
    Supervised(Part part, Children children, Path logs, Duration grace) {
        this.part = part;
        this.children = children;
        this.log = logs.resolve(part.name() + ".log");
        this.grace = grace;
        Thread.ofVirtual().name(part.name()).start(this::keepRunning);
    }

    Part part() {
        return part;
    }

    /**
     * Starts the part if it is not running; returns when it is ready.
     *
     * @throws CannotRun with the reason or the end of its log, if it ends repeatedly or is not ready in time
     */
    void start(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (this) {
            wanted = true;
            fruitless = 0;
            notifyAll();
            while (!ready) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (closed || !wanted) {
                    throw new CannotRun(part.name() + " was stopped while starting");
                }
                if (fruitless >= FRUITLESS_STARTS) {
                    throw new CannotRun(part.name() + " ended " + fruitless + " times while starting. " + reason());
                }
                if (left <= 0) {
                    throw new CannotRun(part.name() + " was not ready after " + limit.toSeconds() + " s. " + reason());
                }
                wait(left);
            }
        }
    }

    /** Stops the part; returns when its process has ended. It stays down until it is started again. */
    void stop() throws InterruptedException {
        Process running;
        synchronized (this) {
            wanted = false;
            ready = false;
            notifyAll();
            running = process;
        }
        if (running != null && running.isAlive()) {
            Children.signal(running.pid(), part.stopSignal());
            if (!running.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                running.destroyForcibly().waitFor();
            }
        }
    }

    /** Stops the part for good. */
    void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
        }
        stop();
    }

    /** Returns the process id, or 0 while it is not running. */
    synchronized long pid() {
        return process != null && process.isAlive() ? process.pid() : 0;
    }

    private void keepRunning() {
        Duration pause = FIRST_PAUSE;
        try {
            while (awaitWanted()) {
                boolean wasReady = runOnce();
                pause = wasReady ? FIRST_PAUSE : min(pause.multipliedBy(2), LONGEST_PAUSE);
                pauseUnlessStopped(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the process was ready before it ended. */
    private boolean runOnce() throws InterruptedException {
        Process started;
        try {
            synchronized (this) {
                if (!wanted) {
                    return true;
                }
                part.preparation().prepare();
                started = children.start(part, log);
                process = started;
            }
        } catch (IOException | CannotRun e) {
            note(e.toString());
            ended(false);
            return false;
        }
        boolean reached = awaitReady(started);
        if (reached) {
            synchronized (this) {
                ready = wanted;
                fruitless = 0;
                notifyAll();
            }
            while (!started.waitFor(5, TimeUnit.SECONDS)) {
                boundLog();
            }
            noteIfUnasked(started.exitValue());
        }
        ended(reached);
        return reached;
    }

    private boolean awaitReady(Process started) throws InterruptedException {
        while (!started.waitFor(POLL_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                if (part.readiness().isReady()) {
                    return true;
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception _) {
                boundLog(); // Not ready yet, so the next check tries again.
            }
        }
        return false;
    }

    private synchronized void noteIfUnasked(int exitCode) {
        if (wanted && !closed) {
            note("ended unexpectedly (exit code " + exitCode + "), restarting it");
        }
    }

    private synchronized void ended(boolean wasReady) {
        ready = false;
        fruitless += wasReady || !wanted ? 0 : 1;
        notifyAll();
    }

    private synchronized boolean awaitWanted() throws InterruptedException {
        while (!wanted && !closed) {
            wait();
        }
        return !closed;
    }

    private synchronized void pauseUnlessStopped(Duration pause) throws InterruptedException {
        long end = System.nanoTime() + pause.toNanos();
        while (wanted && !closed && end > System.nanoTime()) {
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
        }
    }

    /** Truncates the log. The child appends to the file, so this is possible while it runs. Only output in between is lost. */
    private void boundLog() {
        try {
            if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
                Files.copy(log, log.resolveSibling(part.name() + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
                Files.newByteChannel(log, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .close();
            }
        } catch (IOException e) {
            note(e.toString());
        }
    }

    private void note(String line) {
        System.err.println(part.name() + ": " + line);
    }

    /** Returns the last logged reason for not starting, or else the end of the log. */
    private String reason() {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.min(TAIL, file.length())];
            file.seek(file.length() - bytes.length);
            file.readFully(bytes);
            String tail = new String(bytes, StandardCharsets.UTF_8).stripTrailing();
            return REFUSAL.matcher(tail)
                    .results()
                    .map(MatchResult::group)
                    .reduce((_, later) -> later)
                    .orElse("The end of " + log + ":\n" + tail);
        } catch (IOException e) {
            return "Its log cannot be read: " + e;
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /**
     * A process of the system: how to start it, and how to check its readiness.
     *
     * @param name its name in commands, in its command line and in the name of its log file
     * @param needs parts that must be ready before its first start
     * @param command program and arguments
     * @param environment all its variables except the few that every process needs
     * @param readiness checks whether it is ready to work
     * @param stopSignal the signal that requests a regular end
     * @param preparation runs before each start
     */
    record Part(
            String name,
            List<Part> needs,
            List<String> command,
            Map<String, String> environment,
            Readiness readiness,
            String stopSignal,
            Preparation preparation) {

        /** Checked repeatedly until it is true or the process ends. An exception counts as "not ready yet". */
        @FunctionalInterface
        interface Readiness {
            boolean isReady() throws Exception;
        }

        /** Creates missing files that the process needs. */
        @FunctionalInterface
        interface Preparation {
            void prepare() throws IOException;
        }

        /** A part without a preparation. */
        Part(
                String name,
                List<Part> needs,
                List<String> command,
                Map<String, String> environment,
                Readiness readiness,
                String stopSignal) {
            this(name, needs, command, environment, readiness, stopSignal, () -> {});
        }

        Part {
            needs = List.copyOf(needs);
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }
}
