package org.openingminute.local;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A streaming standby of a local system's PostgreSQL, which can be cut off, so that it lags behind, and promoted to replace the primary.
 */
public final class StandbyDatabase implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Set<String> OF_THE_PROCESS = Set.of("postmaster.pid", "postmaster.opts");

    private final LocalSystem system;
    private final SystemInside inside;
    private final Path data;
    private final Children children;
    private final int port;
    private final Supervised server;

    /** Copies the running primary, and returns once the copy follows it. */
    public StandbyDatabase(LocalSystem system) throws IOException, InterruptedException, SQLException {
        this.system = system;
        this.inside = new SystemInside(system.settings());
        this.data = system.settings().dataFolder();
        this.children = new Children(Files.createDirectory(data.resolve("standby")));
        this.port = TestSystems.freePorts().postgres();
        copyPrimary();
        Postgres database = new Postgres(
                new Programs(system.settings().checkout()).postgres(),
                children,
                new Secrets(data.resolve("secrets")),
                port);
        this.server = new Supervised(database.part(List.of()), children, data.resolve("standby"), LIMIT);
        server.start(LIMIT);
        awaitCaughtUp();
    }

    /** Copies the files between the start and the end of a backup, like a base backup. */
    private void copyPrimary() throws SQLException, IOException {
        try (Connection primary = primary();
                Statement statement = primary.createStatement()) {
            statement.execute("select pg_backup_start('standby', true)");
            Path copy = children.postgresFolder();
            copy(data.resolve("postgres"), copy);
            try (ResultSet label = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                label.next();
                Files.writeString(copy.resolve("backup_label"), label.getString(1));
            }
            Files.createFile(copy.resolve("standby.signal"));
            Files.writeString(
                    copy.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=127.0.0.1 port=%d user=postgres password=%s'%n"
                            .formatted(inside.postgresPort(), inside.superuserPassword()),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.APPEND);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.copy(folder, to.resolve(from.relativize(folder)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!OF_THE_PROCESS.contains(file.getFileName().toString())) {
                    try {
                        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                    } catch (NoSuchFileException e) {
                        // The primary has removed the file meanwhile; the copied WAL records that.
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }

    /** Waits until the standby has replayed all that the primary has committed. */
    public void awaitCaughtUp() throws SQLException {
        String written;
        try (Connection primary = primary()) {
            written = text(primary, "select pg_current_wal_lsn()");
        }
        try (Connection standby = connection("postgres")) {
            await().atMost(LIMIT)
                    .until(() -> text(standby, "select pg_last_wal_replay_lsn() >= '%s'".formatted(written))
                            .equals("t"));
        }
    }

    /** Stops the replication to the standby. */
    public void cutOff() throws SQLException {
        try (Connection standby = connection("postgres")) {
            execute(standby, "alter system set primary_conninfo = ''");
            execute(standby, "select pg_reload_conf()");
            await().atMost(LIMIT)
                    .until(() -> text(standby, "select count(*) from pg_stat_wal_receiver")
                            .equals("0"));
        }
    }

    /** Kills the primary with all its processes, and promotes the standby. */
    public void replacePrimary(Step beforeServicesConnect) throws Exception {
        long primary = system.pid("postgres");
        List<Long> all = new ArrayList<>(List.of(primary));
        ProcessHandle.of(primary).ifPresent(one -> one.descendants().forEach(each -> all.add(each.pid())));
        all.forEach(pid -> Children.signal(pid, "KILL"));
        system.stop("postgres");
        try (Connection standby = connection("postgres")) {
            execute(standby, "select pg_promote()");
        }
        beforeServicesConnect.take();
        server.close();
        Files.move(data.resolve("postgres"), data.resolve("postgres.lost"));
        Files.move(children.postgresFolder(), data.resolve("postgres"));
        system.start("postgres");
    }

    /** A step of a test. */
    public interface Step {
        void take() throws Exception;
    }

    /** Connects as superuser to a database of the standby before its promotion. */
    public Connection connection(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", inside.superuserPassword());
    }

    private Connection primary() throws SQLException {
        return DriverManager.getConnection(inside.databaseUrl("postgres"), "postgres", inside.superuserPassword());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    @Override
    public void close() throws InterruptedException {
        server.close();
    }
}
