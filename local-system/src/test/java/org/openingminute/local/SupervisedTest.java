package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.Programs.JavaCommand;
import org.openingminute.local.Supervised.Part;

@Timeout(120)
class SupervisedTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(3);

    @TempDir
    private Path folder;

    private Children children;
    private Supervised supervised;

    @BeforeEach
    void children() {
        children = new Children(folder);
    }

    @AfterEach
    void end() throws InterruptedException {
        supervised.close();
    }

    @Test
    void a_dead_process_is_restarted() throws Exception {
        supervise("touch here; exec sleep 600");
        supervised.start(LIMIT);
        long first = supervised.pid();

        Children.signal(first, "KILL");

        await().atMost(LIMIT).until(() -> supervised.pid() != 0 && supervised.pid() != first);
    }

    @Test
    void a_stopped_process_stays_down_until_started() throws Exception {
        supervise("echo started >> times; touch here; exec sleep 600");
        supervised.start(LIMIT);
        long first = supervised.pid();

        supervised.stop();

        assertThat(supervised.pid()).isZero();
        assertThat(ProcessHandle.of(first).filter(ProcessHandle::isAlive)).isEmpty();
        Files.delete(folder.resolve("here"));
        supervised.start(LIMIT);
        assertThat(supervised.pid()).isNotZero().isNotEqualTo(first);
        assertThat(folder.resolve("times")).hasContent("started\nstarted");
    }

    @Test
    void a_start_returns_only_when_the_part_is_ready() throws Exception {
        supervise("sleep 1; touch here; exec sleep 600");

        supervised.start(LIMIT);

        assertThat(folder.resolve("here")).exists();
    }

    @Test
    void a_crash_loop_is_reported_with_the_last_log_lines() throws IOException {
        supervise("echo no such disk; exit 3");

        assertThatThrownBy(() -> supervised.start(LIMIT))
                .isInstanceOf(CannotRun.class)
                .hasMessageStartingWith("part ended 4 times while starting")
                .hasMessageEndingWith("no such disk");
    }

    @Test
    void a_refused_start_is_reported_with_its_reason_in_one_line() throws IOException {
        supervise("""
                echo '{"message":"Starting"}'
                echo '{"message":"The service does not start: route programme: there is no filter Upstraem","level":"ERROR"}'
                exit 1""");

        assertThatThrownBy(() -> supervised.start(LIMIT))
                .isInstanceOf(CannotRun.class)
                .hasMessage("part ended 4 times while starting. "
                        + "The service does not start: route programme: there is no filter Upstraem");
    }

    @Test
    void refusal_in_a_plain_line_is_reported_without_the_lines_after_it() throws IOException {
        supervise("""
                echo '10:00:00.000 [main] ERROR RefusedStart -- The service does not start: a YAML file cannot be read, at its line 7'
                for i in $(seq 100); do echo '  at a.frame.of.a.trace(Frame.java:1)'; done
                exit 1""");

        assertThatThrownBy(() -> supervised.start(LIMIT))
                .isInstanceOf(CannotRun.class)
                .hasMessage("part ended 4 times while starting. "
                        + "The service does not start: a YAML file cannot be read, at its line 7");
    }

    @Test
    void a_process_that_ignores_the_stop_is_killed() throws Exception {
        supervise("trap '' TERM; touch here; while true; do sleep 1; done");
        supervised.start(LIMIT);
        long pid = supervised.pid();

        supervised.stop();

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void processes_of_an_earlier_launcher_are_found_by_data_folder() throws Exception {
        Process orphan = new ProcessBuilder(
                        JavaCommand.java().toString(), children.mark(), "-cp", testClasses(), Sleeper.class.getName())
                .start();
        Process stranger = new ProcessBuilder(
                        JavaCommand.java().toString(),
                        new Children(folder.resolveSibling(folder.getFileName() + "-other")).mark(),
                        "-cp",
                        testClasses(),
                        Sleeper.class.getName())
                .start();
        supervise("exit 0");
        try {
            await().atMost(LIMIT).until(() -> orphan.info().arguments().isPresent());

            assertThat(children.endOrphans()).isEqualTo(1);

            assertThat(orphan.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            orphan.destroyForcibly();
            stranger.destroyForcibly();
        }
    }

    private void supervise(String script) throws IOException {
        Path file = Files.writeString(folder.resolve("script"), "cd " + folder + "\n" + script);
        Part part = new Part(
                "part",
                List.of(),
                List.of("sh", file.toString()),
                Map.of(),
                () -> Files.exists(folder.resolve("here")),
                "TERM");
        supervised = new Supervised(part, children, folder, GRACE);
    }

    private static String testClasses() {
        return Sleeper.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    static final class Sleeper {

        private Sleeper() {}

        public static void main(String[] arguments) throws InterruptedException {
            Thread.sleep(Duration.ofMinutes(10));
        }
    }
}
