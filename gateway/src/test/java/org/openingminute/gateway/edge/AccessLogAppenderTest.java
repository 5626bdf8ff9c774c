package org.openingminute.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AccessLogAppenderTest {

    private static final int ROOM = 3;

    private final Logger logger = (Logger) LoggerFactory.getLogger(AccessLogAppenderTest.class);
    private final Counter dropped = new SimpleMeterRegistry().counter("dropped");
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final CountDownLatch writing = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private Duration stopsWithin = Duration.ofMinutes(1);
    private AccessLogAppender appender;

    @AfterEach
    void stop() {
        mayGoOn.countDown();
        logger.detachAppender(appender);
        appender.stop();
    }

    @Test
    void lines_are_written_in_their_order() {
        start(written::add);
        log("1", "2", "3");

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(String.join("", written)).isEqualTo("1\n2\n3\n"));
        assertThat(dropped.count()).isZero();
    }

    @Test
    void stop_writes_what_waits() {
        start(written::add);
        log("1", "2", "3");
        appender.stop();

        assertThat(String.join("", written)).isEqualTo("1\n2\n3\n");
    }

    @Test
    void lines_without_room_are_dropped_and_counted() throws InterruptedException {
        start(this::writeSlowly);
        log("1");
        writing.await();
        log("2", "3", "4", "too many", "too many");
        assertThat(dropped.count()).isEqualTo(2);
        mayGoOn.countDown();

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(String.join("", written)).isEqualTo("1\n2\n3\n4\n"));
    }

    @Test
    void a_line_of_a_logger_that_a_stop_overtakes_is_written() {
        start(written::add);
        appender.stop();
        log("late");

        assertThat(written).containsExactly("late\n");
    }

    @Test
    void stop_counts_what_waits_for_a_console_that_takes_nothing() throws InterruptedException {
        stopsWithin = Duration.ofMillis(100);
        start(this::writeWhenever);
        log("1");
        writing.await();
        log("2", "3");
        appender.stop();
        log("late");

        assertThat(dropped.count()).isEqualTo(3);
    }

    @Test
    void failure_costs_its_lines_alone() {
        start(lines -> {
            if (lines.contains("bad")) {
                throw new NoClassDefFoundError("no encoder");
            }
            written.add(lines);
        });
        log("bad");
        await().atMost(Duration.ofMinutes(1)).until(() -> dropped.count() == 1);
        log("good");

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(written).containsExactly("good\n"));
    }

    private void writeSlowly(String lines) {
        writing.countDown();
        try {
            mayGoOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        written.add(lines);
    }

    private void writeWhenever(String lines) {
        writing.countDown();
        boolean interrupted = true;
        while (interrupted) {
            interrupted = false;
            try {
                mayGoOn.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        written.add(lines);
    }

    private void start(Consumer<String> out) {
        appender = new AccessLogAppender(
                new Messages(),
                bytes -> out.accept(new String(bytes, StandardCharsets.UTF_8)),
                ROOM,
                dropped,
                stopsWithin);
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.setAdditive(false);
        logger.addAppender(appender);
    }

    private void log(String... lines) {
        for (String line : lines) {
            logger.info(line);
        }
    }

    /** Encodes the message alone. */
    private static final class Messages extends EncoderBase<ILoggingEvent> {

        @Override
        public byte[] headerBytes() {
            return new byte[0];
        }

        @Override
        public byte[] encode(ILoggingEvent line) {
            return (line.getFormattedMessage() + "\n").getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] footerBytes() {
            return new byte[0];
        }
    }
}
