package org.openingminute.local.desk;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Measures the memory of a JVM on this machine during some work. Not thread-safe. */
final class ServiceMemory {

    private static final Duration LOOKED_EVERY = Duration.ofMillis(100);
    private static final Duration COLLECTED_EVERY = Duration.ofSeconds(5);
    private static final double MIB = 1 << 20;

    private final long pid;

    ServiceMemory(long pid) {
        this.pid = pid;
    }

    /**
     * The highest values, in MiB.
     *
     * @param heap the heap in use after a garbage collection
     * @param resident the resident memory of the process; 0 if the operating system does not report it
     */
    record Peak(double heap, double resident) {

        private Peak max(Peak other) {
            return new Peak(Math.max(heap, other.heap), Math.max(resident, other.resident));
        }
    }

    /** The result of some work, and the memory meanwhile. */
    record Done<T>(T result, Peak peak) {}

    /** Runs some work, and makes the JVM collect garbage at its start and repeatedly meanwhile. */
    <T> Done<T> during(Callable<T> work) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        Watch watch = new Watch(ended);
        Thread watching = Thread.ofVirtual().start(watch);
        T result;
        try {
            result = work.call();
        } finally {
            ended.countDown();
            watching.join();
        }
        return new Done<>(result, watch.peak());
    }

    private final class Watch implements Runnable {

        private final CountDownLatch ended;
        private Peak peak = new Peak(0, 0);
        private IOException failure;

        Watch(CountDownLatch ended) {
            this.ended = ended;
        }

        Peak peak() throws IOException {
            if (failure != null) {
                throw failure;
            }
            return peak;
        }

        @Override
        public void run() {
            try {
                long collect = System.nanoTime();
                do {
                    peak = peak.max(new Peak(0, resident()));
                    if (System.nanoTime() >= collect) {
                        peak = peak.max(new Peak(heap(), 0));
                        collect += COLLECTED_EVERY.toNanos();
                    }
                } while (!ended.await(LOOKED_EVERY.toMillis(), TimeUnit.MILLISECONDS));
            } catch (IOException e) {
                failure = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The class histogram triggers a garbage collection first. */
    private double heap() throws IOException {
        Process histogram = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        "" + pid,
                        "GC.class_histogram")
                .start();
        try (BufferedReader lines = histogram.inputReader()) {
            String total = lines.lines()
                    .filter(line -> line.startsWith("Total"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("jcmd tells nothing of " + pid));
            return Long.parseLong(total.strip().split("\\s+")[2]) / MIB;
        }
    }

    private double resident() throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        String line = Files.readAllLines(status).stream()
                .filter(one -> one.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.strip().split("\\s+")[1]) * 1024 / MIB;
    }
}
