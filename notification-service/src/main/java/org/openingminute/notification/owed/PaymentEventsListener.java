package org.openingminute.notification.owed;

import java.util.Set;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageListener;
import org.openingminute.notification.heard.HeardRepository;
import org.openingminute.notification.heard.PaymentState;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps the newest state of each payment, and writes down the mails that it owes. */
@Component
class PaymentEventsListener implements MessageListener {

    private final Inbox inbox;
    private final HeardRepository heard;
    private final Debts debts;
    private final MailBell bell;
    private final TransactionTemplate transaction;

    PaymentEventsListener(
            Inbox inbox, HeardRepository heard, Debts debts, MailBell bell, TransactionTemplate transaction) {
        this.inbox = inbox;
        this.heard = heard;
        this.debts = debts;
        this.bell = bell;
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
        PaymentState payment = message.body(PaymentState.class);
        message.requireKey(payment.registration());
        transaction.executeWithoutResult(status -> {
            if (!inbox.advances(message)) {
                return;
            }
            heard.keepPayment(message, payment);
            debts.write(heard.find(payment.registration()).orElseThrow(), null, message);
        });
        bell.ring();
    }
}
