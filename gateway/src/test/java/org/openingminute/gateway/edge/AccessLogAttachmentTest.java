package org.openingminute.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AccessLogAttachmentTest {

    private final PrintStream console = System.out;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AccessLogAppender.Attachment attachment = new AccessLogAppender.Attachment(meters);

    @AfterEach
    void stop() {
        attachment.stop();
        System.setOut(console);
    }

    @Test
    void lines_that_the_console_refuses_are_counted() {
        System.setOut(new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        }));
        attachment.start();
        LoggerFactory.getLogger("access").info("refused");

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(meters.get("gateway.access.log.dropped")
                                .counter()
                                .count())
                        .isEqualTo(1));
    }

    @Test
    void roots_other_appenders_get_each_line_once() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> file = new ListAppender<>();
        file.start();
        root.addAppender(file);
        try {
            attachment.start();
            LoggerFactory.getLogger("access").info("attached");
            attachment.stop();
            LoggerFactory.getLogger("access").info("detached");
        } finally {
            root.detachAppender(file);
        }

        assertThat(file.list)
                .filteredOn(line -> line.getLoggerName().equals("access"))
                .extracting(ILoggingEvent::getMessage)
                .containsExactly("attached", "detached");
    }
}
