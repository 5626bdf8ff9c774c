package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.notification.smtp.HostileMailServer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Proves that each confirmed registrant gets a confirmation despite kills of the service and faults of the mail server, and that a second
 * copy has the same Message-ID. Starts the service as a process of its own.
 */
@ResourceLock(DisturbsOthers.PROCESSORS)
class EveryMailOnceIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int PEOPLE = FULL ? 1_000 : 30;
    private static final int KILLS_AT_MOST = FULL ? Integer.MAX_VALUE : 1;
    private static final double MAILS_PER_SECOND = FULL ? 20 : 5;
    private static final String GROUP = "every-mail-once";
    private static final int CONNECTIONS = 4;
    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(3);
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);
    private static final Duration ALL_WITHIN = Duration.ofMinutes(FULL ? 20 : 4);
    private static final Pattern MESSAGE_ID = Pattern.compile("(?m)^Message-ID: (<.*>)$");
    private static final Pattern RECIPIENT = Pattern.compile("(?m)^To: (.*)$");

    @TempDir
    Path folder;

    @Test
    @Timeout(1500)
    void every_registrant_has_the_mail_and_copies_share_its_message_id() throws Exception {
        String database = TestInfrastructure.newDatabase("every_mail");
        JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));
        // Otherwise the rate-limited service would send the mails of other tests first.
        NEIGHBOURS.beginHere(GROUP);
        NEIGHBOURS.publish(Story.conference(1));
        Set<UUID> people = new TreeSet<>();
        Set<String> addresses = new TreeSet<>();
        int kills = 0;
        try (HostileMailServer remote = new HostileMailServer()) {
            for (int i = 0; i < PEOPLE; i++) {
                Story story = new Story();
                people.add(story.id);
                addresses.add(story.email);
                NEIGHBOURS.publish(story.confirmed());
            }
            long until = System.nanoTime() + ALL_WITHIN.toNanos();
            while (kills < KILLS_AT_MOST && sent(jdbc, people) < PEOPLE && System.nanoTime() < until) {
                try (ServiceProcess service = start(database, remote.port())) {
                    await().atMost(READY_WITHIN).until(service::isReady);
                    long killedAt = System.nanoTime() + BETWEEN_KILLS.toNanos();
                    await().atMost(READY_WITHIN)
                            .until(() -> System.nanoTime() > killedAt || sent(jdbc, people) == PEOPLE);
                }
                kills++;
            }
            try (ServiceProcess service = start(database, remote.port())) {
                await().atMost(READY_WITHIN).until(service::isReady);
                await().atMost(ALL_WITHIN)
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> sent(jdbc, people) == PEOPLE);
            }

            Map<String, List<String>> copies = messageIds(remote.taken());
            copies.keySet().retainAll(addresses);
            long second =
                    copies.values().stream().mapToLong(ids -> ids.size() - 1).sum();
            System.out.printf(
                    "every mail once: %d confirmed, %d of them with the mail, %d second copies, %d with another"
                            + " Message-ID; the service was killed %d times, the mail server did %s%n",
                    PEOPLE,
                    copies.size(),
                    second,
                    copies.values().stream()
                            .mapToLong(ids -> ids.stream().distinct().count() - 1)
                            .sum(),
                    kills,
                    remote.faults());
            assertThat(copies.keySet()).isEqualTo(addresses);
            assertThat(copies.values())
                    .allSatisfy(ids -> assertThat(Set.copyOf(ids)).hasSize(1));
            assertThat(kills).isPositive();
            // Second copies are allowed for mails accepted without a reply, and for those whose outcome a killed
            // service could not save.
            int withoutYes = remote.faults()
                    .get(HostileMailServer.Fault.CUT_BEFORE_THE_YES)
                    .get();
            assertThat(second).as("second copies").isLessThanOrEqualTo(withoutYes + (long) kills * CONNECTIONS);
            assertThat(remote.faults().values())
                    .allSatisfy(times -> assertThat(times.get()).isPositive());
        }
    }

    private ServiceProcess start(String database, int smtpPort) throws IOException {
        return ServiceProcess.start(
                GROUP,
                database,
                smtpPort,
                Map.of(
                        "notification.smtp.answer-within", "1s",
                        "notification.pace.connections", "" + CONNECTIONS,
                        "notification.pace.per-second", "" + MAILS_PER_SECOND,
                        "notification.pace.receipt-within", "100ms",
                        "notification.pace.back-off", "500ms",
                        "notification.pace.lease", "3s",
                        "resilience4j.circuitbreaker.instances.mail-server.wait-duration-in-open-state", "500ms"),
                folder.resolve("service.log").toFile());
    }

    private static int sent(JdbcClient jdbc, Set<UUID> people) {
        return jdbc.sql("select count(*) from mail where state = 'sent' and registration_id = any(?)")
                .param(people.toArray(UUID[]::new))
                .query(Integer.class)
                .single();
    }

    /** Returns the Message-IDs of all copies that the server has received, by recipient. */
    private static Map<String, List<String>> messageIds(List<String> mails) {
        Map<String, List<String>> all = new TreeMap<>();
        for (String mail : mails) {
            Matcher recipient = RECIPIENT.matcher(mail);
            Matcher id = MESSAGE_ID.matcher(mail);
            if (recipient.find() && id.find()) {
                all.computeIfAbsent(recipient.group(1), _ -> new ArrayList<>()).add(id.group(1));
            }
        }
        return all;
    }
}
