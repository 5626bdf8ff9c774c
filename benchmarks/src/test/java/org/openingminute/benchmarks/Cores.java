package org.openingminute.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Divides the processors between a load generator and the system under load. */
public final class Cores {

    private static final int ALL = Runtime.getRuntime().availableProcessors();
    private static final int SHARE = 4;

    private Cores() {}

    /** Returns whether more than one processor is left for the system beside a generator. */
    public static boolean areMany() {
        return ALL > 2;
    }

    /**
     * Gives the generator a quarter of the processors, at least one, and the system the rest.
     *
     * @param system its processes, each with its descendants
     * @return a sentence about the division, for the page
     */
    public static String divide(Stream<Long> system, long generator) throws IOException, InterruptedException {
        int first = ALL - Math.max(1, ALL / SHARE);
        if (first < 1) {
            return "The generator shares the processor with the system.";
        }
        keepOn(range(first, ALL - 1), Stream.of(generator));
        keepOn(range(0, first - 1), system);
        return "The generator has the processors %s, the system %s."
                .formatted(range(first, ALL - 1), range(0, first - 1));
    }

    /** Gives all processors back to all processes. */
    public static void share(Stream<Long> system, long generator) throws IOException, InterruptedException {
        keepOn(range(0, ALL - 1), Stream.concat(system, Stream.of(generator)));
    }

    private static String range(int first, int last) {
        return first + "-" + last;
    }

    /** Binds the processes' threads, and those that they will start, to these processors. */
    private static void keepOn(String processors, Stream<Long> pids) throws IOException, InterruptedException {
        List<Long> all = pids.flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .map(ProcessHandle::pid)
                .toList();
        for (long pid : all) {
            Process taskset = new ProcessBuilder("taskset", "--all-tasks", "--cpu-list", "--pid", processors, "" + pid)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (taskset.waitFor() != 0 && ProcessHandle.of(pid).isPresent()) {
                throw new IOException("taskset cannot keep process " + pid + " on " + processors);
            }
        }
    }
}
