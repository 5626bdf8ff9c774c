package org.openingminute.local.containers;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The containers of a Compose project, through the command line of Docker. */
final class Containers {

    private static final Duration READY = Duration.ofMinutes(3);

    private final String project;

    Containers(String project) {
        this.project = project;
    }

    /** The identifiers of a service's containers, the first instance first. */
    List<String> of(String service) {
        return docker(
                        "ps",
                        "--all",
                        "--no-trunc",
                        "--format",
                        "{{.Label \"com.docker.compose.container-number\"}} {{.ID}}",
                        "--filter",
                        "label=com.docker.compose.project=" + project,
                        "--filter",
                        "label=com.docker.compose.service=" + service)
                .lines()
                .sorted()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }

    void kill(String container) {
        docker("kill", container);
    }

    void start(String container) {
        docker("start", container);
    }

    void stop(String container) {
        docker("stop", container);
    }

    /** Has so many instances of a service run, of those that were made, and waits until they are ready. */
    void run(String service, int instances) {
        List<String> all = of(service);
        if (all.size() < instances) {
            throw new IllegalStateException("there are " + all.size() + " of " + service + ", not " + instances);
        }
        all.subList(instances, all.size()).parallelStream().forEach(this::stop);
        all.subList(0, instances).parallelStream().forEach(this::start);
        all.subList(0, instances).forEach(this::awaitHealthy);
    }

    /** A number out of one of the databases. */
    long count(String database, String query) {
        return Long.parseLong(docker(
                "exec",
                of("postgres").getFirst(),
                "psql",
                "--username",
                "postgres",
                "--tuples-only",
                "--no-align",
                "--command",
                query,
                database));
    }

    /** Asks it to end, with the time for that which its service has, and starts it again. */
    void restart(String container) {
        docker("restart", container);
    }

    void awaitHealthy(String container) {
        await().atMost(READY)
                .until(() -> docker("inspect", "--format", "{{.State.Health.Status}}", container)
                        .equals("healthy"));
    }

    private static String docker(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new IllegalStateException(command + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
