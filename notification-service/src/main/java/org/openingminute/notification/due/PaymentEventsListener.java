package org.openingminute.notification.due;

import java.util.List;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.springframework.stereotype.Component;

/** Stores the newest state of each payment and inserts the mails that it makes due. */
@Component
class PaymentEventsListener {

    private final MailPlanQueue queue;

    PaymentEventsListener(MailPlanQueue queue) {
        this.queue = queue;
    }

    @MessageReader(
            topic = "payment.events.v1",
            types = {
                "payment.captured.v1",
                "payment.failed.v1",
                "payment.refunded.v1",
                "payment.refund-wanted.v1",
                "payment.refund-failed.v1",
                "payment.inquiry-changed.v1",
                "payment.disputed.v1",
                "payment.dispute-ended.v1",
                "payment.receipt-issued.v1"
            },
            unknownTypes = Unknown.SKIP)
    void on(List<Message> messages) {
        queue.receive(messages, PlanEntry.PaymentReceived::of);
    }
}
