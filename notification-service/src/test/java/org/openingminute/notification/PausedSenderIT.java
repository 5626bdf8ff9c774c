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

/** An instance stands still with leased mails in its memory, and wakes when another has sent them. */
@ResourceLock(DisturbsOthers.PROCESSORS)
@EnabledIfSystemProperty(named = "proofs", matches = "full", disabledReason = "starts two processes")
class PausedSenderIT {

    private static final Duration SOON = Duration.ofMinutes(2);

    /** Of this test alone: a service also reads the events of the others. */
    private final String domain = "paused-" + UUID.randomUUID().toString().substring(0, 4) + ".example";

    /** As many as an instance has in its memory for a domain to which it has one connection. */
    private final List<Story> people =
            Stream.generate(() -> new Story(domain)).limit(4).toList();

    @TempDir
    Path folder;

    private final String database = TestInfrastructure.newDatabase("paused_sender");
    private final JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));

    @Test
    @Timeout(400)
    void mails_that_another_took_over_are_not_sent_by_the_one_that_wakes() throws Exception {
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
                            // Of the one that it was handing over when it stood still, nobody knows that the server has
                            // it.
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
