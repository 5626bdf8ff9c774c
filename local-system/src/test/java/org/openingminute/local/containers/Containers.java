package org.openingminute.local.containers;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Controls the containers of the Compose project that {@code system.project} names, through Docker's command line. */
final class Containers {

    static final List<String> SERVICES =
            List.of("gateway", "registration-service", "payment-service", "notification-service");

    private static final Duration READY = Duration.ofMinutes(3);

    private static final Pattern MEMORY = Pattern.compile(
            "(?<project>[a-z]+-\\d+)-(?<service>[a-z0-9-]+)-\\d+ (?<number>[0-9.]+)(?<unit>[KMG]iB) / .*");

    private final String project = System.getProperty("system.project", "");

    /** The identifiers of a service's containers, ordered by instance. */
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

    /** Sets the number of running instances among a service's existing containers, and waits until they are ready. */
    void run(String service, int instances) {
        List<String> all = of(service);
        if (all.size() < instances) {
            throw new IllegalStateException("there are " + all.size() + " of " + service + ", not " + instances);
        }
        all.subList(instances, all.size()).parallelStream().forEach(this::stop);
        all.subList(0, instances).parallelStream().forEach(this::start);
        all.subList(0, instances).forEach(this::awaitHealthy);
    }

    /** Returns the number that a query on one of the databases selects. */
    long count(String database, String query) {
        return Long.parseLong(docker(psql(database, query)));
    }

    /** Stops the container with the grace period of its service, and starts it again. */
    void restart(String container) {
        docker("restart", container);
    }

    /** @throws IllegalStateException if the container exits instead; the message has its last log line */
    void awaitHealthy(String container) {
        await().atMost(READY).until(() -> {
            String state = docker("inspect", "--format", "{{.State.Status}} {{.State.Health.Status}}", container);
            if (state.startsWith("exited")) {
                throw new IllegalStateException(container + " has ended: " + docker("logs", "--tail", "1", container));
            }
            return state.endsWith(" healthy");
        });
    }

    /** The container's id and start time. */
    String startedAt(String container) {
        return docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", container);
    }

    /** Executes a statement on one of the databases. */
    void execute(String database, String statement) {
        docker(psql(database, statement));
    }

    /** Locks rows for some seconds, like a forgotten transaction. Returns when they are locked. */
    void lock(String database, String rows, int seconds) {
        String held = "begin; %s for update; select pg_sleep(%d)".formatted(rows, seconds);
        docker(psql(database, held, "--detach"));
        String holders = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and query like '%%%s%%'"
                .formatted(rows.replace("'", "''"));
        await().atMost(READY).until(() -> count(database, holders) == 1);
    }

    /** Locks rows for some seconds, repeatedly with a short pause, until {@link #endStatements}. Returns when they are locked. */
    void lockAgainAndAgain(String database, String rows, int seconds) {
        docker(psql(database, """
                do $$ begin
                  for i in 1..1000 loop
                    perform %s for update; perform pg_sleep(%d); commit; perform pg_sleep(0.2);
                  end loop;
                end $$
                """.formatted(rows, seconds), "--detach"));
        String holders = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and query like 'do $$%'";
        await().atMost(READY).until(() -> count(database, holders) == 1);
    }

    /** Terminates the statements that begin with a text, as an operator would. Returns their number. */
    long endStatements(String database, String beginning) {
        return count(database, """
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                 where pid <> pg_backend_pid() and query like '%s%%'
                """.formatted(beginning));
    }

    private String[] psql(String database, String statement, String... how) {
        List<String> command = new ArrayList<>(List.of("exec"));
        command.addAll(List.of(how));
        command.addAll(List.of(
                of("postgres").getFirst(),
                "psql",
                "--username",
                "postgres",
                "--tuples-only",
                "--no-align",
                "--command",
                statement,
                database));
        return command.toArray(String[]::new);
    }

    /** Writes a file of some megabytes into a folder of a container. */
    void fill(String container, String folder, int megabytes) {
        docker("exec", container, "dd", "if=/dev/zero", "of=" + folder + "/full", "bs=1M", "count=" + megabytes);
    }

    /** Deletes that file. */
    void empty(String container, String folder) {
        docker("exec", container, "rm", folder + "/full");
    }

    /** The address of this machine as containers see it. */
    String hostAddress() {
        return docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", project + "_inside");
    }

    /** The memory of each service's largest instance in MiB, as Docker reports it. */
    Map<String, Double> memory() {
        Map<String, Double> memory = new TreeMap<>();
        docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}")
                .lines()
                .map(MEMORY::matcher)
                .filter(line -> line.matches() && line.group("project").equals(project))
                .forEach(line -> memory.merge(
                        line.group("service"),
                        Double.parseDouble(line.group("number"))
                                * switch (line.group("unit")) {
                                    case "KiB" -> 1 / 1024.0;
                                    case "GiB" -> 1024;
                                    default -> 1;
                                },
                        Math::max));
        return memory;
    }

    /** The size of the three databases on disk, in bytes. */
    long databaseBytes() {
        return count(
                "postgres",
                "select sum(pg_database_size(datname))::bigint from pg_database"
                        + " where datname in ('registration', 'payment', 'notification')");
    }

    /** The size of Kafka's topics on disk, in bytes. */
    long topicBytes() {
        String used = docker("exec", of("kafka").getFirst(), "du", "-sk", "/var/lib/kafka/data");
        return Long.parseLong(used.split("\\s", 2)[0]) * 1024;
    }

    /** The container's environment variables, as NAME=value. */
    List<String> variables(String container) {
        return inspect(container, "{{range .Config.Env}}{{println .}}{{end}}")
                .lines()
                .toList();
    }

    /** Inspects a container with a Go template. */
    String inspect(String container, String template) {
        return docker("inspect", "--format", template, container);
    }

    /** The output of a shell command in the container. */
    String shell(String container, String command) {
        return docker("exec", container, "bash", "-c", command);
    }

    /** The container's log so far. */
    String log(String container) {
        return docker("logs", container);
    }

    /** The output of a Docker command. */
    static String docker(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(command + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
