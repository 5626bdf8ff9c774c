package org.openingminute.messaging.outbox;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.SpringApplication;

/** A service that only relays, in its own process, which a test can kill and pause. */
public final class RelayProcess implements AutoCloseable {

    private final Process process;

    private RelayProcess(Process process) {
        this.process = process;
    }

    static RelayProcess start(String databaseUrl, String topic, Path log) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RelayProcess.class.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "SPRING_APPLICATION_NAME",
                        "relay",
                        "SPRING_DATASOURCE_URL",
                        databaseUrl,
                        "SPRING_DATASOURCE_USERNAME",
                        "postgres",
                        "SPRING_DATASOURCE_PASSWORD",
                        "postgres",
                        "SPRING_FLYWAY_LOCATIONS",
                        "classpath:db/messaging",
                        "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                        TestInfrastructure.kafkaBootstrapServers(),
                        "THE_TOPIC",
                        topic));
        File output = log.toFile();
        return new RelayProcess(
                builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output)).start());
    }

    public static void main(String[] arguments) {
        SpringApplication.run(WithRelay.Relaying.class, arguments);
    }

    /** Kills the process without a shutdown, as the loss of a machine would. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }
}
