package org.openingminute.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.outbox.OutboxRelay.Pace;
import org.openingminute.messaging.outbox.RelayCursor.LogPosition;
import org.openingminute.messaging.outbox.RelayCursor.OutboxPage;
import org.openingminute.messaging.outbox.RelayCursor.OutboxRow;

/** Proves when the relay reads its next page. */
class PaceTest {

    private static final OutboxPage NOTHING_HELD_BACK = new OutboxPage(List.of(), false, true);

    private long now = -Duration.ofDays(1).toNanos();
    private final Pace pace = new Pace(now);

    @Test
    void a_signal_after_quiet_is_followed_by_a_page_at_once() {
        read(OutboxPage.EMPTY);
        pass(25);
        pace.signal();
        assertThat(millis()).isZero();
        read(page(false, false));
        assertThat(millis()).isGreaterThan(1_000_000);
    }

    @Test
    void signals_of_ten_milliseconds_share_a_page() {
        signalledPage(page(false, false));
        pass(3);
        pace.signal();
        pass(1);
        pace.signal();
        assertThat(millis()).isEqualTo(6);
    }

    @Test
    void a_full_page_is_followed_by_the_next_at_once() {
        signalledPage(page(true, true));
        assertThat(millis()).isZero();
    }

    @Test
    void messages_held_back_are_looked_for_soon_and_then_less_often() {
        pass(25);
        List<Long> waits = new ArrayList<>();
        signalledPage(page(false, true));
        for (int look = 0; look < 8; look++) {
            waits.add(millis());
            pass(millis());
            read(NOTHING_HELD_BACK);
        }
        assertThat(waits).containsExactly(2L, 4L, 8L, 16L, 32L, 64L, 100L, 100L);
    }

    /** Under load there is always an open transaction that holds messages back. */
    @Test
    void messages_held_back_at_each_page_make_no_more_pages_than_signals_do() {
        signalledPage(page(false, true));
        for (int look = 0; look < 8; look++) {
            pass(5);
            pace.signal();
            pass(millis());
            read(page(false, true));
            assertThat(millis()).isEqualTo(10);
        }
    }

    @Test
    void a_signal_does_not_put_off_a_look_that_is_due_before() {
        pass(25);
        signalledPage(page(false, true));
        pass(1);
        pace.signal();
        assertThat(millis()).isEqualTo(1);
    }

    private void signalledPage(OutboxPage page) {
        pace.signal();
        read(page);
    }

    private void read(OutboxPage page) {
        pace.read(now, page);
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    private long millis() {
        return pace.untilDue(now).toMillis();
    }

    private static OutboxPage page(boolean full, boolean heldBack) {
        OutboxRow row = new OutboxRow(LogPosition.BEGINNING, 1, 1, Instant.EPOCH, new byte[0]);
        return new OutboxPage(List.of(row), full, heldBack);
    }
}
