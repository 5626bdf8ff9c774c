package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.Programs.JavaCommand;
import org.openingminute.local.Settings.Ports;

/** Proves, with real processes, that the local system starts, restarts and stops PostgreSQL and Kafka. The services do not run. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@Tag("standalone")
class InfrastructureIT {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(15);

    @TempDir
    private Path folder;

    private final Ports ports = TestSystems.freePorts();

    @Test
    void a_killed_database_keeps_commits_for_its_service_alone() throws Exception {
        Children children = new Children(folder);
        Postgres postgres = new Postgres(
                new Programs(TestSystems.CHECKOUT).postgres(),
                children,
                new Secrets(folder.resolve("secrets")),
                ports.postgres());
        Supervised supervised = new Supervised(postgres.part(List.of("one", "other")), children, folder, GRACE);
        try {
            supervised.start(LIMIT);
            try (Connection connection = connect(postgres.environmentFor("one"));
                    var statement = connection.createStatement()) {
                statement.execute("create table kept (number int)");
                statement.execute("insert into kept values (42)");
                try (var rows = statement.executeQuery("show fsync")) {
                    rows.next();
                    assertThat(rows.getString(1)).isEqualTo("on");
                }
            }
            killed(supervised);

            try (Connection connection = connect(postgres.environmentFor("one"));
                    var rows = connection.createStatement().executeQuery("select number from kept")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(42);
            }
            Map<String, String> wrong = new HashMap<>(postgres.environmentFor("one"));
            wrong.put("DATABASE_URL", postgres.environmentFor("other").get("DATABASE_URL"));
            Assertions.assertThatThrownBy(() -> connect(wrong))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied");
        } finally {
            supervised.close();
        }
        assertThat(children.endOrphans()).isZero();
    }

    @Test
    void a_broker_keeps_its_topics_when_it_is_killed() throws Exception {
        Children children = new Children(folder);
        Kafka kafka = new Kafka(folder.resolve("kafka"), ports);
        Files.createDirectories(folder.resolve("tmp"));
        JavaCommand java =
                new JavaCommand(System.getProperty("java.class.path"), children.mark(), folder.resolve("tmp"));
        Supervised supervised = new Supervised(kafka.part(java), children, folder, GRACE);
        try {
            supervised.start(LIMIT);
            Map<String, Object> settings =
                    Map.of("bootstrap.servers", kafka.environment().get("KAFKA_BOOTSTRAP_SERVERS"));
            try (Admin admin = Admin.create(settings)) {
                admin.createTopics(List.of(new NewTopic("kept", 12, (short) 1)))
                        .all()
                        .get();
            }
            killed(supervised);

            try (Admin admin = Admin.create(settings)) {
                assertThat(admin.listTopics().names().get()).isEqualTo(Set.of("kept"));
            }
        } finally {
            supervised.close();
        }
    }

    /** Kills the process and waits until its successor is ready. */
    private static void killed(Supervised supervised) throws InterruptedException {
        long pid = supervised.pid();
        Children.signal(pid, "KILL");
        await().atMost(LIMIT).until(() -> supervised.pid() != 0 && supervised.pid() != pid);
        supervised.start(LIMIT);
    }

    private static Connection connect(Map<String, String> environment) throws SQLException {
        return DriverManager.getConnection(
                environment.get("DATABASE_URL"),
                environment.get("DATABASE_USER"),
                environment.get("DATABASE_PASSWORD"));
    }
}
