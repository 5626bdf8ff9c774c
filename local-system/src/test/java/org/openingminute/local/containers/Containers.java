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

/** The containers of the Compose project that {@code system.project} names, through the command line of Docker. */
final class Containers {

    static final List<String> SERVICES =
            List.of("gateway", "registration-service", "payment-service", "notification-service");

    private static final Duration READY = Duration.ofMinutes(3);

    private static final Pattern MEMORY = Pattern.compile(
            "(?<project>[a-z]+-\\d+)-(?<service>[a-z0-9-]+)-\\d+ (?<number>[0-9.]+)(?<unit>[KMG]iB) / .*");

    private final String project = System.getProperty("system.project", "");

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
        return Long.parseLong(docker(psql(database, query)));
    }

    /** Asks it to end, with the time for that which its service has, and starts it again. */
    void restart(String container) {
        docker("restart", container);
    }

    /** @throws IllegalStateException if it ends instead; with what it said last */
    void awaitHealthy(String container) {
        await().atMost(READY).until(() -> {
            String state = docker("inspect", "--format", "{{.State.Status}} {{.State.Health.Status}}", container);
            if (state.startsWith("exited")) {
                throw new IllegalStateException(container + " has ended: " + docker("logs", "--tail", "1", container));
            }
            return state.endsWith(" healthy");
        });
    }

    /** Which it is, and since when it runs. */
    String startedAt(String container) {
        return docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", container);
    }

    /** Does something in one of the databases. */
    void execute(String database, String statement) {
        docker(psql(database, statement));
    }

    /** Holds rows for so many seconds, as whoever forgets to end a transaction does; returns when they are held. */
    void lock(String database, String rows, int seconds) {
        String held = "begin; %s for update; select pg_sleep(%d)".formatted(rows, seconds);
        docker(psql(database, held, "--detach"));
        String holders = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and query like '%%%s%%'"
                .formatted(rows.replace("'", "''"));
        await().atMost(READY).until(() -> count(database, holders) == 1);
    }

    /** Holds rows for so many seconds, again and again with a moment between, until {@link #endStatements}; returns when they are held. */
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

    /** As an operator ends what is in the way. Returns how many there were. */
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

    /** Writes so many MB into a folder of a container. */
    void fill(String container, String folder, int megabytes) {
        docker("exec", container, "dd", "if=/dev/zero", "of=" + folder + "/full", "bs=1M", "count=" + megabytes);
    }

    /** Takes it away again. */
    void empty(String container, String folder) {
        docker("exec", container, "rm", folder + "/full");
    }

    /** Where containers find this machine. */
    String hostAddress() {
        return docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", project + "_inside");
    }

    /** The memory in MiB that Docker counts for each service, that of its largest instance. */
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

    /** The bytes on disk of the three databases. */
    long databaseBytes() {
        return count(
                "postgres",
                "select sum(pg_database_size(datname))::bigint from pg_database"
                        + " where datname in ('registration', 'payment', 'notification')");
    }

    /** The bytes on disk of Kafka's topics. */
    long topicBytes() {
        String used = docker("exec", of("kafka").getFirst(), "du", "-sk", "/var/lib/kafka/data");
        return Long.parseLong(used.split("\\s", 2)[0]) * 1024;
    }

    /** The variables that a container was made with, as NAME=value. */
    List<String> variables(String container) {
        return inspect(container, "{{range .Config.Env}}{{println .}}{{end}}")
                .lines()
                .toList();
    }

    /** What Docker knows of a container, in the form of a Go template. */
    String inspect(String container, String template) {
        return docker("inspect", "--format", template, container);
    }

    /** What a command of a shell says in it. */
    String shell(String container, String command) {
        return docker("exec", container, "bash", "-c", command);
    }

    /** What a container has said so far. */
    String log(String container) {
        return docker("logs", container);
    }

    /** What a command of Docker says. */
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
