package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.notification.ServiceFixture.JSON;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Proves that an announcement reaches each reader exactly once although the service is killed while it writes the mails and again while it
 * sends them, and that memory does not grow with the number of readers. Starts the service as a process of its own.
 */
@ResourceLock(DisturbsOthers.PROCESSORS)
class AnnouncementKilledIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int READERS = FULL ? 100_000 : 2_000;
    private static final String GROUP = "announcement-killed";
    private static final int CONNECTIONS = 8;
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);
    private static final Duration ALL_WITHIN = Duration.ofMinutes(FULL ? 25 : 4);
    private static final Duration POLL_EVERY = Duration.ofMillis(FULL ? 1000 : 100);

    @TempDir
    Path folder;

    private JdbcClient jdbc;
    private long mostHeap;

    @Test
    @Timeout(1800)
    void each_reader_has_one_mail_though_the_service_is_killed_twice() throws Exception {
        String database = TestInfrastructure.newDatabase("announcement_killed");
        jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));
        NEIGHBOURS.beginHere(GROUP);
        NEIGHBOURS.publish(Story.conference(1));
        // Some mails are left for the service that is not killed, however late the kills are.
        try (CountingMailServer remote = new CountingMailServer(READERS * 3 / 4)) {
            Instant began;
            try (ServiceProcess service = start(database, remote.port())) {
                await().atMost(READY_WITHIN).until(service::isReady);
                await().atMost(READY_WITHIN).until(() -> count("select count(*) from conference") > 0);
                subscribe();
                began = Instant.now();
                announce(service);
                await().atMost(Duration.ofMinutes(1))
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> written() >= READERS / 4);
            }
            int writtenAtTheKill = written();
            int sentAtTheKill;
            try (ServiceProcess service = start(database, remote.port())) {
                await().atMost(READY_WITHIN).until(service::isReady);
                until(service, ALL_WITHIN, () -> sent() >= READERS / 2);
                sentAtTheKill = sent();
            }
            remote.acceptAll();
            try (ServiceProcess service = start(database, remote.port())) {
                await().atMost(READY_WITHIN).until(service::isReady);
                until(service, ALL_WITHIN, () -> sent() == READERS);
            }

            Map<String, List<String>> copies = remote.taken();
            long second =
                    copies.values().stream().mapToLong(ids -> ids.size() - 1).sum();
            System.out.printf(
                    "announcement killed: %d readers, %d of them with the mail, %d second copies, %d with another"
                            + " Message-ID; killed when %d were written down and when %d were sent; %d s from the order to"
                            + " the last, the restarts among them; the most heap of the service was %d MB of 192%n",
                    READERS,
                    copies.size(),
                    second,
                    copies.values().stream()
                            .mapToLong(ids -> ids.stream().distinct().count() - 1)
                            .sum(),
                    writtenAtTheKill,
                    sentAtTheKill,
                    Duration.between(began, Instant.now()).toSeconds(),
                    mostHeap >> 20);
            assertThat(copies).hasSize(READERS);
            assertThat(copies.values())
                    .allSatisfy(ids -> assertThat(Set.copyOf(ids)).hasSize(1));
            assertThat(second).isLessThanOrEqualTo(2L * CONNECTIONS);
            assertThat(remote.withOneClick()).isEqualTo((int) (READERS + second));
            if (FULL) {
                // With few readers all mails may be written before the service is killed.
                assertThat(writtenAtTheKill)
                        .as("killed while it wrote the mails")
                        .isLessThan(READERS);
            }
            assertThat(sentAtTheKill).isLessThan(READERS);
            assertThat(count("select count(*) from announcement where recipients = " + READERS
                            + " and spread_at is not null"))
                    .isEqualTo(1);
        }
    }

    private ServiceProcess start(String database, int smtpPort) throws IOException {
        return ServiceProcess.start(
                GROUP,
                database,
                smtpPort,
                Map.of(
                        "notification.staff.jwks-uri",
                        STAFF.jwksUri(),
                        "notification.pace.per-second",
                        "10000",
                        "notification.pace.connections",
                        "" + CONNECTIONS,
                        "notification.pace.connections-per-domain",
                        "" + CONNECTIONS,
                        "notification.pace.lease",
                        "10s"),
                folder.resolve("service.log").toFile());
    }

    private void subscribe() {
        Timestamp now = Timestamp.from(Instant.now());
        jdbc.sql("""
                insert into subscriber (id, conference, email, address, locale, created_at)
                select gen_random_uuid(), 'mlsys-2026', 'reader-' || n || '@domain-' || n % 50 || '.example',
                       'reader-' || n || '@domain-' || n % 50 || '.example', case n % 2 when 0 then 'de' else 'en' end, ?
                  from generate_series(1, ?) as n
                """).param(now).param(READERS).update();
        jdbc.sql("""
                insert into interest (conference, topic, subscriber_id, since)
                select conference, 'keynotes', id, ? from subscriber
                """).param(now).update();
    }

    private static void announce(ServiceProcess service) {
        HttpResponse<String> answer = service.post(
                "/api/admin/conferences/mlsys-2026/announcements",
                JSON.writeValueAsString(Map.of(
                        "topic", "keynotes",
                        "subject", "The keynotes",
                        "body", "They are settled.\n\nSee https://example.org/keynotes.")),
                STAFF.token("organiser"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(UUID.fromString(JSON.readTree(answer.body()).path("id").asString()))
                .isNotNull();
    }

    private void until(ServiceProcess service, Duration atMost, BooleanSupplier reached) {
        await().atMost(atMost).pollDelay(Duration.ZERO).pollInterval(POLL_EVERY).until(() -> {
            mostHeap = Math.max(mostHeap, service.heapBytes());
            return reached.getAsBoolean();
        });
    }

    private int written() {
        return count("select count(*) from mail where announcement_id is not null");
    }

    private int sent() {
        return count("select count(*) from mail where announcement_id is not null and state = 'sent'");
    }

    private int count(String sql) {
        return jdbc.sql(sql).query(Integer.class).single();
    }
}
