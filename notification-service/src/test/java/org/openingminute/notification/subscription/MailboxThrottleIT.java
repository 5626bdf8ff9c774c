package org.openingminute.notification.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.NotificationServiceApplicationTest;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.ops.HeldBackMails;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves throttles with various limits, on the database of the running service. */
@NotificationServiceApplicationTest
class MailboxThrottleIT {

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private InterestTokens tokens;

    @Autowired
    private Clock clock;

    @Autowired
    private NotificationServiceSettings settings;

    @Autowired
    private TransactionTemplate transaction;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final String address = "eve-" + UUID.randomUUID() + "@example.org";

    @Test
    void operator_chooses_how_many_a_mailbox_gets_in_an_hour() {
        assertThat(allowed(throttle(5), 6)).isEqualTo(5);
        assertThat(heldBack()).isEqualTo(1);
        hourPasses(4);
        assertThat(allowed(throttle(1), 1)).isZero();
        hourPasses(5);
        assertThat(allowed(throttle(1), 2)).isEqualTo(1);
        assertThat(heldBack()).isEqualTo(3);
    }

    @Test
    void mail_is_counted_as_held_back_once_its_transaction_is_committed() {
        MailboxThrottle throttle = throttle(1);
        assertThat(allowed(throttle, 1)).isEqualTo(1);
        transaction.executeWithoutResult(status -> {
            assertThat(throttle.allows(address)).isFalse();
            assertThat(heldBack()).isZero();
            status.setRollbackOnly();
        });
        assertThat(heldBack()).as("rolled back").isZero();
        assertThat(allowed(throttle, 1)).isZero();
        assertThat(heldBack()).isEqualTo(1);
    }

    @Test
    void refusal_that_rolls_its_transaction_back_is_counted() {
        MailboxThrottle throttle = throttle(1);
        assertThat(allowed(throttle, 1)).isEqualTo(1);
        assertThatThrownBy(() -> transaction.executeWithoutResult(_ -> throttle.check(address)))
                .isInstanceOf(Problem.class);
        assertThat(heldBack()).isEqualTo(1);
    }

    private MailboxThrottle throttle(int anHour) {
        NotificationServiceSettings chosen = new NotificationServiceSettings(
                settings.mode(),
                settings.publicUrl(),
                settings.accessTokenKeys(),
                settings.limits(),
                settings.staff(),
                settings.smtp(),
                settings.trap(),
                settings.pace(),
                new NotificationServiceSettings.Mails(3, 10, anHour));
        return new MailboxThrottle(jdbc, tokens, clock, chosen, new HeldBackMails(meters));
    }

    /** Returns how many of these mails the throttle allows, each in a transaction of its own. */
    private long allowed(MailboxThrottle throttle, int mails) {
        return IntStream.range(0, mails)
                .filter(_ -> Boolean.TRUE.equals(transaction.execute(_ -> throttle.allows(address))))
                .count();
    }

    /**
     * Ages a mail's entry in the throttle by an hour.
     *
     * @param mail its position, from 1
     */
    private void hourPasses(int mail) {
        jdbc.sql("update mailbox_brake set mailed_at[%1$d] = mailed_at[%1$d] - interval '1 hour' where mailbox = ?"
                        .formatted(mail))
                .param(tokens.confirmed(address))
                .update();
    }

    private double heldBack() {
        return meters.counter("mails.held.back", "reason", "requested").count();
    }
}
