package org.openingminute.messaging.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.openingminute.kit.testing.FreePort;

/** Runs the binaries of PostgreSQL and Kafka on free ports, in a folder of their own. Needs no Docker. */
final class EmbeddedServers implements TestServers {

    private final EmbeddedPostgres postgres;
    private final int kafkaPort;

    private EmbeddedServers(EmbeddedPostgres postgres, int kafkaPort) {
        this.postgres = postgres;
        this.kafkaPort = kafkaPort;
    }

    static EmbeddedServers start() {
        try {
            Path folder = Files.createTempDirectory("opening-minute-test");
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(folder.resolve("postgres"))
                    .setOverrideWorkingDirectory(folder.resolve("postgres-bin").toFile())
                    .setPort(FreePort.draw())
                    .setPGStartupWait(Duration.ofSeconds(90))
                    .setServerConfig("max_connections", "400")
                    .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                    .setServerConfig("pg_stat_statements.track_utility", "off")
                    .start();
            int kafkaPort = FreePort.draw();
            startKafka(folder.resolve("kafka"), kafkaPort, FreePort.draw());
            return new EmbeddedServers(postgres, kafkaPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.getPort(), database);
    }

    @Override
    public String kafkaBootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    @Override
    public String description() {
        return "embedded PostgreSQL %d, embedded Kafka on %d".formatted(postgres.getPort(), kafkaPort);
    }

    private static void startKafka(Path folder, int port, int controllerPort) throws IOException {
        Files.createDirectories(folder);
        try {
            new Formatter()
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .addDirectory(folder.toString())
                    .setMetadataLogDirectory(folder.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("Kafka's folder could not be formatted", e);
        }
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("log.dirs", folder.toString());
        properties.put("auto.create.topics.enable", "false");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("log.cleaner.dedupe.buffer.size", "2097152");
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            properties.put(topic + ".replication.factor", "1");
        }
        properties.put("offsets.topic.num.partitions", "3");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        server.startup();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
    }
}
