package org.openingminute.notification.due;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.Settings;
import org.openingminute.notification.due.DueMailWriter.Brake;

class BrakeTest {

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

    /** After how many hours each of so many mails goes. */
    private static List<Long> hours(NotificationServiceSettings.Mails allowed, int mails) {
        Brake brake = new Brake(allowed, new ArrayList<>());
        List<Long> hours = new ArrayList<>();
        for (int i = 0; i < mails; i++) {
            Instant next = brake.next(NOW);
            brake.add(next);
            hours.add(Duration.between(NOW, next).toHours());
        }
        return hours;
    }

    @Test
    void one_more_in_an_hour_and_in_a_day_does_not_come_after_a_hold() {
        Brake brake = new Brake(ALLOWED, new ArrayList<>(List.of(NOW, NOW, NOW, NOW.plusSeconds(3_600))));
        Instant early = NOW.plusSeconds(300);
        assertThat(brake.allowsOneMore(early)).isTrue();
        brake.add(early);
        assertThat(brake.allowsOneMore(NOW.plusSeconds(600))).isFalse();
        assertThat(brake.allowsOneMore(NOW.plusSeconds(7_200))).isTrue();

        Brake full = new Brake(ALLOWED, new ArrayList<>());
        for (int i = 0; i < 11; i++) {
            full.add(NOW.plus(Duration.ofHours(2L * i)));
        }
        assertThat(full.allowsOneMore(NOW.plus(Duration.ofHours(23)))).isFalse();
        assertThat(full.allowsOneMore(NOW.plus(Duration.ofHours(24)))).isTrue();
    }
}
