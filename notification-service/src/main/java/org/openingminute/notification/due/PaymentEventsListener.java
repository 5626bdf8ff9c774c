package org.openingminute.notification.due;

import java.util.Set;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageListener;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.ProjectionRepository;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps the newest state of each payment, and inserts the mails that are due. */
@Component
class PaymentEventsListener implements MessageListener {

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

    @Override
    public String topic() {
        return "payment.events.v1";
    }

    @Override
    public Set<String> types() {
        return Set.of(
                "payment.captured.v1",
                "payment.failed.v1",
                "payment.refunded.v1",
                "payment.refund-wanted.v1",
                "payment.refund-failed.v1",
                "payment.disputed.v1",
                "payment.dispute-ended.v1",
                "payment.receipt-issued.v1");
    }

    @Override
    public Unknown unknownTypes() {
        return Unknown.SKIP;
    }

    @Override
    public void on(Message message) {
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
