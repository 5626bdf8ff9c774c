package org.openingminute.messaging.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Migrations;
import org.springframework.core.env.Environment;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * A real PostgreSQL and a real Kafka, one of each per test run, started at the first use. All tests of a run share the servers but no data:
 * each database is a new copy of a migrated template, and tests on a shared topic use keys of their own.
 */
public final class TestInfrastructure {

    private static final String USER = "postgres";
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static @Nullable TestServers servers;
    private static @Nullable String template;

    private TestInfrastructure() {}

    /** Sets the properties for a new database and the brokers of the run. */
    public static void register(DynamicPropertyRegistry registry, String databasePrefix) {
        String url = newDatabase(databasePrefix);
        registry.add("DATABASE_URL", () -> url);
        registry.add("DATABASE_USER", () -> USER);
        registry.add("DATABASE_PASSWORD", () -> USER);
        registry.add("KAFKA_BOOTSTRAP_SERVERS", TestInfrastructure::kafkaBootstrapServers);
    }

    /** A setting of the pool, as {@code name=value}: the server, which may stand still, ends a transaction after a minute, not ten seconds. */
    public static String longerTransactions(Environment environment) {
        String name = "spring.datasource.hikari.connection-init-sql";
        String deployed = environment.getRequiredProperty(name);
        String longer = deployed.replace("transaction_timeout = '10s'", "transaction_timeout = '1min'");
        if (longer.equals(deployed)) {
            throw new IllegalStateException("no limit of ten seconds: " + deployed);
        }
        return name + "=" + longer;
    }

    /**
     * Creates a database with all migrations on the class path and no other rows; user and password are {@code postgres}. Returns its JDBC
     * URL.
     */
    public static String newDatabase(String prefix) {
        String url = create(named(prefix), migratedTemplate());
        // With the database id of the template, a copy would be taken for a restored database.
        execute(url, """
                update database_incarnation
                   set database = (select oid from pg_database where datname = current_database())
                """);
        return url;
    }

    /** Creates a database without migrations; user and password are {@code postgres}. Returns its JDBC URL. */
    public static String emptyDatabase(String prefix) {
        return create(named(prefix), "template1");
    }

    /** A Flyway for such a database, with the connections and the lock that a service uses. */
    public static FluentConfiguration migrations(String database) {
        return Migrations.configure(Flyway.configure(), database, USER, USER);
    }

    /**
     * Migrates once for all databases of this run. It then closes the template to connections, because PostgreSQL copies no database that
     * is in use.
     */
    private static synchronized String migratedTemplate() {
        if (template == null) {
            String name = named("migrated");
            migrations(create(name, "template1"))
                    .locations("classpath:db/messaging", "classpath:db/migration")
                    .load()
                    .migrate();
            execute(servers().jdbcUrl("postgres"), "alter database " + name + " allow_connections false");
            template = name;
        }
        return template;
    }

    /** The JDBC URL of another database, for queries that must not count as the services' own. */
    static String administrativeDatabase() {
        return servers().jdbcUrl("postgres");
    }

    private static String named(String prefix) {
        return prefix + "_" + DATABASES.incrementAndGet();
    }

    private static String create(String name, String template) {
        execute(servers().jdbcUrl("postgres"), "create database " + name + " template " + template);
        return servers().jdbcUrl(name);
    }

    private static void execute(String database, String sql) {
        try (Connection connection = DriverManager.getConnection(database, USER, USER);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("on " + database + ": " + sql, e);
        }
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
