package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.room.WaitingRoom.State;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Proves what a gateway reports about rooms that it cannot keep live. */
@ExtendWith(OutputCaptureExtension.class)
class RoomsTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void part_of_a_seconds_work_that_fails_has_its_metric_and_is_logged_once(CapturedOutput output) throws IOException {
        Path missing = folder.resolve("missing");
        try (PlayedGateway gateway = new PlayedGateway(
                TestSettings.keepingRoomsIn(missing.resolve("rooms.json").toString()))) {
            await().atMost(SOON).until(() -> gateway.fails("kept"));
            await().atMost(SOON).until(() -> gateway.isShown(State.ON));
            assertThat(gateway.fails("read")).isFalse();
            assertThat(gateway.fails("told")).isFalse();
            gateway.isAnswered(false);
            await().atMost(SOON).until(() -> gateway.fails("told"));
            assertThat(gateway.fails("kept")).isTrue();
            assertThat(gateway.fails("moved")).isFalse();
            gateway.isAnswered(true);
            Files.createDirectory(missing);
            await().atMost(SOON).until(() -> !gateway.fails("told") && !gateway.fails("kept"));
        }
        assertThat(output.getOut().lines().filter(line -> line.contains("Waiting rooms are")))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line)
                                .contains("not kept, retrying each second: java.io.UncheckedIOException"),
                        line -> assertThat(line).contains("not told of, retrying each second"),
                        line -> assertThat(line).contains("told of again"),
                        line -> assertThat(line).contains("kept again"));
    }
}
