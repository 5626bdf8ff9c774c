package org.openingminute.registration.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;

/** The back-up waits for a busy sale, as the service tells it. */
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

    @Test
    void a_copy_waits_while_a_sale_opens_or_registrations_wait() throws Exception {
        service.putConference(10, 600);
        service.moveTo(OPENS.minusSeconds(1_790).toString());
        assertThat(busy()).matches("the sale of .* opens at " + OPENS);
        service.moveTo(OPENS.plusSeconds(1_200).toString());
        assertThat(backUp("opened"))
                .as("for three hours, which are 360 questions, and said once")
                .matches("the copy waits, three hours at most: the sale of .* opened at " + OPENS + "\n");
        assertThat(Files.readString(folder.resolve("slept")).lines()).hasSize(360);
        assertThat(folder.resolve("opened/registration.dump")).hasContent("a copy of registration");

        service.moveTo(OPENS.plusSeconds(1_800).toString());
        assertThat(backUp("quiet")).isEmpty();
        assertThat(folder.resolve("quiet/registration.dump")).exists();

        CompletableFuture<String> answer = CompletableFuture.supplyAsync(this::busy);
        await().pollInterval(Duration.ofMillis(50)).until(() -> {
            meters.timer("admission.queue.wait").record(Duration.ofMillis(60));
            return answer.isDone();
        });
        assertThat(answer.join()).isEqualTo("registrations wait 60 ms for their batch");
    }

    private String busy() {
        URI path = URI.create("http://127.0.0.1:" + service.port() + "/internal/busy");
        return http.sendAsync(HttpRequest.newBuilder(path).build(), HttpResponse.BodyHandlers.ofString())
                .join()
                .body();
    }

    /** Runs the script with a docker that has this service as its only instance; returns what it says. */
    private String backUp(String name) throws IOException, InterruptedException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        program(programs.resolve("docker"), """
                case "$*" in
                  *"ps --quiet registration-service") echo one ;;
                  "exec one bash -c "*) shift 2; SERVER_PORT=%d exec "$@" ;;
                  *pg_dump*) printf 'a copy of %%s' "${@: -1}" ;;
                  *) exit 1 ;;
                esac
                """.formatted(service.port()));
        program(programs.resolve("sleep"), "echo \"$*\" >>'%s'\n".formatted(folder.resolve("slept")));
        ProcessBuilder script = new ProcessBuilder(
                        "bash", BACK_UP.toString(), folder.resolve(name).toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        script.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
        Process process = script.start();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/bash\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
