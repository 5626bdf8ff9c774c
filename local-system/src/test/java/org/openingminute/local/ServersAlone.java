package org.openingminute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.openingminute.local.Programs.JavaCommand;
import org.openingminute.local.Settings.Ports;

/** Only PostgreSQL and Kafka. The local system's own code starts each as a process. */
public final class ServersAlone implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final Children children;
    private final Postgres database;
    private final Kafka broker;
    private final Supervised postgres;
    private final Supervised kafka;

    /**
     * Starts both servers.
     *
     * @param folder the folder for all their files
     * @param databases the databases to create, each with an account of the same name that may run checkpoints
     */
    public ServersAlone(Path folder, List<String> databases) throws IOException, InterruptedException, SQLException {
        Ports ports = TestSystems.freePorts();
        Path logs = Files.createDirectories(folder.resolve("logs"));
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        children = new Children(folder);
        Secrets secrets = new Secrets(folder.resolve("secrets"));
        database = new Postgres(
                new Programs(TestSystems.CHECKOUT.toAbsolutePath().normalize()).postgres(),
                children,
                secrets,
                ports.postgres());
        broker = new Kafka(folder.resolve("kafka"), ports);
        JavaCommand java = new JavaCommand(System.getProperty("java.class.path"), children.mark(), temporary);
        postgres = new Supervised(database.part(databases), children, logs, GRACE);
        kafka = new Supervised(broker.part(java), children, logs, GRACE);
        postgres.start(START_LIMIT);
        kafka.start(START_LIMIT);
        for (String name : databases) {
            try (Connection superuser = DriverManager.getConnection(
                            database(name).get("DATABASE_URL"), "postgres", secrets.text("postgres-password"));
                    Statement statement = superuser.createStatement()) {
                statement.execute("grant pg_checkpoint to " + name);
            }
        }
    }

    /** The variables with which a service finds its database: {@code DATABASE_URL}, {@code _USER} and {@code _PASSWORD}. */
    public Map<String, String> database(String name) throws IOException {
        return database.environmentFor(name);
    }

    public String brokers() {
        return broker.environment().get("KAFKA_BOOTSTRAP_SERVERS");
    }

    @Override
    public void close() throws InterruptedException {
        kafka.close();
        postgres.close();
        children.endOrphans();
    }
}
