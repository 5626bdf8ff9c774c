package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.notification.smtp.WithholdingMailServer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Proves that an instance which was paused with leased mails does not send them again after another instance has. Starts instances as
 * processes.
 */
@ResourceLock(DisturbsOthers.PROCESSORS)
@EnabledIfSystemProperty(named = "proofs", matches = "full", disabledReason = "starts two processes")
class PausedSenderIT {

    private static final Duration SOON = Duration.ofMinutes(2);

    /** A domain per test, because an instance also reads the events of other tests. */
    private final String domain = "paused-" + UUID.randomUUID().toString().substring(0, 4) + ".example";

    /** As many mails as an instance leases in memory for a domain with one connection. */
    private final List<Story> people =
            Stream.generate(() -> new Story(domain)).limit(4).toList();

    @TempDir
    Path folder;

    private final String database = TestInfrastructure.newDatabase("paused_sender");
    private final JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));

    @Test
    @Timeout(400)
    void resumed_instance_does_not_send_mails_taken_over() throws Exception {
        NEIGHBOURS.publish(Story.conference(1));
        try (WithholdingMailServer remote = new WithholdingMailServer(domain);
                ServiceProcess first = start("first", remote.port())) {
            await().atMost(SOON).until(first::isReady);
            people.forEach(story -> NEIGHBOURS.publish(story.confirmed()));
            await().atMost(SOON)
                    .until(() -> begun(remote).size() == 1
                            && count(people, "state = 'waiting' and leased_by is not null") == people.size());
            first.pause();
            List<Story> begun = begun(remote);
            remote.accept();

            try (ServiceProcess second = start("second", remote.port())) {
                await().atMost(SOON).until(() -> count(people, "state = 'sent'") == people.size());
                second.end();
                await().atMost(SOON).until(second::hasEnded);
            }
            first.resume();
            Story last = new Story(domain);
            NEIGHBOURS.publish(last.confirmed());
            await().atMost(SOON).until(() -> count(List.of(last), "state = 'sent'") == 1);
            first.end();
            await().atMost(SOON).until(first::hasEnded);

            assertThat(people)
                    .allSatisfy(story -> assertThat(remote.takenFor(story.email))
                            // The mail that was being handed over is sent twice, because its outcome was never saved.
                            .hasSize(begun.contains(story) ? 2 : 1));
        }
    }

    private List<Story> begun(WithholdingMailServer remote) {
        return people.stream()
                .filter(story -> !remote.takenFor(story.email).isEmpty())
                .toList();
    }

    private ServiceProcess start(String name, int smtpPort) throws IOException {
        return ServiceProcess.start(
                "paused-sender",
                database,
                smtpPort,
                Map.of(
                        "notification.smtp.answer-within", "60s",
                        "notification.pace.per-second", "10000",
                        "notification.pace.connections", "100",
                        "notification.pace.connections-per-domain", "1",
                        "notification.pace.receipt-within", "100ms",
                        "notification.pace.lease", "3s"),
                folder.resolve(name + ".log").toFile());
    }

    private int count(List<Story> stories, String condition) {
        return jdbc.sql("select count(*) from mail where registration_id = any(?) and " + condition)
                .param(stories.stream().map(story -> story.id).toArray(UUID[]::new))
                .query(Integer.class)
                .single();
    }
}
