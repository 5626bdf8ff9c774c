package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.notification.smtp.ScriptedMailServer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Proves that a burst of mails leaves at the configured rate and does not delay a single mail. Runs an instance with a mail server that
 * only counts.
 */
@ResourceLock(DisturbsOthers.PROCESSORS)
class BurstIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int BURST = FULL ? 10_000 : 200;
    private static final int MAILS_PER_SECOND = FULL ? 100 : 10;
    /** A pause of the machine of some seconds takes its share of the small burst, which leaves in less than half a minute. */
    private static final double LEAST_SHARE = FULL ? 0.8 : 0.5;

    private static final Duration ALL_WITHIN = Duration.ofMinutes(FULL ? 10 : 2);
    private static final String GROUP = "burst";
    private static final String DOMAIN = "@burst.example";

    @Test
    @Timeout(900)
    void burst_leaves_at_its_rate_and_a_single_mail_passes_it() throws Exception {
        NEIGHBOURS.beginHere(GROUP);
        NEIGHBOURS.publish(Story.conference(1));
        for (int i = 0; i < BURST; i++) {
            NEIGHBOURS.publish(new Story("burst.example").confirmed());
        }
        Story single = new Story("burst.example");
        try (ScriptedMailServer remote = new ScriptedMailServer();
                ConfigurableApplicationContext _ = Deployed.start(
                        NotificationServiceApplication.class,
                        TestInfrastructure.newDatabase("burst"),
                        // A consumer group of its own, so that other tests keep their messages.
                        "--spring.application.name=" + GROUP,
                        "--SMTP_HOST=127.0.0.1",
                        "--SMTP_PORT=" + remote.port(),
                        "--MAIL_FROM=registration@example.org",
                        "--notification.pace.per-second=" + MAILS_PER_SECOND,
                        "--notification.pace.receipt-within=100ms")) {
            await().atMost(ALL_WITHIN).until(() -> ofBurst(remote) > BURST / 10);
            long begun = System.nanoTime();
            int before = remote.taken().size();
            NEIGHBOURS.publish(single.registration("registration.cancelled.v1", "cancelled", null));
            await().atMost(ALL_WITHIN)
                    .until(() -> remote.taken().stream().anyMatch(mail -> mail.contains("To: " + single.email)));
            double waited = seconds(begun);
            int passed = remote.taken().size() - before;
            await().atMost(ALL_WITHIN).until(() -> ofBurst(remote) > BURST);
            int after = remote.taken().size();
            double rate = (after - before) / seconds(begun);

            System.out.printf(
                    "burst: %,d mails at %d a second at most left at %.1f; a single one came after %.1f s, %d after others%n",
                    BURST, MAILS_PER_SECOND, rate, waited, passed);
            assertThat(rate).isBetween(MAILS_PER_SECOND * LEAST_SHARE, MAILS_PER_SECOND * 1.05);
            assertThat(passed).isLessThan(BURST / 2);
        }
    }

    private static long ofBurst(ScriptedMailServer remote) {
        return remote.taken().stream().filter(mail -> mail.contains(DOMAIN)).count();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
