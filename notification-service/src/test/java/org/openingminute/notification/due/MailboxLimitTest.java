package org.openingminute.notification.due;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.Settings;
import org.openingminute.notification.due.DueMailWriter.MailboxLimit;

/** Proves how mails to one mailbox are spread over hours and days, without a database. */
class MailboxLimitTest {

    private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");

    private static final NotificationServiceSettings.Mails ALLOWED =
            Settings.with().mails();

    @Test
    void mailbox_gets_three_in_an_hour_and_ten_in_a_day() {
        assertThat(hours(ALLOWED, 13)).containsExactly(0L, 0L, 0L, 1L, 1L, 1L, 2L, 2L, 2L, 3L, 24L, 24L, 24L);
    }

    @Test
    void operator_may_allow_a_mailbox_less() {
        assertThat(hours(new NotificationServiceSettings.Mails(1, 2, 3), 4)).containsExactly(0L, 1L, 24L, 25L);
    }

    /** Returns after how many hours each of these mails is due. */
    private static List<Long> hours(NotificationServiceSettings.Mails allowed, int mails) {
        MailboxLimit limit = new MailboxLimit(allowed, new ArrayList<>());
        List<Long> hours = new ArrayList<>();
        for (int i = 0; i < mails; i++) {
            Instant next = limit.next(NOW);
            limit.add(next);
            hours.add(Duration.between(NOW, next).toHours());
        }
        return hours;
    }

    @Test
    void extra_mail_per_hour_and_day_is_sent_before_a_hold_ends() {
        MailboxLimit limit = new MailboxLimit(ALLOWED, new ArrayList<>(List.of(NOW, NOW, NOW, NOW.plusSeconds(3_600))));
        Instant early = NOW.plusSeconds(300);
        assertThat(limit.allowsOneMore(early)).isTrue();
        limit.add(early);
        assertThat(limit.allowsOneMore(NOW.plusSeconds(600))).isFalse();
        assertThat(limit.allowsOneMore(NOW.plusSeconds(7_200))).isTrue();

        MailboxLimit full = new MailboxLimit(ALLOWED, new ArrayList<>());
        for (int i = 0; i < 11; i++) {
            full.add(NOW.plus(Duration.ofHours(2L * i)));
        }
        assertThat(full.allowsOneMore(NOW.plus(Duration.ofHours(23)))).isFalse();
        assertThat(full.allowsOneMore(NOW.plus(Duration.ofHours(24)))).isTrue();
    }
}
