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
 * Writes the lines of the access log on a thread of its own, those of 20 ms together, so that no request waits for the console. A
 * line for which there is no room is dropped and counted. A stop writes what waits; a kill loses it.
 */
final class AccessLogAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private static final Duration GATHERS = Duration.ofMillis(20);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(5);

    private final Encoder<ILoggingEvent> encoder;
    private final Consumer<byte[]> out;
    private final BlockingQueue<ILoggingEvent> waiting;
    private final Counter dropped;
    private final Thread writer =
            Thread.ofPlatform().daemon().name("access-log").unstarted(this::writeUntilStopped);

    /**
     * @param out takes whole lines
     * @param room for lines that wait
     */
    AccessLogAppender(Encoder<ILoggingEvent> encoder, Consumer<byte[]> out, int room, Counter dropped) {
        this.encoder = encoder;
        this.out = out;
        this.waiting = new ArrayBlockingQueue<>(room);
        this.dropped = dropped;
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
        }
    }

    private void writeUntilStopped() {
        List<ILoggingEvent> lines = new ArrayList<>();
        try {
            while (true) {
                lines.add(waiting.take());
                Thread.sleep(GATHERS);
                waiting.drainTo(lines);
                write(lines);
                lines.clear();
            }
        } catch (InterruptedException e) {
            waiting.drainTo(lines);
            write(lines);
        }
    }

    /** Without this thread there would be no log, so a failure costs its lines alone. */
    private void write(List<ILoggingEvent> lines) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (ILoggingEvent line : lines) {
                bytes.writeBytes(encoder.encode(line));
            }
            out.accept(bytes.toByteArray());
        } catch (RuntimeException e) {
            dropped.increment(lines.size());
            addError("Lines of the access log could not be written", e);
        }
    }

    @Override
    public void stop() {
        super.stop();
        writer.interrupt();
        try {
            writer.join(STOPS_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Puts it between the access log and the console, in the console's format, from before the first request to after the last. */
    @Component
    static final class Attachment implements SmartLifecycle {

        private static final String NAME = "access";
        /** Seconds of full load; a line takes about a kilobyte. */
        private static final int ROOM = 8_192;

        private final Logger access = (Logger) LoggerFactory.getLogger(NAME);
        private final Counter dropped;
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
            Iterator<Appender<ILoggingEvent>> all =
                    access.getLoggerContext().getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
            while (all.hasNext()) {
                // Another gateway of this process, as there are in tests, may have attached its own.
                if (all.next() instanceof ConsoleAppender<ILoggingEvent> console && access.getAppender(NAME) == null) {
                    // The stream of the moment, as the console's appender does.
                    attach(new AccessLogAppender(
                            console.getEncoder(), bytes -> System.out.writeBytes(bytes), ROOM, dropped));
                }
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
                access.detachAppender(attached);
                attached.stop();
            }
            attached = null;
        }

        @Override
        public boolean isRunning() {
            return attached != null;
        }
    }
}
