package org.openingminute.benchmarks.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Sums up garbage collection pauses of JVMs on this machine, in containers or not, by a log that {@code jcmd} turns on. For one thread. */
final class GcPauses {

    /** Matches a line such as {@code GC(7) Pause Young (Allocation Failure) 61M->30M(120M) 5.123ms}. */
    private static final Pattern PAUSE = Pattern.compile("Pause .* (?<millis>[0-9.]+)ms$");

    private final Map<String, Path> logs = new LinkedHashMap<>();

    /** @param pids the JVMs' process ids, by part */
    GcPauses(Map<String, Long> pids) throws IOException, InterruptedException {
        for (Map.Entry<String, Long> part : pids.entrySet()) {
            String log = "/tmp/flow-gc-" + part.getValue() + ".log";
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(part.getValue()),
                            "VM.log",
                            "output=" + log,
                            "what=gc=info",
                            "decorators=none")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(jcmd.getInputStream().readAllBytes());
            if (jcmd.waitFor() != 0) {
                throw new IllegalStateException(part.getKey() + " writes no log of its garbage collector: " + said);
            }
            logs.put(part.getKey(), seenFromHere(part.getValue(), log));
        }
    }

    /** A process in a container has its own root directory. */
    private static Path seenFromHere(long pid, String file) {
        Path root = Path.of("/proc", Long.toString(pid), "root");
        return Files.exists(root) ? Path.of(root + file) : Path.of(file);
    }

    /** Returns the pauses in seconds by part, since this object was created. */
    Map<String, Double> seconds() throws IOException {
        Map<String, Double> seconds = new LinkedHashMap<>();
        for (Map.Entry<String, Path> log : logs.entrySet()) {
            try (Stream<String> lines = Files.lines(log.getValue())) {
                seconds.put(
                        log.getKey(),
                        lines.map(PAUSE::matcher)
                                        .filter(line -> line.find())
                                        .mapToDouble(line -> Double.parseDouble(line.group("millis")))
                                        .sum()
                                / 1000);
            }
        }
        return seconds;
    }
}
