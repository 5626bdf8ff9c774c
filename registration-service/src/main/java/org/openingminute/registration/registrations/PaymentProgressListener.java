package org.openingminute.registration.registrations;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.springframework.stereotype.Component;

/** Keeps payment-service's last report of its backlog. Whatever its sequence, the last record counts. */
@Component
class PaymentProgressListener {

    private final PaymentProgressRepository progress;

    PaymentProgressListener(PaymentProgressRepository progress) {
        this.progress = progress;
    }

    /** The ages are in seconds, 0 where there is no such work. */
    record Progress(Instant asOf, double oldestUnsentSeconds, double oldestUntriedSeconds) {

        Progress {
            Objects.requireNonNull(asOf, "a report is of an instant");
        }
    }

    @MessageReader(topic = "payment.progress.v1", types = "payment.progress.v1", unknownTypes = Unknown.SKIP)
    void onAll(List<Message> poll) {
        progress.note(poll.getLast().body(Progress.class));
    }
}
