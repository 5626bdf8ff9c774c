package org.openingminute.benchmarks.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.tools.EndToEndLatency;
import org.apache.kafka.tools.ProducerPerformance;

/** Runs Kafka's own measuring tools and reads their output. */
final class KafkaTools {

    /** The settings of this library's relay that matter for the rate. */
    static final List<String> AS_THE_RELAY = List.of(
            "batch.size=131072",
            "linger.ms=0",
            "compression.type=lz4",
            "enable.idempotence=true",
            "max.in.flight.requests.per.connection=1");

    /** The setting that adds keys to records. */
    static final String KEYED = "interceptor.classes=" + Keys.class.getName();

    private static final Pattern RATE = Pattern.compile("([\\d.]+) records/sec");
    private static final Pattern PERCENTILES = Pattern.compile("50th = (\\d+), 99th = (\\d+)");
    private static final Pattern AVERAGE = Pattern.compile("Avg latency: ([\\d.]+) ms");

    /**
     * Latencies in milliseconds.
     *
     * @param p50 rounded down to whole milliseconds, as the tool prints it; so is p99
     */
    record Latency(double average, double p50, double p99) {}

    private final String brokers;

    KafkaTools(String brokers) {
        this.brokers = brokers;
    }

    /** Returns the records per second. */
    double produce(String topic, int records, Path bodies, List<String> settings) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--topic",
                topic,
                "--num-records",
                Integer.toString(records),
                "--payload-file",
                bodies.toString(),
                "--throughput",
                "-1",
                "--producer-props",
                "bootstrap.servers=" + brokers,
                "acks=all"));
        arguments.addAll(settings);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            ProducerPerformance.main(arguments.toArray(String[]::new));
        } finally {
            System.setOut(before);
        }
        String last = said.toString(StandardCharsets.UTF_8).strip().lines().reduce("", (_, line) -> line);
        return Double.parseDouble(find(RATE, last).group(1));
    }

    /** Measures one record at a time, from sending to reading. Runs as a process, because the tool exits its JVM. */
    Latency endToEnd(String topic, int records, int bytes) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndToEndLatency.class.getName(),
                        "--bootstrap-server",
                        brokers,
                        "--topic",
                        topic,
                        "--num-records",
                        Integer.toString(records),
                        "--producer-acks",
                        "all",
                        "--record-size",
                        Integer.toString(bytes))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Matcher percentiles = find(PERCENTILES, said);
        return new Latency(
                Double.parseDouble(find(AVERAGE, said).group(1)),
                Double.parseDouble(percentiles.group(1)),
                Double.parseDouble(percentiles.group(2)));
    }

    private static Matcher find(Pattern pattern, String said) {
        Matcher matcher = pattern.matcher(said);
        if (!matcher.find()) {
            throw new IllegalStateException("the tool said:\n" + said);
        }
        return matcher;
    }
}
