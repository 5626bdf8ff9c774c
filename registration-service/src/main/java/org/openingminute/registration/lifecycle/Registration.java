package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.inventory.Allocation;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.inventory.Unpaid;
import org.openingminute.registration.lifecycle.ReasonCode.LegacyReasons;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.RefundPolicy;
import org.openingminute.registration.sale.RefundPolicy.CancellationRule;
import org.openingminute.registration.sale.RegistrationRequest.RequestedContact;

/**
 * One person's order. Immutable; a change makes a new one with the next revision. In its document what changes comes first,
 * because the database's log leaves out the equal end of two versions.
 *
 * @param revision grows with each change; the sequence of its events
 * @param offer the offer while it is rejected; {@code null} if there is none
 * @param policy the cancellation policy as it was when it was made
 * @param reason why it was refused, cancelled or ended
 * @param createdAt business time
 * @param changedAt business time
 */
@JsonPropertyOrder({"status", "revision", "changedAt", "hold", "money", "offer", "reason"})
public record Registration(
        UUID id,
        String reference,
        String conference,
        Status status,
        long revision,
        Contact contact,
        @JsonUnwrapped ContactLinks contactLinks,
        List<Attendee> attendees,
        FixedPrice price,
        @JsonProperty("takes") AllocatedSeats allocation,
        Hold hold,
        PaymentMethod paymentMethod,
        Invoice invoice,
        List<CancellationRule> policy,
        PaymentSummary money,
        @Nullable Offer offer,
        @JsonUnwrapped Reason reason,
        Instant createdAt,
        Instant changedAt) {

    /**
     * The reason of a state or a refund. It is stored as three fields of its owner, of which earlier versions know only the
     * first.
     *
     * @param text in plain English, for readers that do not know the code; {@code null} if there is no reason
     * @param code {@code null} if there is no reason, or if it is a person's or a later version's
     * @param note an organiser's own words
     */
    public record Reason(
            @JsonProperty("reason") @Nullable String text,
            @JsonProperty("reasonCode") @Nullable ReasonCode code,
            @JsonProperty("reasonNote") @Nullable String note) {

        public static final Reason NONE = new Reason(null, null, null);

        public static Reason of(ReasonCode code) {
            return new Reason(code.inWords(), code, null);
        }

        /** Adds an organiser's own words, which replace ours if there are any. */
        public static Reason of(ReasonCode code, @Nullable String note) {
            return new Reason(note == null ? code.inWords() : note, code, note);
        }

        @JsonCreator
        static Reason read(
                @JsonProperty("reason") @Nullable String text,
                @JsonProperty("reasonCode") @Nullable String code,
                @JsonProperty("reasonNote") @Nullable String note) {
            if (code != null) {
                return new Reason(text, ReasonCode.of(code), note);
            }
            return text == null ? NONE : new Reason(text, LegacyReasons.reason(text), null);
        }
    }

    /**
     * By whom its seats count while nobody has paid for them, as keyed hashes.
     *
     * @param mailbox of its contact
     * @param address from which it was made; {@code null} if its contact has confirmed the mailbox
     */
    public record CountedBy(UUID mailbox, @Nullable UUID address) {}

    /**
     * The links that open it for its contact, stored as fields of its owner.
     *
     * @param generation lower ones have ended
     * @param endedAt when links were ended last, oldest first, as many times as an hour allows; business time
     * @param openedAt when the contact first opened a mailed one; {@code null} if nobody has. Business time
     * @param countedBy {@code null} if it was made while limits were off, and once it can count no more
     * @param formerContacts who is to be told that it has another contact, the newest last
     */
    public record ContactLinks(
            @JsonProperty("contactGeneration") int generation,

            @JsonProperty("linksEndedAt") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            List<Instant> endedAt,

            @JsonProperty("linkOpenedAt") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant openedAt,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            CountedBy countedBy,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FormerContact> formerContacts) {

        public static final ContactLinks FIRST = new ContactLinks(0, List.of(), null, null, List.of());

        private static final int MOST_IN_AN_HOUR = 5;
        /** Whoever reads a mailbox that is not the contact's must not keep staff from correcting the address. */
        private static final int MOST_BY_STAFF = MOST_IN_AN_HOUR + 1;

        private static final Duration HOUR = Duration.ofHours(1);

        public ContactLinks {
            endedAt = endedAt == null ? List.of() : List.copyOf(endedAt);
            formerContacts = formerContacts == null ? List.of() : List.copyOf(formerContacts);
        }

        /** Ends all links there are; the next ones are of this generation. */
        public ContactLinks ended(int next, Instant at) {
            return new ContactLinks(next, lastOf(endedAt, at), openedAt, countedBy, formerContacts);
        }

        private static <T> List<T> lastOf(List<T> before, T next) {
            List<T> all = new ArrayList<>(before);
            all.add(next);
            return all.subList(Math.max(0, all.size() - MOST_BY_STAFF), all.size());
        }

        /**
         * The same, of a registration with another address of its contact.
         *
         * @param mailbox of the new address, by which unpaid seats count from now on
         */
        public ContactLinks replacing(Contact former, UUID mailbox) {
            return new ContactLinks(
                    generation,
                    endedAt,
                    openedAt,
                    countedBy == null ? null : new CountedBy(mailbox, countedBy.address()),
                    lastOf(
                            formerContacts,
                            new FormerContact(generation, former.name(), former.email(), former.locale())));
        }

        /** Whether unpaid seats of its owner count as those of somebody who may have typed another person's address. */
        public boolean unconfirmed() {
            return countedBy != null && openedAt == null;
        }

        /** The same, of which a mailed one was opened. */
        public ContactLinks opened(Instant at) {
            return new ContactLinks(
                    generation,
                    endedAt,
                    at,
                    countedBy == null ? null : new CountedBy(countedBy.mailbox(), null),
                    formerContacts);
        }

        /** The same, whose unpaid seats count by somebody. */
        public ContactLinks countedBy(@Nullable CountedBy by) {
            return new ContactLinks(generation, endedAt, openedAt, by, formerContacts);
        }

        /** The parts of the counts that unpaid seats of its owner are. */
        private Map<Unpaid.Part, Integer> unpaid(int seats, Instant endsAt, boolean invoice) {
            if (countedBy == null) {
                return Map.of();
            }
            // Of what few hold every end is known; of what all hold together its minute or, for holds of days, its day.
            Map<Unpaid.Part, Integer> parts = new HashMap<>();
            parts.put(new Unpaid.Part(countedBy.mailbox(), endsAt), seats);
            if (countedBy.address() != null) {
                parts.put(new Unpaid.Part(countedBy.address(), endsAt), seats);
                parts.put(new Unpaid.Part(Unpaid.UNCONFIRMED, endOf(ChronoUnit.MINUTES, endsAt)), seats);
            }
            if (invoice) {
                parts.put(new Unpaid.Part(Unpaid.INVOICES, endOf(ChronoUnit.DAYS, endsAt)), seats);
            }
            return parts;
        }

        private static Instant endOf(ChronoUnit unit, Instant at) {
            return at.plus(unit.getDuration()).minusMillis(1).truncatedTo(unit);
        }

        /** How long it takes until links may be ended again; empty if they may be now. A clock that was moved back is no wait. */
        public Optional<Duration> waitToEnd(Instant now, boolean byStaff) {
            int most = byStaff ? MOST_BY_STAFF : MOST_IN_AN_HOUR;
            return Optional.of(endedAt)
                    .filter(times -> times.size() >= most && !times.getLast().isAfter(now))
                    .map(times ->
                            Duration.between(now, times.get(times.size() - most).plus(HOUR)))
                    .filter(Duration::isPositive);
        }
    }

    /** The way of payment: by card, by transfer after an invoice, or to whoever sold it at the desk. */
    public enum PaymentMethod {
        card,
        invoice,
        desk
    }

    /** Whether tickets open a gate. */
    public enum TicketState {
        @JsonProperty("valid")
        VALID,
        /** The registration is cancelled, or the seat was given to somebody else. */
        @JsonProperty("ended")
        ENDED,
        /** The payment is disputed. */
        @JsonProperty("frozen")
        FROZEN,
        /** There are none, or none yet. */
        @JsonProperty("none")
        NONE;

        /** The name on the wire and in files. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Data for the receipt besides the name. */
    public record Invoice(
            @Nullable String organization,
            @Nullable String taxId,
            @Nullable String address,
            @Nullable String purchaseOrder) {}

    /**
     * The price; fixed at the hold.
     *
     * @param phase the code of the phase that gave the prices
     * @param voucher the code that was used, in the definition's spelling
     */
    public record FixedPrice(
            List<Quote.PriceLine> lines,
            Money discount,
            Money tax,
            Money total,
            String phase,
            @Nullable String voucher) {

        public FixedPrice {
            lines = List.copyOf(lines);
        }
    }

    /**
     * The seats that are, or were, allocated to it.
     *
     * @param amounts how many, by the quota's code
     * @param underReservation how many of them come from its voucher's reservation
     */
    public record AllocatedSeats(Map<String, Integer> amounts, Map<String, Integer> underReservation) {

        public AllocatedSeats {
            amounts = Map.copyOf(amounts);
            underReservation = Map.copyOf(underReservation);
        }

        public static AllocatedSeats of(Allocation allocation) {
            return new AllocatedSeats(codes(allocation.amounts()), codes(allocation.reserved()));
        }

        /** The same with typed quotas. */
        public Allocation asAllocation() {
            return new Allocation(keys(amounts), keys(underReservation));
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
     * The same order in other categories, for attendees whose proof was not accepted. Its seats are held as long as it is
     * open.
     *
     * @param categories of the attendees, in their order
     */
    public record Offer(
            FixedPrice price, @JsonProperty("takes") AllocatedSeats allocation, List<String> categories) {

        public Offer {
            categories = List.copyOf(categories);
        }
    }

    /**
     * The hold of quota.
     *
     * @param expiresAt business time; {@code null} if nothing is held
     * @param extended whether the one extension was used
     * @param paymentRevision the revision of the last {@code payment.request}; 0 before the first
     * @param onceOpened the end that it gets once the contact opens a mailed link; {@code null} if it has its own
     */
    public record Hold(
            @Nullable Instant expiresAt,
            boolean extended,
            long paymentRevision,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant onceOpened) {

        public static final Hold NONE = new Hold(null, false, 0, null);

        /** Its own end, whether or not it has it already. */
        public @Nullable Instant ownEnd() {
            return onceOpened == null ? expiresAt : onceOpened;
        }

        public Hold requested(long revision) {
            return new Hold(expiresAt, extended, revision, onceOpened);
        }
    }

    /**
     * A transfer that an organiser marked as received.
     *
     * @param reference as the bank gives it; identifies the transfer
     * @param command the id of the command to book it; {@code null} if it was marked before that was stored
     */
    public record TransferredSurplus(
            String reference, Money amount, @Nullable UUID command) {}

    /**
     * Transferred money that is refunded without a decision of ours.
     *
     * @param done whether an organiser has transferred it
     */
    public record Return(UUID id, Money amount, boolean done) {}

    /** The answer to a capture. */
    public enum CaptureDecision {
        keep,
        refund
    }

    /**
     * A refund that was commanded.
     *
     * @param id the refund's and its command's id
     * @param reason in plain English, or an organiser's own words
     * @param reasonCode {@code null} if it was commanded before there were codes
     * @param attempt the number of this attempt to refund the money, from 1
     */
    public record Refund(
            UUID id,
            Money amount,
            String reason,
            @Nullable ReasonCode reasonCode,
            State state,
            @JsonProperty("tries") int attempt) {

        /** The most attempts to refund the same money. */
        public static final int MAX_ATTEMPTS = 3;

        public enum State {
            commanded,
            done,
            failed
        }

        public Refund in(State newState) {
            return new Refund(id, amount, reason, reasonCode, newState, attempt);
        }

        /** Whether another refund has replaced it. */
        public boolean isTriedAgain() {
            return state == State.failed && attempt < MAX_ATTEMPTS;
        }
    }

    public Registration {
        attendees = List.copyOf(attendees);
        policy = List.copyOf(policy);
        boolean mayCount = switch (status) {
            case PENDING_REVIEW, PENDING_PAYMENT -> true;
            case REJECTED -> hold.expiresAt() != null;
            case CONFIRMED -> price.total().amount() == 0 && contactLinks.openedAt() == null;
            case EXPIRED, CANCELLED -> false;
        };
        contactLinks = mayCount ? contactLinks : contactLinks.countedBy(null);
    }

    public Money total() {
        return price.total();
    }

    public boolean nothingToPay() {
        return price.total().amount() == 0;
    }

    /**
     * The seats that it holds and nobody has paid for, by whom they count. Where there is nothing to pay they count until
     * the contact has opened a mailed link.
     */
    public Map<Unpaid.Part, Integer> unpaid() {
        return contactLinks.unpaid(
                attendees.size(),
                Objects.requireNonNullElse(hold.expiresAt(), Unpaid.NEVER),
                paymentMethod == PaymentMethod.invoice && !nothingToPay());
    }

    /** Whether it matters that its contact opens a mailed link. */
    public boolean awaitsOpening() {
        return contactLinks.unconfirmed() && !unpaid().isEmpty();
    }

    /** Money transferred while seats are held, and not booked yet. */
    public Money parts() {
        return status == Status.PENDING_PAYMENT ? money.unbooked() : new Money(0, total().currency());
    }

    /** Whether the full amount due has come by transfer, and only its booking is not reported yet. */
    public boolean isBeingBooked() {
        boolean wanted = status == Status.PENDING_PAYMENT || status == Status.EXPIRED;
        return wanted && !nothingToPay() && money.unbooked().amount() >= total().amount();
    }

    /**
     * The refund of a cancellation at an instant: partial transfers in full, because no seat was sold, otherwise by the
     * policy.
     */
    public RefundPolicy.QuotedRefund refundNow(Instant at) {
        return parts().amount() > 0
                ? new RefundPolicy.QuotedRefund(parts(), "Not confirmed yet: all that was paid.")
                : RefundPolicy.refund(
                        policy,
                        at,
                        money.captured(),
                        new Money(money.commandedAmount(), money.captured().currency()));
    }

    /** The refund of a cancellation that gives all back: partial transfers, because no seat was sold, otherwise what is left. */
    public Money refundInFull() {
        return parts().amount() > 0 ? parts() : money.left();
    }

    /** Whether its tickets can be used; they are frozen while a payment is disputed. */
    public boolean hasTickets() {
        return status == Status.CONFIRMED && !money.disputeOpen();
    }

    /** Whether its tickets open a gate. */
    public TicketState tickets() {
        return switch (status) {
            case CONFIRMED -> hasTickets() ? TicketState.VALID : TicketState.FROZEN;
            case CANCELLED -> TicketState.ENDED;
            case PENDING_REVIEW, PENDING_PAYMENT, REJECTED, EXPIRED -> TicketState.NONE;
        };
    }

    /** A draft with its reference and its time. */
    public Registration numbered(String newReference, Instant at) {
        return new Registration(
                id,
                newReference,
                conference,
                status,
                revision,
                contact,
                contactLinks,
                attendees,
                price,
                allocation,
                hold,
                paymentMethod,
                invoice,
                policy,
                money,
                offer,
                reason,
                at,
                at);
    }

    /** The same order sold at the desk, where every proof was seen. */
    public Registration soldAtDesk(PaymentSummary paid) {
        return new Registration(
                id,
                reference,
                conference,
                status,
                revision,
                contact,
                contactLinks,
                attendees.stream()
                        .map(each -> each.proof() == null ? each : each.with(Attendee.Proof.accepted))
                        .toList(),
                price,
                allocation,
                hold,
                PaymentMethod.desk,
                invoice,
                policy,
                paid,
                offer,
                reason,
                createdAt,
                changedAt);
    }

    /** The first revision, in its initial state. */
    public Registration beginAs(Status first) {
        return changed(first, revision, hold, money, reason, changedAt);
    }

    /** A later revision, in a state, at an instant. A new state does not keep the former reason. */
    public Registration next(Status to, long newRevision, Instant at) {
        return changed(to, newRevision, hold, money, to == status ? reason : Reason.NONE, at);
    }

    public Registration with(Hold newHold) {
        return changed(status, revision, newHold, money, reason, changedAt);
    }

    public Registration with(PaymentSummary newMoney) {
        return changed(status, revision, hold, newMoney, reason, changedAt);
    }

    public Registration because(Reason newReason) {
        return changed(status, revision, hold, money, newReason, changedAt);
    }

    public Registration with(List<Attendee> newAttendees) {
        return ordering(newAttendees, price, allocation, offer, reason);
    }

    public Registration with(ContactLinks links) {
        return with(contact, links);
    }

    /** The same order for another contact, or for one with other details. */
    public Registration with(Contact newContact, ContactLinks links) {
        return new Registration(
                id,
                reference,
                conference,
                status,
                revision,
                newContact,
                links,
                attendees,
                price,
                allocation,
                hold,
                paymentMethod,
                invoice,
                policy,
                money,
                offer,
                reason,
                createdAt,
                changedAt);
    }

    /** Sets or removes the offer. */
    public Registration offering(@Nullable Offer newOffer) {
        return ordering(attendees, price, allocation, newOffer, reason);
    }

    /** Makes the offer the order, and drops the reason of the refusal. */
    public Registration taking(Offer accepted) {
        List<Attendee> moved = new ArrayList<>();
        for (int i = 0; i < attendees.size(); i++) {
            Attendee attendee = attendees.get(i);
            String category = accepted.categories().get(i);
            moved.add(attendee.category().equals(category) ? attendee : attendee.movedTo(category));
        }
        return ordering(moved, accepted.price(), accepted.allocation(), null, Reason.NONE);
    }

    private Registration ordering(
            List<Attendee> newAttendees,
            FixedPrice newPrice,
            AllocatedSeats newAllocation,
            @Nullable Offer newOffer,
            Reason newReason) {
        return new Registration(
                id,
                reference,
                conference,
                status,
                revision,
                contact,
                contactLinks,
                newAttendees,
                newPrice,
                newAllocation,
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
            PaymentSummary newMoney,
            Reason newReason,
            Instant newChangedAt) {
        return new Registration(
                id,
                reference,
                conference,
                newStatus,
                newRevision,
                contact,
                contactLinks,
                attendees,
                price,
                allocation,
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

    /**
     * The owner of a registration.
     *
     * @param locale the language of pages and mails: {@code en} or {@code de}
     */
    public record Contact(String name, String email, String locale) {

        /** The same with what a checked correction has. */
        public Contact corrected(RequestedContact correction) {
            return new Contact(
                    correction.name() == null ? name : correction.name().strip(),
                    correction.email() == null ? email : correction.email().strip(),
                    correction.locale() == null ? locale : correction.locale());
        }
    }

    /**
     * A contact whose address was replaced.
     *
     * @param generation of the links that took the place of this contact's
     */
    public record FormerContact(int generation, String name, String email, String locale) {}
}
