package org.openingminute.registration.lifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.quota.QuotaKey;
import org.openingminute.registration.quota.Takes;
import org.openingminute.registration.sale.CancellationRule;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Quote;

/**
 * One person's order. Immutable; a change makes a new one with the next revision.
 *
 * @param revision grows with each change; the sequence of its events
 * @param offer what is offered while it is rejected; {@code null} where nothing is
 * @param policy the cancellation policy as it was when it was made
 * @param reason why it was refused, cancelled or ended, in plain words
 * @param createdAt business time
 * @param changedAt business time
 */
public record Registration(
        UUID id,
        String reference,
        String conference,
        Status status,
        long revision,
        Contact contact,
        int contactGeneration,
        List<Attendee> attendees,
        Price price,
        Taken takes,
        Hold hold,
        PaymentMethod paymentMethod,
        Invoice invoice,
        List<CancellationRule> policy,
        MoneyMoved money,
        @Nullable Offer offer,
        @Nullable String reason,
        Instant createdAt,
        Instant changedAt) {

    /** How it is paid. */
    public enum PaymentMethod {
        card,
        invoice
    }

    /** What stands on the receipt besides the name. */
    public record Invoice(
            @Nullable String organization,
            @Nullable String taxId,
            @Nullable String address,
            @Nullable String purchaseOrder) {}

    /**
     * What it costs; fixed at the hold.
     *
     * @param phase the code of the phase whose prices these are
     * @param voucher the code that was used, in the definition's spelling
     */
    public record Price(
            List<Quote.Line> lines,
            Money discount,
            Money tax,
            Money total,
            String phase,
            @Nullable String voucher) {

        public Price {
            lines = List.copyOf(lines);
        }
    }

    /**
     * What it takes, or took, of the limited numbers.
     *
     * @param amounts how many, by the quota's code
     * @param underReservation how many of them out of what its voucher reserves
     */
    public record Taken(Map<String, Integer> amounts, Map<String, Integer> underReservation) {

        public Taken {
            amounts = Map.copyOf(amounts);
            underReservation = Map.copyOf(underReservation);
        }

        public static Taken of(Takes takes) {
            return new Taken(codes(takes.amounts()), codes(takes.reserved()));
        }

        /** The same with quotas as types. */
        public Takes asTakes() {
            return new Takes(keys(amounts), keys(underReservation));
        }

        private static Map<String, Integer> codes(Map<QuotaKey, Integer> byKey) {
            return byKey.entrySet().stream()
                    .collect(Collectors.toMap(entry -> entry.getKey().code(), Map.Entry::getValue));
        }

        private static Map<QuotaKey, Integer> keys(Map<String, Integer> byCode) {
            return byCode.entrySet().stream()
                    .collect(Collectors.toMap(entry -> QuotaKey.of(entry.getKey()), Map.Entry::getValue));
        }
    }

    /**
     * The same order in other categories, for those whose proof was not accepted. While it stands, it is what is held.
     *
     * @param categories of the attendees, in their order
     */
    public record Offer(Price price, Taken takes, List<String> categories) {

        public Offer {
            categories = List.copyOf(categories);
        }
    }

    /**
     * Until when quota is held.
     *
     * @param expiresAt business time; {@code null} where nothing is held
     * @param extended whether the one extension was used
     * @param paymentRevision of the last {@code payment.request}; 0 before the first
     */
    public record Hold(@Nullable Instant expiresAt, boolean extended, long paymentRevision) {}

    /**
     * What payment-service reported, and what was decided about it.
     *
     * @param captured the sum of all captures
     * @param refunded the sum of what was given back
     * @param status payment-service's word for it, {@code awaiting} before it said any
     * @param answered the capture that was answered with keep or refund
     * @param refunds the refunds that were commanded
     * @param disputeOpen whether tickets are frozen
     * @param lastFailure the instant of the newest failed try that is in the timeline
     * @param receipt the newest receipt's number, once there is one
     * @param creditNote the newest credit note's number, once there is one
     */
    public record MoneyMoved(
            Money captured,
            Money refunded,
            String status,
            @Nullable Answer answered,
            List<Refund> refunds,
            boolean disputeOpen,
            @Nullable Instant lastFailure,
            @Nullable String receipt,
            @Nullable String creditNote) {

        /** The word of the HTTP contract for money on its way. */
        public static final String PROCESSING = "processing";

        public MoneyMoved {
            refunds = List.copyOf(refunds);
        }

        public static MoneyMoved none(String currency) {
            Money zero = new Money(0, currency);
            return new MoneyMoved(zero, zero, "awaiting", null, List.of(), false, null, null, null);
        }

        public MoneyMoved answered(Answer newAnswer) {
            return new MoneyMoved(
                    captured, refunded, status, newAnswer, refunds, disputeOpen, lastFailure, receipt, creditNote);
        }

        public MoneyMoved refunds(List<Refund> newRefunds) {
            return new MoneyMoved(
                    captured, refunded, status, answered, newRefunds, disputeOpen, lastFailure, receipt, creditNote);
        }

        public MoneyMoved disputed(boolean open) {
            return new MoneyMoved(
                    captured, refunded, status, answered, refunds, open, lastFailure, receipt, creditNote);
        }

        public MoneyMoved failedAt(Instant at) {
            return new MoneyMoved(captured, refunded, status, answered, refunds, disputeOpen, at, receipt, creditNote);
        }

        /** Money is being booked, and its capture is not told yet. */
        public MoneyMoved processing() {
            return new MoneyMoved(
                    captured, refunded, PROCESSING, answered, refunds, disputeOpen, lastFailure, receipt, creditNote);
        }

        /** What has been commanded to be given back and has not failed for good. */
        public long commandedAmount() {
            return refunds.stream()
                    .filter(refund -> refund.state() != Refund.State.failed)
                    .mapToLong(refund -> refund.amount().amount())
                    .sum();
        }
    }

    /** How a capture was answered. */
    public enum Answer {
        keep,
        refund
    }

    /**
     * A refund that was commanded.
     *
     * @param id the refund's and its command's id
     * @param tries the how manieth try to give this money back, from 1
     */
    public record Refund(UUID id, Money amount, String reason, State state, int tries) {

        public enum State {
            commanded,
            done,
            failed
        }
    }

    public Registration {
        attendees = List.copyOf(attendees);
        policy = List.copyOf(policy);
    }

    public Money total() {
        return price.total();
    }

    public boolean nothingToPay() {
        return price.total().amount() == 0;
    }

    /** Whether its tickets can be used: while a payment is disputed they are frozen. */
    public boolean hasTickets() {
        return status == Status.CONFIRMED && !money.disputeOpen();
    }

    /** The first revision, in the state that it begins with. */
    public Registration beginAs(Status first) {
        return changed(first, revision, hold, money, reason, changedAt);
    }

    /** The next revision, in a state, at an instant. Why one came into the state before is not said of another state. */
    public Registration next(Status to, Instant at) {
        return changed(to, revision + 1, hold, money, to == status ? reason : null, at);
    }

    public Registration with(Hold newHold) {
        return changed(status, revision, newHold, money, reason, changedAt);
    }

    public Registration with(MoneyMoved newMoney) {
        return changed(status, revision, hold, newMoney, reason, changedAt);
    }

    public Registration because(@Nullable String newReason) {
        return changed(status, revision, hold, money, newReason, changedAt);
    }

    public Registration with(List<Attendee> newAttendees) {
        return ordering(newAttendees, price, takes, offer, reason);
    }

    /** With an offer, or without the one that there was. */
    public Registration offering(@Nullable Offer newOffer) {
        return ordering(attendees, price, takes, newOffer, reason);
    }

    /** The offer becomes the order, and why there had to be one is past. */
    public Registration taking(Offer accepted) {
        List<Attendee> moved = new ArrayList<>();
        for (int i = 0; i < attendees.size(); i++) {
            Attendee attendee = attendees.get(i);
            String category = accepted.categories().get(i);
            moved.add(attendee.category().equals(category) ? attendee : attendee.movedTo(category));
        }
        return ordering(moved, accepted.price(), accepted.takes(), null, null);
    }

    private Registration ordering(
            List<Attendee> newAttendees,
            Price newPrice,
            Taken newTakes,
            @Nullable Offer newOffer,
            @Nullable String newReason) {
        return new Registration(
                id,
                reference,
                conference,
                status,
                revision,
                contact,
                contactGeneration,
                newAttendees,
                newPrice,
                newTakes,
                hold,
                paymentMethod,
                invoice,
                policy,
                money,
                newOffer,
                newReason,
                createdAt,
                changedAt);
    }

    private Registration changed(
            Status newStatus,
            long newRevision,
            Hold newHold,
            MoneyMoved newMoney,
            @Nullable String newReason,
            Instant newChangedAt) {
        return new Registration(
                id,
                reference,
                conference,
                newStatus,
                newRevision,
                contact,
                contactGeneration,
                attendees,
                price,
                takes,
                newHold,
                paymentMethod,
                invoice,
                policy,
                newMoney,
                offer,
                newReason,
                createdAt,
                newChangedAt);
    }
}
