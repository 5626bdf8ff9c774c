package org.openingminute.notification;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openingminute.kit.testing.FreePort;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.TestInfrastructure;

/** The service as a separate process that can be killed. */
final class ServiceProcess implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /** Generated, because a deployment refuses keys that are in the source code. */
    private static final String KEYS = Deployed.keys();

    private final Process process;
    private final int port;

    private ServiceProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts the service in deployed mode with its own consumer group, so that it also reads other tests' events and takes none from them.
     *
     * @param group the name of its consumer group
     * @param settings names and values of Spring Boot properties
     * @param log receives its output
     */
    static ServiceProcess start(String group, String database, int smtpPort, Map<String, String> settings, File log)
            throws IOException {
        int port = FreePort.draw();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto"));
        command.add("-Dspring.application.name=" + group);
        settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), NotificationServiceApplication.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "DATABASE_URL",
                        database,
                        "DATABASE_USER",
                        "postgres",
                        "DATABASE_PASSWORD",
                        "postgres",
                        "KAFKA_BOOTSTRAP_SERVERS",
                        TestInfrastructure.kafkaBootstrapServers(),
                        "PUBLIC_URL",
                        StaffIssuer.ISSUER,
                        "ACCESS_TOKEN_KEYS",
                        KEYS,
                        "SMTP_HOST",
                        "127.0.0.1",
                        "SMTP_PORT",
                        "" + smtpPort,
                        "MAIL_FROM",
                        "registration@example.org",
                        "SERVER_PORT",
                        "" + port));
        builder.environment().put("SERVER_ADDRESS", "127.0.0.1");
        return new ServiceProcess(
                builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log)).start(), port);
    }

    /** Returns whether the service reports that it is ready. */
    boolean isReady() {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Requests a graceful shutdown, as an upgrade does. */
    void end() {
        process.destroy();
    }

    boolean hasEnded() {
        return !process.isAlive();
    }

    /** Suspends the process by SIGSTOP. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-s", signal, "" + process.pid()).start().waitFor();
    }

    /** Posts JSON with a staff token. */
    HttpResponse<String> post(String path, String body, String token) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return answer(request);
    }

    /** Returns the used heap in bytes, from the process's own metrics. */
    long heapBytes() {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/prometheus"))
                .timeout(Duration.ofSeconds(20))
                .build();
        return answer(request)
                .body()
                .lines()
                .filter(line -> line.startsWith("jvm_memory_used_bytes") && line.contains("area=\"heap\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static HttpResponse<String> answer(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Kills the process without a shutdown, as a lost machine would. */
    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }
}
