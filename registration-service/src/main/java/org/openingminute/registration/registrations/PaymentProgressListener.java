package org.openingminute.registration.registrations;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.springframework.stereotype.Component;

/**
 * Stores payment-service's last progress report. The last record counts, whatever its sequence. While no report has late work, only every
 * other one is stored, because an idle service should write little.
 */
@Component
class PaymentProgressListener {

    /** The least time between two stored reports; payment-service sends one per second. */
    private static final Duration EVERY = Duration.ofMillis(1_500);

    private final PaymentProgressRepository progress;
    private volatile @Nullable Progress kept;

    PaymentProgressListener(PaymentProgressRepository progress) {
        this.progress = progress;
    }

    /**
     * @param oldestUnsentSeconds age in seconds; 0 if nothing is unsent
     * @param oldestUntriedSeconds age in seconds; 0 if no work is waiting
     */
    record Progress(Instant asOf, double oldestUnsentSeconds, double oldestUntriedSeconds) {

        Progress {
            Objects.requireNonNull(asOf, "a report is of an instant");
        }

        boolean isClear() {
            return Math.max(oldestUnsentSeconds, oldestUntriedSeconds) <= HoldGrace.LATE.toSeconds();
        }

        boolean saysAsMuchAs(Progress before) {
            return isClear()
                    && before.isClear()
                    && Duration.between(before.asOf, asOf).abs().compareTo(EVERY) < 0;
        }
    }

    @MessageReader(topic = "payment.progress.v1", types = "payment.progress.v1", unknownTypes = Unknown.SKIP)
    void onAll(List<Message> poll) {
        Progress newest = poll.getLast().body(Progress.class);
        Progress before = kept;
        if (before == null || !newest.saysAsMuchAs(before)) {
            progress.note(newest);
            kept = newest;
        }
    }
}
