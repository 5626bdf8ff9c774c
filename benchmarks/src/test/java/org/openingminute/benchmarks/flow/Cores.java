package org.openingminute.benchmarks.flow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.openingminute.local.flow.Deployment;
import org.openingminute.local.flow.Generator;

/** Gives the generator a quarter of the processors and the system the rest, where there are more than two. */
final class Cores {

    private static final int TOO_FEW = 2;
    private static final int SHARE = 4;

    private Cores() {}

    /** Does it, and returns what is done, for people. */
    static String divide(Deployment deployment, Generator generator) throws IOException, InterruptedException {
        int all = Runtime.getRuntime().availableProcessors();
        if (all <= TOO_FEW) {
            return "The generator shares the processors with the system.";
        }
        int first = all - Math.max(1, all / SHARE);
        String its = first + "-" + (all - 1);
        String others = "0-" + (first - 1);
        List<Long> pids = new ArrayList<>();
        for (String part : deployment.parts()) {
            long pid = deployment.pid(part);
            ProcessHandle.of(pid).stream()
                    .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                    .forEach(process -> pids.add(process.pid()));
        }
        for (long pid : pids) {
            keepOn(others, pid);
        }
        keepOn(its, generator.pid());
        return "The generator has the processors %s, the system %s.".formatted(its, others);
    }

    /** All of its threads, and those that it will start. */
    private static void keepOn(String processors, long pid) throws IOException, InterruptedException {
        Process taskset = new ProcessBuilder("taskset", "--all-tasks", "--cpu-list", "--pid", processors, "" + pid)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (taskset.waitFor() != 0 && ProcessHandle.of(pid).isPresent()) {
            throw new IOException("taskset cannot keep process " + pid + " on " + processors);
        }
    }
}
