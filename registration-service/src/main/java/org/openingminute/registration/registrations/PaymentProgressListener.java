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
 * Keeps payment-service's last report of its backlog. Whatever its sequence, the last record counts. While reports tell of no late
 * work, every other one is kept, since an idle service writes nothing else.
 */
@Component
class PaymentProgressListener {

    /** Of the reports that are kept; payment-service makes one a second. */
    private static final Duration EVERY = Duration.ofMillis(1_500);

    private final PaymentProgressRepository progress;
    private volatile @Nullable Progress kept;

    PaymentProgressListener(PaymentProgressRepository progress) {
        this.progress = progress;
    }

    /** The ages are in seconds, 0 where there is no such work. */
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
