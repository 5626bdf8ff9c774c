package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.notification.smtp.ScriptedMailServer;

/** Thousands of mails at once leave at the rate that is configured, and let a single one pass. */
class BurstIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int BURST = FULL ? 10_000 : 300;
    private static final int MAILS_PER_SECOND = FULL ? 100 : 50;
    private static final Duration ALL_WITHIN = Duration.ofMinutes(FULL ? 10 : 2);

    @TempDir
    Path folder;

    @Test
    @Timeout(900)
    void a_burst_leaves_at_its_rate_and_a_single_mail_does_not_wait_for_its_end() throws Exception {
        Neighbours neighbours = new Neighbours(TestInfrastructure.kafkaBootstrapServers());
        neighbours.tell(Story.conference(1));
        for (int i = 0; i < BURST; i++) {
            neighbours.tell(new Story().confirmed());
        }
        Story single = new Story();
        try (ScriptedMailServer remote = new ScriptedMailServer();
                ServiceProcess service = ServiceProcess.start(
                        "burst",
                        TestInfrastructure.newDatabase("burst"),
                        remote.port(),
                        Map.of(
                                "notification.pace.per-second",
                                "" + MAILS_PER_SECOND,
                                "notification.pace.receipt-within",
                                "100ms"),
                        folder.resolve("service.log").toFile())) {
            await().atMost(ALL_WITHIN).until(service::isReady);
            await().atMost(ALL_WITHIN).until(() -> remote.taken().size() > BURST / 10);
            long begun = System.nanoTime();
            int before = remote.taken().size();
            neighbours.tell(single.registration("registration.cancelled.v1", "cancelled", null));
            await().atMost(ALL_WITHIN)
                    .until(() -> remote.taken().stream().anyMatch(mail -> mail.contains("To: " + single.email)));
            double waited = seconds(begun);
            int passed = remote.taken().size() - before;
            await().atMost(ALL_WITHIN).until(() -> remote.taken().size() > BURST);
            double took = seconds(begun);
            double rate = (BURST + 1 - before) / took;

            System.out.printf(
                    "burst: %,d mails at %d a second at most left at %.1f; a single one came after %.1f s, %d after others%n",
                    BURST, MAILS_PER_SECOND, rate, waited, passed);
            assertThat(rate).isLessThan(MAILS_PER_SECOND * 1.05);
            assertThat(passed).isLessThan(BURST / 2);
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
