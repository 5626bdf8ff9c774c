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
 * A registration as its newest event reports it, as far as mails need it. Instants are business time.
 *
 * @param contactGeneration the generation that an access token of the contact bears
 * @param holdExpiresAt {@code null} where nothing is held
 * @param reason why it was cancelled, refused or ended, or why money goes back
 * @param refundPlanned what a cancellation or late money will give back
 * @param offer what is offered where a proof was refused
 * @param paymentMethod how it is to be paid
 */
public record RegistrationSnapshot(
        UUID id,
        String reference,
        String conference,
        RegistrationStatus status,
        ReportedContact contact,
        long contactGeneration,
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
        @Nullable String paymentMethod) {

    /**
     * The reason of a state or a refund.
     *
     * @param text in plain English; {@code null} where there is no reason
     * @param code {@code null} where there is no reason, or it is a person's in a message without codes
     * @param note what an organiser wrote
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
        Objects.requireNonNull(conference, "a registration is for a conference");
        Objects.requireNonNull(status, "a registration has a status");
        Objects.requireNonNull(contact, "a registration has a contact");
        Objects.requireNonNull(total, "a registration has a total");
        Objects.requireNonNull(changedAt, "a state has a beginning");
        attendees = attendees == null ? List.of() : List.copyOf(attendees);
        lines = lines == null ? List.of() : List.copyOf(lines);
    }

    /** The time from this change to the end of the hold; empty where nothing is held. */
    public Optional<Duration> heldFor() {
        return Optional.ofNullable(holdExpiresAt).map(end -> Duration.between(changedAt, end));
    }

    /** Whether it is to be paid by bank transfer, in parts too. */
    public boolean isPaidByInvoice() {
        return "invoice".equals(paymentMethod);
    }

    /** Whether money came in, by the registration's own events. */
    public boolean hasCaptured() {
        return captured != null && captured.isPositive();
    }

    /** The money that was or will be given back; empty where there is none. */
    public Optional<Money> givenBack() {
        return Optional.ofNullable(refundPlanned)
                .filter(Money::isPositive)
                .or(() -> Optional.ofNullable(refunded).filter(Money::isPositive));
    }

    /**
     * Whether its hold had ended when money came that is given back. Where that was given back before, as another amount than
     * was due, the reason is why the hold ended. Late money stays late when its payer's bank takes it back.
     */
    public boolean wasPaidLate() {
        return status == RegistrationStatus.EXPIRED
                && hasCaptured()
                && givenBack().isPresent()
                && (reason.isAboutMoney() || reason.is(ReasonCode.DISPUTE_LOST));
    }

    /** Whether it was cancelled because the payer's bank took the money back. */
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

    /** The person who ordered, and to whom mails go. */
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
     * @param proof the state of the category's proof; {@code null} where it needs none, or its writer omits it
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

    /** Whether somebody's proof is still to come. */
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
     * @param attendee whose it is, counted from zero; {@code null} where it is nobody's own
     */
    public record ReportedOrderLine(
            String description, @Nullable Integer attendee, int quantity, Money amount) {

        public ReportedOrderLine {
            Objects.requireNonNull(description, "a line says what it is");
            Objects.requireNonNull(amount, "a line has an amount");
        }
    }
}
