package org.openingminute.payment.store;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openingminute.messaging.inbox.BatchFailure;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.springframework.stereotype.Component;

/** Applies each command once, identified by its id, in any order; the commands of one poll are applied together. */
@Component
final class PaymentCommandsListener {

    private static final String REQUEST = "payment.request.v1";
    private static final String CLOSE = "payment.close.v1";
    private static final String KEEP = "payment.keep.v1";
    private static final String REFUND = "payment.refund.v1";
    private static final String MARK_PAID = "payment.mark-paid.v1";
    private static final String END_LINKS = "payment.end-links.v1";

    private final Payments payments;
    private final Clock clock;

    PaymentCommandsListener(Payments payments, Clock clock) {
        this.payments = payments;
        this.clock = clock;
    }

    @MessageReader(
            topic = "payment.commands.v1",
            types = {REQUEST, CLOSE, KEEP, REFUND, MARK_PAID, END_LINKS},
            unknownTypes = Unknown.PARK)
    void on(List<Message> messages) {
        List<Payments.QueuedCommand> commands = new ArrayList<>();
        for (Message message : messages) {
            try {
                commands.add(new Payments.QueuedCommand(message, registration(message), trigger(message)));
            } catch (RuntimeException e) {
                payments.apply(commands);
                throw new BatchFailure(commands.size(), e);
            }
        }
        payments.apply(commands);
    }

    private PaymentTrigger trigger(Message message) {
        return switch (message.type()) {
            case REQUEST ->
                new PaymentTrigger.Requested(new ReceivedRequest(message.body(PaymentRequest.class), message.time()));
            case CLOSE -> new PaymentTrigger.Closed(message.body(Close.class).reason());
            case KEEP -> new PaymentTrigger.Kept();
            case REFUND -> {
                CommandedRefund refund = message.body(CommandedRefund.class);
                yield new PaymentTrigger.RefundCommanded(
                        refund.refund(), refund.amount(), refund.reason(), clock.instant());
            }
            case MARK_PAID -> {
                MarkPaidOrder paid = message.body(MarkPaidOrder.class);
                yield new PaymentTrigger.MarkedPaid(message.id(), paid.amount(), paid.receivedAt(), paid.reference());
            }
            case END_LINKS ->
                new PaymentTrigger.LinksEnded(message.body(EndLinks.class).contactGeneration());
            default -> throw new PermanentFailure("no such command: " + message.type());
        };
    }

    /** Returns the registration's id, which every body has and which is the message key. */
    private static UUID registration(Message message) {
        UUID registration = message.body(About.class).registration();
        message.requireKey(registration);
        return registration;
    }

    record About(UUID registration) {
        About {
            required(registration, "registration");
        }
    }

    record Close(String reason) {
        Close {
            required(reason, "reason");
        }
    }

    record CommandedRefund(UUID refund, Money amount, String reason) {
        CommandedRefund {
            required(refund, "refund");
            required(amount, "amount");
            required(reason, "reason");
        }
    }

    record MarkPaidOrder(String reference, Money amount, Instant receivedAt) {
        MarkPaidOrder {
            required(reference, "reference");
            required(amount, "amount");
            required(receivedAt, "receivedAt");
        }
    }

    record EndLinks(Integer contactGeneration) {
        EndLinks {
            required(contactGeneration, "contactGeneration");
        }
    }

    private static void required(Object value, String name) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
    }
}
