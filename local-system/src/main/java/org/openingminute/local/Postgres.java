package org.openingminute.local;

import static java.util.Map.entry;

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
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.openingminute.local.Supervised.Part;

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
     * Creates the data folder if necessary, and describes the process.
     *
     * @param databases the databases to create, each with an account of the same name
     */
    Part part(List<String> databases) throws IOException, InterruptedException {
        return part(databases, Map.of());
    }

    /**
     * Does the same with more settings of the server.
     *
     * @param more settings by name
     */
    Part part(List<String> databases, Map<String, String> more) throws IOException, InterruptedException {
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
        // After the first six, these are the settings of docker-compose.yml.
        Map<String, String> settings = Map.ofEntries(
                entry("listen_addresses", "127.0.0.1"),
                entry("port", Integer.toString(port)),
                entry("unix_socket_directories", ""),
                entry("timezone", "UTC"),
                entry("log_timezone", "UTC"),
                entry("huge_pages", "off"),
                entry("max_connections", "200"),
                entry("shared_buffers", "512MB"),
                entry("wal_buffers", "32MB"),
                entry("max_wal_size", "4GB"),
                entry("checkpoint_timeout", "15min"),
                entry("jit", "off"));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        more.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return new Part("postgres", List.of(), command, Map.of(), () -> createMissing(databases), "INT");
    }

    /** Returns the environment variables with which a service finds its database. */
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
        // Created under another name and renamed when complete, because an incomplete cluster would never start.
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

    /**
     * The account that runs PostgreSQL, because PostgreSQL refuses to run as root. It is the user who started this; or root in a user
     * namespace, which is an ordinary account outside; or, where namespaces are not allowed, as in most containers, the account "nobody"
     * with the right to pass through folders that only root may enter.
     *
     * @param prefix the words before its commands; empty for an ordinary user
     * @param owner the number of the account that owns its files
     */
    record PostgresAccount(List<String> prefix, int owner) {

        private static final String OWNER = "unix:uid";
        private static final int ROOT = 0;
        /** The account "nobody" on every Linux; it owns no files. */
        private static final int NOBODY = 65_534;

        /**
         * Finds an account that this machine allows.
         *
         * @throws CannotRun if this is root and cannot switch to another account
         */
        static PostgresAccount here() throws IOException, InterruptedException {
            if (!"root".equals(System.getProperty("user.name"))) {
                return new PostgresAccount(List.of(), ROOT);
            }
            Optional<PostgresAccount> account = inNamespace();
            if (account.isEmpty()) {
                account = nobody();
            }
            return account.orElseThrow(
                    () -> new CannotRun("PostgreSQL refuses to run as root, and neither a user namespace"
                            + " nor another account is allowed here: run this as an ordinary user"));
        }

        /** Returns root in a namespace that does not map it. */
        static Optional<PostgresAccount> inNamespace() throws IOException, InterruptedException {
            return working("unshare", "-U").map(prefix -> new PostgresAccount(prefix, ROOT));
        }

        static Optional<PostgresAccount> nobody() throws IOException, InterruptedException {
            return working(
                            "setpriv",
                            "--reuid=" + NOBODY,
                            "--regid=" + NOBODY,
                            "--clear-groups",
                            "--securebits=+no_setuid_fixup", // otherwise access(2) does not see the capability below
                            "--inh-caps=-all,+dac_override",
                            "--ambient-caps=+dac_override")
                    .map(prefix -> new PostgresAccount(prefix, NOBODY));
        }

        /** Changes the owner of the folder and everything in it to the account. */
        void own(Path folder) throws IOException {
            if (prefix.isEmpty() || Files.getAttribute(folder, OWNER).equals(owner)) {
                return;
            }
            List<Path> inner;
            try (Stream<Path> files = Files.walk(folder)) {
                inner = files.toList();
            }
            // The folder itself comes last, so that an interrupted change is repeated next time.
            for (Path file : inner.reversed()) {
                Files.setAttribute(file, OWNER, owner);
            }
        }

        /** Returns the command with its path, if it exists and the current user may run it. */
        private static Optional<List<String>> working(String program, String... options)
                throws IOException, InterruptedException {
            Optional<Path> found = Children.onPath(program);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            List<String> prefix = new ArrayList<>(List.of(found.get().toString()));
            prefix.addAll(List.of(options));
            List<String> trial = new ArrayList<>(prefix);
            trial.add("true");
            int ended = new ProcessBuilder(trial)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            return ended == 0 ? Optional.of(List.copyOf(prefix)) : Optional.empty();
        }
    }
}
