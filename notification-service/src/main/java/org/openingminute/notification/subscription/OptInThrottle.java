package org.openingminute.notification.subscription;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits how soon a mailbox may be asked to confirm again. Anybody can type another person's address, so each unanswered mail makes the
 * wait longer.
 *
 * @param mailedAt when the last confirmation request was or will be due; {@code null} if there was none
 * @param unanswered the number of confirmation requests since the last answered one
 */
record OptInThrottle(@Nullable Instant mailedAt, int unanswered) {

    /** The longest wait plus a day; older throttles delay no mail. */
    static final Duration KEPT = Duration.ofDays(8);

    private static final List<Duration> INTERVALS =
            List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(7));

    /** The shortest time between two confirmation requests. */
    static Duration shortest() {
        return INTERVALS.getFirst();
    }

    /** Returns when the next mail may be sent; not before {@code earliest}. */
    Instant next(Instant earliest) {
        if (mailedAt == null) {
            return earliest;
        }
        Instant next = mailedAt.plus(INTERVALS.get(Math.clamp(unanswered - 1, 0, INTERVALS.size() - 1)));
        return next.isAfter(earliest) ? next : earliest;
    }

    /** Whether a mail to this mailbox is still to be sent, so that another would be too many. */
    boolean isAhead(Instant now) {
        return mailedAt != null && mailedAt.isAfter(now);
    }
}
