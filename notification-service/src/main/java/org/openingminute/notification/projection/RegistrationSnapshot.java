package org.openingminute.notification.projection;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data of a registration that mails need, as its newest event reports it. Instants are business time.
 *
 * @param contactGeneration the generation in the contact's access tokens
 * @param formerContacts contacts whose addresses were replaced, the newest last
 * @param holdExpiresAt {@code null} if nothing is held
 * @param reason why it was cancelled, refused or ended, or why money is refunded
 * @param refundPlanned the amount that will be refunded after a cancellation or late money
 * @param offer the offer after a refused proof
 * @param paymentMethod the chosen way of payment
 * @param awaitsOpening whether opening a mailed link would change anything; {@code null} from earlier versions
 * @param holdOnceOpened the regular end of the hold, which applies once the contact opens a mailed link; {@code null} if it applies already
 */
public record RegistrationSnapshot(
        UUID id,
        String reference,
        String conference,
        RegistrationStatus status,
        ReportedContact contact,
        long contactGeneration,
        List<ReportedFormerContact> formerContacts,
        List<ReportedAttendee> attendees,
        Money total,
        @Nullable Money discount,
        @Nullable Money tax,
        List<ReportedOrderLine> lines,
        @Nullable Instant holdExpiresAt,
        Instant changedAt,
        @Nullable Money captured,
        @Nullable Money refunded,
        @JsonUnwrapped Reason reason,
        @Nullable Money refundPlanned,
        @Nullable ReportedOffer offer,
        @Nullable String paymentMethod,
        @Nullable Boolean awaitsOpening,
        @Nullable Instant holdOnceOpened) {

    /**
     * The reason of a state or a refund.
     *
     * @param text in plain English; {@code null} where there is no reason
     * @param code {@code null} if there is no reason, or if a person wrote it in a message without codes
     * @param note an organiser's own words
     */
    public record Reason(
            @JsonProperty("reason") @Nullable String text,
            @JsonProperty("reasonCode") @Nullable ReasonCode code,
            @JsonProperty("reasonNote") @Nullable String note) {

        public Reason {
            code = code == null && text != null ? LegacyReasons.code(text) : code;
        }

        public boolean is(ReasonCode other) {
            return code == other;
        }

        /** Whether it is the reason of a refund, and not of a registration's end. */
        public boolean isAboutMoney() {
            return code != null && code.isAboutMoney();
        }
    }

    public RegistrationSnapshot {
        Objects.requireNonNull(id, "a registration has an id");
        Objects.requireNonNull(reference, "a registration has a reference");
        Objects.requireNonNull(conference, "a registration belongs to a conference");
        Objects.requireNonNull(status, "a registration has a status");
        Objects.requireNonNull(contact, "a registration has a contact");
        Objects.requireNonNull(total, "a registration has a total");
        Objects.requireNonNull(changedAt, "a state has a time of change");
        formerContacts = formerContacts == null ? List.of() : List.copyOf(formerContacts);
        attendees = attendees == null ? List.of() : List.copyOf(attendees);
        lines = lines == null ? List.of() : List.copyOf(lines);
    }

    /** Returns the time from this change to the end of the hold; empty if nothing is held. */
    public Optional<Duration> heldFor() {
        return Optional.ofNullable(holdExpiresAt).map(end -> Duration.between(changedAt, end));
    }

    /** Whether opening a mailed link would extend the hold or change how its seats count. */
    public boolean isToBeOpened() {
        return Boolean.TRUE.equals(awaitsOpening);
    }

    /** Whether it is paid by bank transfer, possibly in parts. */
    public boolean isPaidByInvoice() {
        return "invoice".equals(paymentMethod);
    }

    /** Whether it was sold at the desk, where its money was taken. */
    public boolean isSoldAtDesk() {
        return "desk".equals(paymentMethod);
    }

    /** Whether money arrived, according to the registration's own events. */
    public boolean hasCaptured() {
        return captured != null && captured.isPositive();
    }

    /** Whether nobody has paid, so that anybody could have registered in another person's name. */
    public boolean isUnpaid() {
        return !hasCaptured() && !(status == RegistrationStatus.CONFIRMED && total.isPositive());
    }

    /** Returns the money that was or will be refunded; empty if there is none. */
    public Optional<Money> givenBack() {
        return Optional.ofNullable(refundPlanned)
                .filter(Money::isPositive)
                .or(() -> Optional.ofNullable(refunded).filter(Money::isPositive));
    }

    /**
     * Whether refunded money arrived after the hold had ended. If the money was refunded before that, because it was not the amount due,
     * the reason states why the hold ended. Late money stays late even if the payer's bank withdraws it.
     */
    public boolean wasPaidLate() {
        return status == RegistrationStatus.EXPIRED
                && hasCaptured()
                && givenBack().isPresent()
                && (reason.isAboutMoney() || reason.is(ReasonCode.DISPUTE_LOST));
    }

    /** Whether it was cancelled because the payer's bank withdrew the money. */
    public boolean wasDisputeLost() {
        return status == RegistrationStatus.CANCELLED && reason.is(ReasonCode.DISPUTE_LOST);
    }

    /** Whether a category needed a proof, and every proof was accepted. */
    public boolean isProved() {
        List<ReportedProof> proofs = attendees.stream()
                .map(ReportedAttendee::proof)
                .flatMap(Stream::ofNullable)
                .toList();
        return !proofs.isEmpty() && proofs.stream().allMatch(proof -> proof == ReportedProof.ACCEPTED);
    }

    /**
     * Returns the registration with one of its former contacts in place of the current one.
     *
     * @param generation that invalidated the links of that contact; a mail about the contact has it as its subject
     * @throws IllegalArgumentException if there is no such contact
     */
    public RegistrationSnapshot toFormerContact(String generation) {
        ReportedContact former = formerContacts.stream()
                .filter(one -> Long.toString(one.generation()).equals(generation))
                .findFirst()
                .map(one -> new ReportedContact(one.name(), one.email(), one.locale()))
                .orElseThrow(() -> new IllegalArgumentException("no former contact for this mail"));
        return new RegistrationSnapshot(
                id,
                reference,
                conference,
                status,
                former,
                contactGeneration,
                formerContacts,
                attendees,
                total,
                discount,
                tax,
                lines,
                holdExpiresAt,
                changedAt,
                captured,
                refunded,
                reason,
                refundPlanned,
                offer,
                paymentMethod,
                awaitsOpening,
                holdOnceOpened);
    }

    /**
     * A contact whose address was replaced.
     *
     * @param generation of the links that replaced this contact's links
     */
    public record ReportedFormerContact(
            long generation,
            String name,
            String email,
            @Nullable String locale) {

        public ReportedFormerContact {
            Objects.requireNonNull(name, "a contact has a name");
            Objects.requireNonNull(email, "a contact has an address");
        }
    }

    /** The person who registered, and who receives the mails. */
    public record ReportedContact(
            String name, String email, @Nullable String locale) {

        public ReportedContact {
            Objects.requireNonNull(name, "a contact has a name");
            Objects.requireNonNull(email, "a contact has an address");
        }
    }

    /**
     * An attendee.
     *
     * @param proof the state of the category's proof; {@code null} if it needs none, or if the writer omits it
     */
    public record ReportedAttendee(
            UUID id,
            String givenName,
            String familyName,
            @Nullable ReportedProof proof) {}

    /** The state of a category's proof. */
    public enum ReportedProof {
        @JsonProperty("wanted")
        WANTED,
        @JsonProperty("received")
        RECEIVED,
        @JsonProperty("accepted")
        ACCEPTED,
        @JsonProperty("refused")
        REFUSED,
        /** A value of a later version of the contract. */
        @JsonEnumDefaultValue
        UNKNOWN
    }

    /** The same order at the ordinary price. */
    public record ReportedOffer(
            List<ReportedOrderLine> lines,
            @Nullable Money discount,
            @Nullable Money tax,
            Money total) {

        public ReportedOffer {
            Objects.requireNonNull(total, "an offer has a total");
            lines = lines == null ? List.of() : List.copyOf(lines);
        }
    }

    /** Whether a proof is still missing. */
    public boolean wantsProof() {
        List<ReportedProof> proofs = attendees.stream()
                .map(ReportedAttendee::proof)
                .flatMap(Stream::ofNullable)
                .toList();
        return proofs.isEmpty() || proofs.contains(ReportedProof.WANTED);
    }

    /**
     * One line of the price.
     *
     * @param attendee the attendee's index from zero; {@code null} if the line belongs to no single attendee
     */
    public record ReportedOrderLine(
            String description, @Nullable Integer attendee, int quantity, Money amount) {

        public ReportedOrderLine {
            Objects.requireNonNull(description, "a line has a description");
            Objects.requireNonNull(amount, "a line has an amount");
        }
    }
}
