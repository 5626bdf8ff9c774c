package org.openingminute.messaging.testing;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** Runs the images that Compose names, if a Docker engine is available and has them or can pull them. */
final class ContainerServers implements TestServers {

    private static final String POSTGRES = "postgres:18";
    private static final String KAFKA = "apache/kafka:4.3.1";
    /** A machine that starts three whole systems may answer late. */
    private static final int ANSWER_SECONDS = 60;

    private static final int PULL_SECONDS = 120;

    private final PostgreSQLContainer postgres;
    private final KafkaContainer kafka;

    private ContainerServers(PostgreSQLContainer postgres, KafkaContainer kafka) {
        this.postgres = postgres;
        this.kafka = kafka;
    }

    /** Checked before Testcontainers starts, because Testcontainers retries a pull for minutes even if it cannot succeed. */
    static boolean available() {
        return succeeds(ANSWER_SECONDS, "docker", "info")
                && List.of(POSTGRES, KAFKA).stream()
                        .allMatch(image -> succeeds(ANSWER_SECONDS, "docker", "image", "inspect", image)
                                || succeeds(PULL_SECONDS, "docker", "pull", "--quiet", image));
    }

    static ContainerServers start() {
        PostgreSQLContainer postgres = new PostgreSQLContainer(DockerImageName.parse(POSTGRES))
                .withUsername("postgres")
                .withPassword("postgres")
                .withCommand("postgres -c fsync=off -c max_connections=400"
                        + " -c shared_preload_libraries=pg_stat_statements -c pg_stat_statements.track_utility=off");
        KafkaContainer kafka = new KafkaContainer(DockerImageName.parse(KAFKA))
                // The broker stops before the second compiler would pay off.
                .withEnv("KAFKA_JVM_PERFORMANCE_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
        Startables.deepStart(postgres, kafka).join();
        // Stops the containers when the resource reaper of Testcontainers is disabled.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            kafka.stop();
            postgres.stop();
        }));
        return new ContainerServers(postgres, kafka);
    }

    @Override
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://%s:%d/%s"
                .formatted(postgres.getHost(), postgres.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT), database);
    }

    @Override
    public String kafkaBootstrapServers() {
        return kafka.getBootstrapServers();
    }

    @Override
    public String description() {
        return "containers " + POSTGRES + " and " + KAFKA;
    }

    private static boolean succeeds(int seconds, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor(seconds, TimeUnit.SECONDS)) {
                return process.exitValue() == 0;
            }
            process.destroyForcibly();
            return false;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
