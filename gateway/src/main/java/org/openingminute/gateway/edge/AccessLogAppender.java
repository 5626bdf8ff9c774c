package org.openingminute.gateway.edge;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Writes the lines of the access log on a thread of its own, in blocks of 20 ms, so that no request waits for the console. A line for which
 * the queue has no room, or which the console refuses, is dropped and counted. On stop the waiting lines are written, or counted as dropped
 * if the console does not take them in time; only the lines being written at that moment may be neither. A kill of the process loses the
 * waiting lines.
 */
final class AccessLogAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private static final Duration GATHERS = Duration.ofMillis(20);
    /** The most lines in a block; a line takes about a kilobyte. */
    private static final int AT_ONCE = 500;

    private final Encoder<ILoggingEvent> encoder;
    private final Consumer<byte[]> out;
    private final BlockingQueue<ILoggingEvent> waiting;
    private final Counter dropped;
    private final Duration stopsWithin;
    private volatile boolean stopped;
    private final Thread writer =
            Thread.ofPlatform().daemon().name("access-log").unstarted(this::writeUntilStopped);

    /**
     * @param out writes whole lines
     * @param room the number of lines that may wait
     * @param stopsWithin how long a stop waits for the console
     */
    AccessLogAppender(
            Encoder<ILoggingEvent> encoder, Consumer<byte[]> out, int room, Counter dropped, Duration stopsWithin) {
        this.encoder = encoder;
        this.out = out;
        this.waiting = new ArrayBlockingQueue<>(room);
        this.dropped = dropped;
        this.stopsWithin = stopsWithin;
    }

    @Override
    public void start() {
        super.start();
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent line) {
        line.prepareForDeferredProcessing();
        if (!waiting.offer(line)) {
            dropped.increment();
        } else if (stopped) {
            endWaiting();
        }
    }

    private void writeUntilStopped() {
        List<ILoggingEvent> lines = new ArrayList<>();
        try {
            while (true) {
                lines.add(waiting.take());
                Thread.sleep(GATHERS);
                waiting.drainTo(lines, AT_ONCE - lines.size());
                write(lines);
                lines.clear();
            }
        } catch (InterruptedException e) {
            if (!lines.isEmpty()) {
                write(lines);
            }
            writeWaiting();
        }
    }

    private void writeWaiting() {
        List<ILoggingEvent> lines = new ArrayList<>();
        while (waiting.drainTo(lines, AT_ONCE) > 0) {
            write(lines);
            lines.clear();
        }
    }

    /** A failure costs only these lines. It must not end the thread, because nothing else writes the log. */
    private void write(List<ILoggingEvent> lines) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (ILoggingEvent line : lines) {
                bytes.writeBytes(encoder.encode(line));
            }
            out.accept(bytes.toByteArray());
        } catch (RuntimeException | Error e) {
            dropped.increment(lines.size());
            addError("Lines of the access log could not be written", e);
        }
    }

    /** Stays started as far as the library can see, for loggers that selected their appenders before this one was detached. */
    @Override
    public void stop() {
        writer.interrupt();
        try {
            writer.join(stopsWithin);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stopped = true;
        endWaiting();
    }

    /** Counts the lines that will not be written any more as dropped. */
    private void endWaiting() {
        if (writer.isAlive()) {
            dropped.increment(waiting.drainTo(new ArrayList<>()));
        } else {
            writeWaiting();
        }
    }

    /**
     * Attaches the appender between the access log and the console, in the console's format, from before the first request until after the
     * last.
     */
    @Component
    static final class Attachment implements SmartLifecycle {

        private static final String NAME = "access";
        /** The lines of some seconds of full load; a line takes about a kilobyte. */
        private static final int ROOM = 8_192;

        private static final Duration STOPS_WITHIN = Duration.ofSeconds(5);

        private final Logger access = (Logger) LoggerFactory.getLogger(NAME);
        private final Counter dropped;
        /** Appenders that also receive the lines, such as a file. */
        private final List<Appender<ILoggingEvent>> others = new ArrayList<>();

        private @Nullable AccessLogAppender attached;

        Attachment(MeterRegistry meters) {
            dropped = Counter.builder("gateway.access.log.dropped").register(meters);
        }

        @Override
        public int getPhase() {
            return Integer.MIN_VALUE;
        }

        @Override
        public void start() {
            if (access.getAppender(NAME) != null) {
                // The log is attached by another gateway in this process, as in tests.
                return;
            }
            Iterator<Appender<ILoggingEvent>> all =
                    access.getLoggerContext().getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
            while (all.hasNext()) {
                Appender<ILoggingEvent> next = all.next();
                if (next instanceof ConsoleAppender<ILoggingEvent> console) {
                    // Uses the present standard output, as the console's appender does.
                    attach(new AccessLogAppender(console.getEncoder(), Attachment::print, ROOM, dropped, STOPS_WITHIN));
                } else {
                    others.add(next);
                }
            }
            if (attached != null) {
                others.forEach(access::addAppender);
            }
        }

        /**
         * Writes to the standard output. The stream swallows its errors and stays in error from the first one on, so the lines after that
         * may be lost and count as dropped.
         */
        private static void print(byte[] lines) {
            System.out.writeBytes(lines);
            if (System.out.checkError()) {
                throw new UncheckedIOException(new IOException("The console has refused lines"));
            }
        }

        private void attach(AccessLogAppender appender) {
            appender.setName(NAME);
            appender.setContext(access.getLoggerContext());
            appender.start();
            access.addAppender(appender);
            access.setAdditive(false);
            attached = appender;
        }

        @Override
        public void stop() {
            if (attached != null) {
                access.setAdditive(true);
                others.forEach(access::detachAppender);
                access.detachAppender(attached);
                attached.stop();
            }
            others.clear();
            attached = null;
        }

        @Override
        public boolean isRunning() {
            return attached != null;
        }
    }
}
