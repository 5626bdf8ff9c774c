package org.openingminute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** PostgreSQL from its own binaries, one database and one account for each service. */
final class Postgres {

    private static final String SUPERUSER = "postgres";
    private static final Duration INITDB_LIMIT = Duration.ofMinutes(2);

    private final Path programs;
    private final Children children;
    private final Secrets secrets;
    private final int port;

    Postgres(Path programs, Children children, Secrets secrets, int port) {
        this.programs = programs;
        this.children = children;
        this.secrets = secrets;
        this.port = port;
    }

    /**
     * Makes the data folder if there is none yet, and describes the process.
     *
     * @param databases it is ready when these exist, each with an account of the same name
     */
    Part part(List<String> databases) throws IOException, InterruptedException {
        Path folder = children.postgresFolder();
        PostgresAccount account = PostgresAccount.here();
        if (Files.exists(folder)) {
            account.own(folder);
        } else {
            initialise(folder, account);
        }
        List<String> command = new ArrayList<>(account.prefix());
        command.addAll(Children.endsWithLauncher("INT"));
        command.addAll(List.of(programs.resolve("bin/postgres").toString(), "-D", folder.toString()));
        Map<String, String> settings = Map.of(
                "listen_addresses", "127.0.0.1",
                "port", Integer.toString(port),
                "unix_socket_directories", "",
                "max_connections", "200",
                "timezone", "UTC",
                "log_timezone", "UTC",
                "huge_pages", "off",
                "jit", "off");
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return new Part("postgres", List.of(), command, Map.of(), () -> createMissing(databases), "INT");
    }

    /** The variables by which a service finds its database. */
    Map<String, String> environmentFor(String database) throws IOException {
        return Map.of(
                "DATABASE_URL", url(database),
                "DATABASE_USER", database,
                "DATABASE_PASSWORD", password(database));
    }

    private boolean createMissing(List<String> databases) throws IOException, SQLException {
        Properties login = new Properties();
        login.setProperty("user", SUPERUSER);
        login.setProperty("password", secrets.text("postgres-password"));
        login.setProperty("loginTimeout", "3");
        try (Connection connection = DriverManager.getConnection(url(SUPERUSER), login);
                Statement statement = connection.createStatement()) {
            for (String name : databases) {
                if (isMissing(statement, "select 1 from pg_roles where rolname = '" + name + "'")) {
                    statement.execute("create role " + name + " login password '" + password(name) + "'");
                }
                if (isMissing(statement, "select 1 from pg_database where datname = '" + name + "'")) {
                    statement.execute("create database " + name + " owner " + name);
                }
                statement.execute("revoke connect on database " + name + " from public");
            }
        }
        return true;
    }

    private String password(String database) throws IOException {
        return secrets.text(database + "-database-password");
    }

    private static boolean isMissing(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return !rows.next();
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private void initialise(Path folder, PostgresAccount account) throws IOException, InterruptedException {
        // Made beside its place and renamed when complete: half a cluster would never start.
        Path unfinished = folder.resolveSibling("postgres.new");
        Programs.delete(unfinished);
        Files.createDirectory(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        account.own(unfinished);
        Path passwordFile = Files.createTempFile(folder.getParent(), "postgres", ".password");
        Path log = Files.createTempFile(folder.getParent(), "initdb", ".log");
        try {
            Files.writeString(passwordFile, secrets.text("postgres-password"));
            List<String> command = new ArrayList<>(account.prefix());
            command.addAll(List.of(
                    programs.resolve("bin/initdb").toString(),
                    "--pgdata=" + unfinished,
                    "--username=" + SUPERUSER,
                    "--pwfile=" + passwordFile,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--no-locale",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-sync"));
            Children.run("initdb", command, log, INITDB_LIMIT);
            Files.move(unfinished, folder);
        } finally {
            Files.delete(passwordFile);
            Files.delete(log);
        }
    }
}
