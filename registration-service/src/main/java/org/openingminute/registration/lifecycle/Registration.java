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
 * One person's order. Immutable; each change creates a new instance with the next revision. In the JSON document the fields that change
 * come first, because PostgreSQL's write-ahead log omits the common end of two row versions.
 *
 * @param revision grows with each change; the sequence of the registration's events
 * @param offer the offer to a rejected registration; {@code null} if there is none
 * @param policy the cancellation policy at the time of registration
 * @param reason why the registration was refused, cancelled or ended
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
     * The reason of a state or a refund. It is stored as three fields of its owner; earlier versions know only the first.
     *
     * @param text in plain English, for readers that do not know the code; {@code null} if there is no reason
     * @param code {@code null} if there is no reason, or if a person or a later version wrote it
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

        /** Returns the reason with a code; an organiser's own words, if any, replace the standard text. */
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
     * The subjects for whom unpaid seats are counted, as keyed hashes.
     *
     * @param mailbox of the contact
     * @param address the client's network address; {@code null} if the contact has confirmed the mailbox
     */
    public record CountedBy(UUID mailbox, @Nullable UUID address) {}

    /**
     * The links with which the contact opens the registration, stored as fields of the registration.
     *
     * @param generation the current one; links of lower generations are invalid
     * @param endedAt when links were invalidated most recently, oldest first, as many times as the limit per hour needs; business time
     * @param openedAt when the contact first opened a mailed link, in business time; {@code null} if never
     * @param countedBy {@code null} if limits were off at the time of registration, or if the seats can no longer count
     * @param formerContacts earlier contacts, who are notified of the change; the newest last
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
        /**
         * One more than for everyone, so that staff can still correct the address if a stranger who reads the wrong mailbox uses up the
         * limit.
         */
        private static final int MOST_BY_STAFF = MOST_IN_AN_HOUR + 1;

        private static final Duration HOUR = Duration.ofHours(1);

        public ContactLinks {
            endedAt = endedAt == null ? List.of() : List.copyOf(endedAt);
            formerContacts = formerContacts == null ? List.of() : List.copyOf(formerContacts);
        }

        /** Invalidates all links; new links have the generation {@code next}. */
        public ContactLinks ended(int next, Instant at) {
            return new ContactLinks(next, lastOf(endedAt, at), openedAt, countedBy, formerContacts);
        }

        private static <T> List<T> lastOf(List<T> before, T next) {
            List<T> all = new ArrayList<>(before);
            all.add(next);
            return all.subList(Math.max(0, all.size() - MOST_BY_STAFF), all.size());
        }

        /**
         * Returns the links after the contact's address was replaced.
         *
         * @param mailbox of the new address, for which unpaid seats count from now on
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

        /** Whether the contact has not yet proved to own the mailbox, so that the address may be another person's. */
        public boolean unconfirmed() {
            return countedBy != null && openedAt == null;
        }

        /** Returns the links after the contact opened a mailed link. */
        public ContactLinks opened(Instant at) {
            return new ContactLinks(
                    generation,
                    endedAt,
                    at,
                    countedBy == null ? null : new CountedBy(countedBy.mailbox(), null),
                    formerContacts);
        }

        /** Returns the links with other subjects for whom unpaid seats count. */
        public ContactLinks countedBy(@Nullable CountedBy by) {
            return new ContactLinks(generation, endedAt, openedAt, by, formerContacts);
        }

        /** Returns the contribution of the registration's unpaid seats to the counts. */
        private Map<Unpaid.Part, Integer> unpaid(int seats, Instant endsAt, boolean invoice) {
            if (countedBy == null) {
                return Map.of();
            }
            // A single subject's holds are few, so their exact ends are kept. Counts shared by all subjects are grouped
            // by minute or, for invoices, by day.
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

        /** Returns how long links cannot be invalidated again; empty if they can be now. If the clock was set back, there is no wait. */
        public Optional<Duration> waitToEnd(Instant now, boolean byStaff) {
            int most = byStaff ? MOST_BY_STAFF : MOST_IN_AN_HOUR;
            return Optional.of(endedAt)
                    .filter(times -> times.size() >= most && !times.getLast().isAfter(now))
                    .map(times ->
                            Duration.between(now, times.get(times.size() - most).plus(HOUR)))
                    .filter(Duration::isPositive);
        }
    }

    /** How a registration is paid: by card, by transfer after an invoice, or at the desk. */
    public enum PaymentMethod {
        card,
        invoice,
        desk
    }

    /** Whether the registration's tickets are valid. */
    public enum TicketState {
        @JsonProperty("valid")
        VALID,
        /** The registration is cancelled, or the seat was given to somebody else. */
        @JsonProperty("ended")
        ENDED,
        /** The payment is disputed. */
        @JsonProperty("frozen")
        FROZEN,
        /** There are no tickets, or none yet. */
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
     * The seats allocated to the registration, now or in the past.
     *
     * @param amounts the number of seats by the quota's code
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

        /** Returns the same amounts with typed quotas. */
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
     * An alternative for attendees whose proof was not accepted: the same order in other categories. Its seats are held while the offer is
     * open.
     *
     * @param categories one per attendee, in the attendees' order
     */
    public record Offer(
            FixedPrice price, @JsonProperty("takes") AllocatedSeats allocation, List<String> categories) {

        public Offer {
            categories = List.copyOf(categories);
        }
    }

    /**
     * The hold of seats.
     *
     * @param expiresAt business time; {@code null} if nothing is held
     * @param extended whether the one extension was used
     * @param paymentRevision the revision of the last {@code payment.request}; 0 before the first
     * @param onceOpened the regular end, which applies once the contact opens a mailed link; {@code null} if it applies already
     */
    public record Hold(
            @Nullable Instant expiresAt,
            boolean extended,
            long paymentRevision,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant onceOpened) {

        public static final Hold NONE = new Hold(null, false, 0, null);

        /** Returns the regular end of the hold, whether or not it applies yet. */
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
     * A refund of transferred money that payment-service makes without a decision of this service.
     *
     * @param done whether an organiser has made the transfer
     */
    public record Return(UUID id, Money amount, boolean done) {}

    /** The decision on a capture. */
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

        /** Whether another attempt has replaced this refund. */
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
     * Returns the unpaid seats that this registration holds, by the subjects for whom they count. Seats that cost nothing count until the
     * contact opens a mailed link.
     */
    public Map<Unpaid.Part, Integer> unpaid() {
        return contactLinks.unpaid(
                attendees.size(),
                Objects.requireNonNullElse(hold.expiresAt(), Unpaid.NEVER),
                paymentMethod == PaymentMethod.invoice && !nothingToPay());
    }

    /** Whether opening a mailed link would change anything. */
    public boolean awaitsOpening() {
        return contactLinks.unconfirmed() && !unpaid().isEmpty();
    }

    /** Returns money that was transferred while seats are held and that is not booked yet. */
    public Money parts() {
        return status == Status.PENDING_PAYMENT ? money.unbooked() : new Money(0, total().currency());
    }

    /** Whether transfers cover the amount due and only the report of their booking is outstanding. */
    public boolean isBeingBooked() {
        boolean wanted = status == Status.PENDING_PAYMENT || status == Status.EXPIRED;
        return wanted && !nothingToPay() && money.unbooked().amount() >= total().amount();
    }

    /**
     * Returns the refund of a cancellation at an instant: partial transfers in full, because no seat was sold; otherwise as the policy
     * says.
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

    /** Returns the refund of a cancellation in full: partial transfers if no seat was sold, otherwise all money not refunded yet. */
    public Money refundInFull() {
        return parts().amount() > 0 ? parts() : money.left();
    }

    /** Whether the tickets are usable; they are frozen while a payment is disputed. */
    public boolean hasTickets() {
        return status == Status.CONFIRMED && !money.disputeOpen();
    }

    /** Returns the state of the tickets. */
    public TicketState tickets() {
        return switch (status) {
            case CONFIRMED -> hasTickets() ? TicketState.VALID : TicketState.FROZEN;
            case CANCELLED -> TicketState.ENDED;
            case PENDING_REVIEW, PENDING_PAYMENT, REJECTED, EXPIRED -> TicketState.NONE;
        };
    }

    /** Returns the draft with its reference and creation time. */
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

    /** Returns the order as sold at the desk, where staff have seen every proof. */
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

    /** Returns the first revision, in its initial state. */
    public Registration beginAs(Status first) {
        return changed(first, revision, hold, money, reason, changedAt);
    }

    /** Returns the next revision in a state. The reason of the previous state is dropped. */
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

    /** Returns the registration with another contact, or with corrected details of the same one. */
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

    /** Replaces the order by the offer and drops the reason of the refusal. */
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

        /** Returns the contact with the fields that a checked correction contains. */
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
     * @param generation of the links that replaced this contact's links
     */
    public record FormerContact(int generation, String name, String email, String locale) {}
}
