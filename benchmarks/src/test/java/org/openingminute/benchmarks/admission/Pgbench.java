package org.openingminute.benchmarks.admission;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.openingminute.local.SystemInside;
import org.openingminute.local.load.Measured;
import org.openingminute.local.load.Measured.Took;
import org.openingminute.local.load.Sale;

/** The naive transaction run by PostgreSQL's pgbench: without a driver, rules or documents; its rows are copies of production's. */
final class Pgbench {

    static final String NAME = "naive transaction, pgbench";

    private static final Pattern FAILED = Pattern.compile("number of failed transactions: (\\d+)");
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Path program;
    private final Path folder;
    private final SystemInside inside;
    /** Scripts for {@link Templates#CONFERENCE}, with their weights. */
    private final Map<String, Integer> scripts = new LinkedHashMap<>();

    private Pgbench(Path program, Path folder, SystemInside inside) {
        this.program = program;
        this.folder = folder;
        this.inside = inside;
    }

    /**
     * Finds pgbench of any version on this machine; this build's PostgreSQL binaries do not include it. Writes its scripts in advance, so
     * that no measurement pays for them.
     *
     * @param kinds registrations of each kind, made by the production code, to copy
     */
    static Optional<Pgbench> find(
            Path folder, SystemInside inside, Templates templates, Map<Workload.Shape, UUID> kinds)
            throws IOException, SQLException {
        List<Path> places = new ArrayList<>();
        for (String place : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            places.add(Path.of(place, "pgbench"));
        }
        Path versions = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(versions)) {
            try (Stream<Path> found = Files.list(versions)) {
                found.map(version -> version.resolve("bin/pgbench")).forEach(places::add);
            }
        }
        Optional<Pgbench> pgbench = places.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> new Pgbench(program, folder, inside));
        if (pgbench.isPresent()) {
            for (Map.Entry<Workload.Shape, UUID> kind : kinds.entrySet()) {
                pgbench.get()
                        .scripts
                        .put(script(templates, kind.getValue()), kind.getKey().weight());
            }
        }
        return pgbench;
    }

    /** Returns the version that pgbench reports. */
    String version() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString(), "--version").start();
        String version = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        process.waitFor();
        return version.strip();
    }

    /**
     * Runs the scripts.
     *
     * @throws IllegalStateException if a transaction fails
     */
    Measured run(Sale sale, int connections, Duration length) throws IOException, InterruptedException {
        Path run = Files.createTempDirectory(folder, "pgbench");
        long seconds = Math.max(1, Math.round(length.toMillis() / 1000.0));
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--no-vacuum",
                "--protocol=prepared",
                "--client=" + connections,
                "--jobs=" + Math.min(connections, Runtime.getRuntime().availableProcessors()),
                "--time=" + seconds,
                "--random-seed=" + Workload.SEED,
                "--log",
                "--log-prefix=" + run.resolve("log"),
                "--host=127.0.0.1",
                "--port=" + inside.postgresPort(),
                "--username=registration"));
        int number = 0;
        for (Map.Entry<String, Integer> script : scripts.entrySet()) {
            Path file = run.resolve("kind" + number++ + ".sql");
            Files.writeString(file, script.getKey().replace(Templates.CONFERENCE, sale.slug()));
            command.add("--file=" + file + "@" + script.getValue());
        }
        command.add("registration");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(run.resolve("output").toFile());
        builder.environment().put("PGPASSWORD", inside.registrationInstance().get("DATABASE_PASSWORD"));
        Process process = builder.start();
        if (!process.waitFor(seconds + GRACE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("pgbench does not end");
        }
        String output = Files.readString(run.resolve("output"));
        Matcher failed = FAILED.matcher(output);
        if (process.exitValue() != 0 || (failed.find() && !"0".equals(failed.group(1)))) {
            throw new IllegalStateException("pgbench failed:\n" + output);
        }
        return measured(run, seconds);
    }

    private static Measured measured(Path run, double seconds) throws IOException {
        Histogram after = new Histogram(3);
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(run, "log*")) {
            for (Path log : logs) {
                try (BufferedReader lines = Files.newBufferedReader(log)) {
                    String line;
                    while ((line = lines.readLine()) != null) {
                        // Columns: client, transaction, microseconds, ...
                        after.recordValue(Long.parseLong(line.split(" ", 4)[2]) * 1000);
                    }
                }
            }
        }
        Histogram none = new Histogram(3);
        return new Measured(
                seconds,
                seconds,
                after.getTotalCount(),
                0,
                0,
                0,
                new Took(after, after),
                new Took(none, none),
                new HashSet<>(),
                Map.of());
    }

    private static String script(Templates templates, UUID like) throws SQLException {
        String slug = Templates.CONFERENCE;
        StringBuilder script = new StringBuilder();
        script.append("begin;\n")
                .append("select next_reference as ref, uuidv7() as id from inventory where conference = '")
                .append(slug)
                .append("' for update \\gset\n")
                .append("select code, held, sold from quota where conference = '" + slug + "';\n")
                .append(
                        "select scope, key, status from idempotency where fingerprint = hashtextextended('pgbench'||:ref, 0)"
                                + " and admitted_at > now() - interval '25 hours';\n");
        for (Templates.Rows rows : templates.like(like, Pgbench::written)) {
            script.append(rows.insert()).append(";\n");
        }
        return script.append("update quota set held = held + 1 where conference = '" + slug
                        + "' and (code = 'capacity' or code like 'category%industry');\n")
                .append("update inventory set judged_at = greatest(clock_timestamp(), judged_at), next_reference = ")
                .append("next_reference + 1 where conference = '" + slug + "';\n")
                .append("commit;\n")
                .toString();
    }

    private static String written(String table, String column, int row) {
        return switch (table + "." + column) {
            case "registration.id", "idempotency.registration_id" -> ":id::uuid";
            case "registration.number" -> ":ref";
            case "idempotency.key" -> "'pgbench'||:ref";
            case "idempotency.fingerprint" -> "hashtextextended('pgbench'||:ref, 0)";
            case "idempotency.admitted_at" -> "clock_timestamp()";
            default -> null;
        };
    }
}
