package org.openingminute.benchmarks.oneprocess;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openingminute.local.TestSystems;
import org.openingminute.local.flow.Deployment;
import org.openingminute.local.flow.Flow;
import org.openingminute.local.flow.Generator.Target;
import org.openingminute.local.load.KeepAlive;

/** Runs a {@link OneProcess} on its own database in the system's PostgreSQL. For one thread. */
public final class OneProcessServer implements AutoCloseable {

    private static final String NAME = "oneprocess";
    private static final String SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);

    private final Process process;
    private final int port;

    /** @param mailPort the port of the mail server on this machine */
    public OneProcessServer(Deployment deployment, int mailPort)
            throws SQLException, IOException, InterruptedException {
        try (Connection postgres = deployment.connect("postgres");
                Statement statement = postgres.createStatement()) {
            statement.execute("create role " + NAME + " login password '" + SECRET + "'");
            statement.execute("create database " + NAME + " owner " + NAME);
        }
        port = freePort();
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-cp",
                        classPath(),
                        OneProcess.class.getName(),
                        "--spring.config.name=" + NAME,
                        "--spring.application.name=" + NAME,
                        "--spring.main.banner-mode=off",
                        "--server.port=" + port,
                        "--server.address=127.0.0.1",
                        "--spring.threads.virtual.enabled=true",
                        "--spring.datasource.url=" + deployment.databaseUrl(NAME),
                        "--spring.datasource.username=" + NAME,
                        "--spring.datasource.password=" + SECRET,
                        "--spring.datasource.hikari.maximum-pool-size=16",
                        "--spring.flyway.out-of-order=true",
                        "--spring.flyway.postgresql.transactional-lock=false",
                        "--spring.flyway.locations=" + migrations("messaging", "messaging") + ","
                                + migrations("payment-service", "migration") + ",classpath:db/oneprocess",
                        "--payment.mode=rehearsal",
                        "--payment.public-url=http://127.0.0.1:" + port,
                        "--payment.access-token-keys=k1:" + SECRET,
                        "--payment.sandbox.api-key=" + SECRET,
                        "--payment.sandbox.webhook-secret=" + SECRET,
                        "--notification.mode=rehearsal",
                        "--notification.public-url=http://127.0.0.1:" + port,
                        "--notification.access-token-keys=k1:" + SECRET,
                        "--notification.smtp.host=127.0.0.1",
                        "--notification.smtp.port=" + mailPort,
                        "--logging.level.root=warn"))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        await();
    }

    /** Adds the classes of the two services that are not on this process's class path. */
    private static String classPath() {
        return Stream.of("payment-service", "notification-service")
                .map(service -> TestSystems.CHECKOUT.resolve(service).resolve("target/classes") + File.pathSeparator)
                .collect(Collectors.joining("", "", System.getProperty("java.class.path")));
    }

    private static String migrations(String module, String folder) {
        return "filesystem:" + TestSystems.CHECKOUT.resolve(module).resolve("src/main/resources/db/" + folder);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void await() throws IOException, InterruptedException {
        long giveUp = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > giveUp) {
                close();
                throw new IOException("the one process does not start");
            }
            Thread.sleep(100);
        }
    }

    private boolean answers() {
        try (KeepAlive client = new KeepAlive(port)) {
            return client.send("GET /sandbox/payments HTTP/1.1\r\n", null).status() < 500;
        } catch (IOException e) {
            return false;
        }
    }

    public Target target(Flow flow) {
        return new Target(port, Conferences.slug(flow), flow);
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
