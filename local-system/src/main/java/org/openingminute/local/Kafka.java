package org.openingminute.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.openingminute.local.Programs.JavaCommand;
import org.openingminute.local.Settings.Ports;
import org.openingminute.local.Supervised.Part;

/** A single Kafka broker, which is its own controller, with its log on disk. */
final class Kafka {

    private static final String NODE_ID = "1";

    private final Path folder;
    private final Ports ports;

    Kafka(Path folder, Ports ports) {
        this.folder = folder;
        this.ports = ports;
    }

    /** Describes the process and makes sure that it can be started; recreates a deleted folder. */
    Part part(JavaCommand java) throws IOException {
        Path log = folder.resolve("log");
        if (log.toString().contains(",")) {
            throw new CannotRun("Kafka does not accept a comma in a path; choose another DATA_DIR than " + folder);
        }
        Path properties = folder.resolve("server.properties");
        prepare(log, properties);
        return new Part(
                "kafka",
                List.of(),
                java.forClass("kafka", "kafka.Kafka", List.of("-Xmx320m"), List.of(properties.toString())),
                Map.of(),
                () -> Probes.hasBroker(ports.kafka()),
                "TERM",
                () -> prepare(log, properties));
    }

    /** Writes the broker's settings, and formats its folder if necessary. */
    private void prepare(Path log, Path properties) throws IOException {
        Files.createDirectories(log);
        write(properties(log), properties);
        format(log);
    }

    Map<String, String> environment() {
        return Map.of("KAFKA_BOOTSTRAP_SERVERS", ports.brokers());
    }

    /** Writes the file as Kafka reads it: in Latin-1 with other characters escaped. */
    private static void write(String settings, Path file) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(settings));
        try (OutputStream out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
    }

    private String properties(Path log) {
        return """
                process.roles=broker,controller
                node.id=%s
                controller.quorum.voters=%s@127.0.0.1:%d
                listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
                advertised.listeners=PLAINTEXT://127.0.0.1:%d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%s
                num.partitions=12
                auto.create.topics.enable=false
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=3
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=3
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                share.coordinator.state.topic.num.partitions=3
                group.initial.rebalance.delay.ms=0
                # A broker that was killed is let in again when its last session has run out.
                broker.session.timeout.ms=3000
                broker.heartbeat.interval.ms=500
                # The defaults reserve 128 MB of memory for cleaning and 20 MB of index for each partition.
                log.cleaner.dedupe.buffer.size=2097152
                log.index.size.max.bytes=1048576
                """.formatted(
                NODE_ID, NODE_ID, ports.kafkaController(), ports.kafka(), ports.kafkaController(), ports.kafka(), log);
    }

    private static void format(Path log) throws IOException {
        if (Files.exists(log.resolve("meta.properties"))) {
            return;
        }
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(Integer.parseInt(NODE_ID))
                    .addDirectory(log.toString())
                    .setMetadataLogDirectory(log.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new CannotRun("Kafka's folder " + log + " cannot be formatted: " + e.getMessage(), e);
        }
    }
}
