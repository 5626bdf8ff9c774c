package org.openingminute.payment.lifecycle;

import static org.openingminute.payment.lifecycle.Payment.append;
import static org.openingminute.payment.lifecycle.Payment.replaceIf;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.payment.lifecycle.Decision.Posting;

/**
 * The effects of money that comes by bank transfer or is taken at the desk. Transfers are collected until they cover the amount due. They then become one capture,
 * like a card's, and only this is published. Money above the amount due, after it, or too late for it is a surplus.
 */
public final class TransferRules {

    private TransferRules() {}

    static Decision arrived(Payment now, PaymentTrigger.MarkedPaid paid, Instant at, Ids ids) {
        if (now.request() != null
                && !now.request().body().due().currency().equals(paid.amount().currency())) {
            throw new PermanentFailure("it is due in another currency");
        }
        if (now.transfers().stream().anyMatch(known -> known.id().equals(paid.id()))) {
            return Decision.to(now);
        }
        Transfer transfer = new Transfer(paid.id(), paid.amount(), paid.at(), false, paid.reference());
        Posting posting = new Posting(
                Posting.PostingKind.TRANSFER,
                Posting.heldBy(Capture.BY_TRANSFER),
                Posting.PARTS,
                paid.amount(),
                paid.id());
        return settled(
                Decision.to(now.withTransfers(append(now.transfers(), transfer)))
                        .posting(posting),
                at,
                ids);
    }

    /**
     * Settles partial transfers after a decision: books them once they cover the amount due, and refunds them once the rest can no longer
     * follow.
     */
    static Decision settled(Decision decision, Instant at, Ids ids) {
        Payment now = decision.next();
        List<Transfer> parts = now.parts().toList();
        if (now.request() == null || parts.isEmpty()) {
            return decision;
        }
        Money due = now.request().body().due();
        Money came = parts.stream().map(Transfer::amount).reduce(Money::plus).orElseThrow();
        boolean wanted = !now.isPaid() && due.isPositive();
        boolean enough = wanted && came.covers(due);
        boolean restMayFollow = wanted && now.closedBecause() == null;
        if (!enough && restMayFollow) {
            return decision;
        }
        Transfer last = parts.getLast();
        Decision booked = decision.then(
                now.withTransfers(replaceIf(now.transfers(), part -> !part.booked(), Transfer::inCapture)));
        if (enough) {
            Capture capture = new Capture(
                    ids.next(),
                    Capture.BY_TRANSFER,
                    "transfer " + last.id(),
                    due,
                    last.at(),
                    false,
                    Capture.Answer.NONE,
                    at,
                    0);
            booked = booked.and(PaymentRules.captured(booked.next(), capture, last.at(), Posting.PARTS, ids));
        }
        Money surplus = enough ? came.less(due) : came;
        String why = enough ? "more was paid than was due" : now.isPaid() ? "paid twice" : "less was paid than was due";
        return surplus.isPositive() ? givingBack(booked, surplus, last, why, at, ids) : booked;
    }

    private static Decision givingBack(
            Decision decision, Money amount, Transfer last, String why, Instant at, Ids ids) {
        Payment now = decision.next();
        Capture surplus = new Capture(
                ids.next(),
                Capture.BY_TRANSFER,
                "surplus " + last.id(),
                amount,
                last.at(),
                true,
                Capture.Answer.NONE,
                at,
                0);
        return decision.then(now.withCaptures(append(now.captures(), surplus))
                        .withRefunds(append(now.refunds(), RefundRules.surplusRefund(surplus, why, ids.next(), at))))
                .posting(new Posting(Posting.PostingKind.CAPTURE, Posting.PARTS, Posting.SURPLUS, amount, surplus.id()))
                .publishing(Decision.EventType.REFUND_WANTED);
    }

    /**
     * Money that came by bank transfer, or that was taken at the desk.
     *
     * @param id of its command, by which it is recognised
     * @param at when it came according to the organiser, in business time
     * @param booked whether it is in a capture; until then it is a part of the amount due
     * @param reference the bank's or the desk's; {@code null} if a version booked it that did not store it
     */
    public record Transfer(
            UUID id,
            Money amount,
            Instant at,
            boolean booked,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String reference) {

        Transfer inCapture() {
            return new Transfer(id, amount, at, true, reference);
        }
    }
}
