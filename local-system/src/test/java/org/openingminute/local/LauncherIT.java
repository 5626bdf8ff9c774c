package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.Programs.JavaCommand;

/** Proves that the launcher, in its own process as started by {@code ./run}, starts and stops the whole system. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@Tag("standalone")
@Order(2) // When its services stop, they store their classes, which makes later starts a third faster.
class LauncherIT {

    private static final Duration STARTED = Duration.ofMinutes(3);
    private static final String AVAILABILITY = "/api/conferences/mlsys-2026/availability";

    @TempDir
    private Path folder;

    private final int port = TestSystems.freeGatewayPort();

    @Test
    void launcher_controls_the_system_and_cleans_up() throws Exception {
        Process first = launch("first");
        try {
            await().atMost(STARTED).until(() -> !lines("first.out").isEmpty() || !first.isAlive());
            assertThat(lines("first.out")).as(text("first.err")).containsExactly("ready http://localhost:" + port);

            assertThat(run("again").exitValue()).isEqualTo(1);
            assertThat(text("again.err")).isEqualTo("a system is already running on GATEWAY_PORT " + port + "\n");

            assertThat(run("status", "status").exitValue()).isZero();
            assertThat(lines("status.out"))
                    .hasSize(6)
                    .allMatch(
                            line -> line.matches(
                                    "(gateway|registration-service|payment-service|notification-service|kafka|postgres) \\d+ running"));

            awaitAnswer("/api/conferences", "what the gateway keeps");
            assertThat(run("stop", "stop", "registration-service").exitValue()).isZero();
            assertThat(run("status", "status").exitValue()).isZero();
            assertThat(lines("status.out")).contains("registration-service - stopped");
            await().atMost(STARTED).ignoreExceptions().until(() -> !Probes.answersOk(port, AVAILABILITY));
            assertThat(run("start", "start", "registration-service").exitValue())
                    .isZero();
            awaitAnswer(AVAILABILITY, "what goes to the service");
            assertThat(run("stop", "stop", "no-such-service").exitValue()).isEqualTo(1);
            assertThat(text("stop.err")).startsWith("there is no part 'no-such-service'");
        } finally {
            first.destroyForcibly().waitFor();
        }

        Process second = launch("second");
        try {
            await().atMost(STARTED).until(() -> !lines("second.out").isEmpty() || !second.isAlive());
            assertThat(lines("second.out")).as(text("second.err")).containsExactly("ready http://localhost:" + port);
        } finally {
            second.destroy();
            assertThat(second.waitFor(3, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(run("status", "status").exitValue()).isEqualTo(1);
        assertThat(text("status.err")).isEqualTo("no system is running on GATEWAY_PORT " + port + "\n");
        assertThat(ProcessHandle.allProcesses()
                        .flatMap(process ->
                                Arrays.stream(process.info().arguments().orElse(new String[0])))
                        .filter(argument -> argument.contains(folder.toString())))
                .isEmpty();
    }

    /** A new process may answer its first requests more slowly than a probe waits. */
    private void awaitAnswer(String path, String what) {
        await(what).atMost(STARTED).ignoreExceptions().until(() -> Probes.answersOk(port, path));
    }

    private Process launch(String name, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                JavaCommand.java().toString(),
                "-Dcheckout=" + TestSystems.CHECKOUT,
                "-cp",
                System.getProperty("java.class.path"),
                Launcher.class.getName()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("GATEWAY_PORT", "" + port);
        builder.environment().put("DATA_DIR", folder.resolve("data").toString());
        return builder.redirectOutput(file(name + ".out"))
                .redirectError(file(name + ".err"))
                .start();
    }

    private Process run(String name, String... words) throws IOException, InterruptedException {
        Process process = launch(name, words);
        process.waitFor();
        return process;
    }

    private File file(String name) {
        return folder.resolve(name).toFile();
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name));
    }

    private String text(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }
}
