package org.openingminute.messaging.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * A real PostgreSQL and a real Kafka for the tests, one of each for a test run, started when first asked for. Tests of one
 * run share the servers and not the data: each database is new, topics are told apart by their keys or by a broker of one's
 * own.
 */
public final class TestInfrastructure {

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static @Nullable TestServers servers;

    private TestInfrastructure() {}

    /** Sets what a service reads about its database (a new one) and its brokers (the run's). */
    public static void register(DynamicPropertyRegistry registry, String databasePrefix) {
        String url = newDatabase(databasePrefix);
        registry.add("DATABASE_URL", () -> url);
        registry.add("DATABASE_USER", () -> "postgres");
        registry.add("DATABASE_PASSWORD", () -> "postgres");
        registry.add("KAFKA_BOOTSTRAP_SERVERS", TestInfrastructure::kafkaBootstrapServers);
    }

    /** Makes an empty database; user and password are {@code postgres}. Returns its JDBC URL. */
    public static String newDatabase(String prefix) {
        String name = prefix + "_" + DATABASES.incrementAndGet();
        try (Connection connection =
                        DriverManager.getConnection(servers().jdbcUrl("postgres"), "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("could not make the database " + name, e);
        }
        return servers().jdbcUrl(name);
    }

    public static String kafkaBootstrapServers() {
        return servers().kafkaBootstrapServers();
    }

    private static synchronized TestServers servers() {
        if (servers == null) {
            boolean containers = ContainerServers.available();
            if (!containers && System.getenv("REQUIRE_DOCKER") != null) {
                throw new IllegalStateException(
                        "REQUIRE_DOCKER asks for containers: no Docker engine answers, or it has not the images");
            }
            servers = containers ? ContainerServers.start() : EmbeddedServers.start();
            System.out.println("Test infrastructure: " + servers.description());
        }
        return servers;
    }
}
