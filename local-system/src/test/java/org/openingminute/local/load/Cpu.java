package org.openingminute.local.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openingminute.local.LocalSystem;

/** The processor time, user and system, of all processes that take part. */
public final class Cpu {

    public static final String CLIENT = "client";
    public static final List<String> PARTS = List.of("registration-service", "gateway", "postgres", "kafka");

    /** In the order of reports. */
    public static final List<String> ALL =
            Stream.concat(Stream.of(CLIENT), PARTS.stream()).toList();

    private static final double TICKS = 100;
    /** Matches for example {@code postgres: user database 127.0.0.1(40000) idle}. */
    private static final Pattern BACKEND = Pattern.compile("^postgres: \\S+ (?<database>\\S+) [0-9a-f.:]+\\(");

    private final ToLongFunction<String> pids;
    private final List<String> parts;

    public Cpu(LocalSystem system) {
        this(system::pid, PARTS);
    }

    /** @param pids the first process of each part, wherever it runs on this machine */
    public Cpu(ToLongFunction<String> pids, List<String> parts) {
        this.pids = pids;
        this.parts = parts;
    }

    /** The seconds since each process began. */
    public Map<String, Double> seconds() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        // Includes its finished child processes, for example pgbench.
        seconds.put(CLIENT, of(ProcessHandle.current().pid()));
        for (String part : parts) {
            seconds.put(
                    part,
                    family(pids.applyAsLong(part))
                            .mapToDouble(process -> of(process.pid()))
                            .sum());
        }
        return seconds;
    }

    /** The seconds of PostgreSQL's current server processes, by database. */
    public static Map<String, Double> byDatabase(long postgres) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        family(postgres).forEach(process -> {
            Matcher backend = BACKEND.matcher(title(process.pid()));
            if (backend.find()) {
                seconds.merge(backend.group("database"), of(process.pid()), Double::sum);
            }
        });
        return seconds;
    }

    private static Stream<ProcessHandle> family(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()));
    }

    /** The title of a process. */
    private static String title(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    public static Map<String, Double> between(Map<String, Double> before, Map<String, Double> after) {
        Map<String, Double> used = new LinkedHashMap<>();
        after.forEach((part, seconds) -> used.put(part, Math.max(0, seconds - before.getOrDefault(part, 0.0))));
        return used;
    }

    /**
     * The seconds of a process. On Linux they include finished child processes, which matters because a database's processes come and go.
     */
    public static double of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            double ticks = 0;
            for (int i = 11; i <= 14; i++) {
                ticks += Long.parseLong(fields[i]);
            }
            return ticks / TICKS;
        } catch (IOException e) {
            return ProcessHandle.of(pid)
                            .flatMap(process -> process.info().totalCpuDuration())
                            .orElse(Duration.ZERO)
                            .toMillis()
                    / 1000.0;
        }
    }
}
