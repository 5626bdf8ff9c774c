package org.openingminute.notification.due;

import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.ProjectionRepository;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps the newest state of each payment, and inserts the mails that are due. */
@Component
class PaymentEventsListener {

    private final Inbox inbox;
    private final ProjectionRepository projections;
    private final DueMailWriter dueMails;
    private final MailSignal signal;
    private final TransactionTemplate transaction;

    PaymentEventsListener(
            Inbox inbox,
            ProjectionRepository projections,
            DueMailWriter dueMails,
            MailSignal signal,
            TransactionTemplate transaction) {
        this.inbox = inbox;
        this.projections = projections;
        this.dueMails = dueMails;
        this.signal = signal;
        this.transaction = transaction;
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
    void on(Message message) {
        PaymentSnapshot payment = message.body(PaymentSnapshot.class);
        message.requireKey(payment.registration());
        transaction.executeWithoutResult(status -> {
            if (!inbox.advances(message)) {
                return;
            }
            projections.keepPayment(message, payment);
            dueMails.write(projections.find(payment.registration()).orElseThrow(), null, message);
        });
        signal.raise();
    }
}
