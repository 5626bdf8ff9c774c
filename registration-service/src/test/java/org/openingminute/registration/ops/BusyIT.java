package org.openingminute.registration.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves that the backup script waits while a sale is busy, by running it against the service. */
@RegistrationServiceTest
@Timeout(300)
class BusyIT {

    private static final Path BACK_UP = Path.of("../deploy/compose/back-up").toAbsolutePath();
    private static final Instant OPENS = Instant.parse("2026-01-01T00:00:00Z");

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Autowired
    private ServiceFixture service;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    @Test
    void a_copy_waits_while_a_sale_opens_or_registrations_wait() throws Exception {
        service.putConference(10, 600);
        service.moveTo(OPENS.minusSeconds(1_790).toString());
        assertThat(busy()).matches("the sale of .* opens at " + OPENS);
        service.moveTo(OPENS.plusSeconds(1_200).toString());
        assertThat(backUp("opened", service.port(), 10_794))
                .as("it begins after three hours nevertheless")
                .matches("the copy waits, for three hours at most: (the sale of .* opened at " + OPENS
                        + ")\nthe copy begins after three hours of waiting, in spite of: \\1\n");
        assertThat(slept()).isPositive();
        assertThat(folder.resolve("opened/registration.dump")).hasContent("a copy of registration");

        service.moveTo(OPENS.plusSeconds(1_800).toString());
        assertThat(backUp("quiet", service.port(), 0)).isEmpty();
        assertThat(folder.resolve("quiet/registration.dump")).exists();

        CompletableFuture<String> answer = CompletableFuture.supplyAsync(this::busy);
        await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> {
            meters.timer("admission.queue.wait").record(Duration.ofMillis(60));
            return answer.isDone();
        });
        assertThat(answer.join()).isEqualTo("registrations wait 60 ms for their batch");
    }

    @Test
    void only_an_instance_that_says_so_is_not_busy() throws Exception {
        Deque<Integer> statuses = new ConcurrentLinkedDeque<>(List.of(503, 500, 404, 204));
        HttpServer crowded = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        crowded.createContext("/internal/busy", exchange -> {
            exchange.sendResponseHeaders(statuses.remove(), -1);
            exchange.close();
        });
        crowded.start();
        int port = crowded.getAddress().getPort();
        try {
            assertThat(backUp("refused", port, 0))
                    .isEqualTo("the copy waits, for three hours at most: registration-service answers 503"
                            + " to the question whether a sale is busy\n");
            assertThat(slept()).isEqualTo(3);
        } finally {
            crowded.stop(0);
        }
        Files.delete(folder.resolve("slept"));

        assertThat(backUp("silent", port, 0))
                .isEqualTo("the copy waits, for three hours at most: registration-service does not answer\n");
        assertThat(slept()).isEqualTo(20);
        assertThat(folder.resolve("silent/registration.dump")).exists();
    }

    @Test
    void one_back_up_waits_or_runs_at_a_time() throws Exception {
        Process other =
                new ProcessBuilder("flock", BACK_UP.getParent().toString(), "bash", "-c", "echo begun; read").start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("begun");
            Process second = begin("second", service.port(), 0);
            assertThat(second.errorReader().readAllAsString())
                    .isEqualTo("another back-up is waiting or running: no copy is made\n");
            assertThat(second.waitFor()).isNotZero();
            assertThat(folder.resolve("second")).doesNotExist();
        } finally {
            other.getOutputStream().close();
            other.waitFor();
        }
    }

    @Test
    void registrations_whose_batch_does_not_begin_are_busy() {
        String slug = service.putConference(10, 600);
        service.register(slug, "seat").expect(201);
        transaction.executeWithoutResult(_ -> {
            // The connection's own limit would free the lock.
            jdbc.sql("select set_config('transaction_timeout', '0', true)")
                    .query()
                    .singleRow();
            jdbc.sql("select 1 from inventory where conference = ? for update")
                    .param(slug)
                    .query()
                    .singleRow();
            Thread.startVirtualThread(() -> service.register(slug, "seat"));
            await().atMost(SOON).until(() -> jdbc.sql("""
                            select exists (select from pg_stat_activity where datname = current_database()
                                           and wait_event_type = 'Lock' and query like '%from inventory%')
                            """).query(Boolean.class).single());
            // That batch has begun. The next registration waits for it to end.
            Thread.startVirtualThread(() -> service.register(slug, "seat"));
            await().atMost(SOON)
                    .until(() -> meters.get("admission.queue.depth").gauge().value() > 0);
            assertThat(busy()).matches("registrations wait \\d+ ms for their batch");
        });
    }

    private String busy() {
        URI path = URI.create("http://127.0.0.1:" + service.port() + "/internal/busy");
        return http.sendAsync(HttpRequest.newBuilder(path).build(), HttpResponse.BodyHandlers.ofString())
                .join()
                .body();
    }

    private int slept() throws IOException {
        return Files.readAllLines(folder.resolve("slept")).size();
    }

    /** Runs the script until it has made the copy; returns its messages. */
    private String backUp(String name, int port, int seconds) throws IOException, InterruptedException {
        Process process = begin(name, port, seconds);
        String said = process.errorReader().readAllAsString();
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /**
     * Starts the script with a stub of docker that lists one instance, and with short sleeps.
     *
     * @param port the port of the instance
     * @param seconds how long the script claims to have been running
     */
    private Process begin(String name, int port, int seconds) throws IOException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        program(programs.resolve("docker"), """
                case "$*" in
                  *"ps --quiet registration-service") echo one ;;
                  "exec one bash -c "*) shift 2; SERVER_PORT=%d exec "$@" ;;
                  *pg_dump*) printf 'a copy of %%s' "${@: -1}" ;;
                  *) exit 1 ;;
                esac
                """.formatted(port));
        program(
                programs.resolve("sleep"),
                "echo \"$*\" >>'%s'\nexec /bin/sleep 0.1\n".formatted(folder.resolve("slept")));
        ProcessBuilder script = new ProcessBuilder(
                        "bash", BACK_UP.toString(), folder.resolve(name).toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        script.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
        script.environment().put("SECONDS", Integer.toString(seconds));
        return script.start();
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/bash\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
