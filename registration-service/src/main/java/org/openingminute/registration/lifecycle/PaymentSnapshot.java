package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.ReasonCode.LegacyReasons;
import org.openingminute.registration.sale.Money;

/** The body of every {@code payment.events.v1} message: the whole state of a registration's payment after a change. */
public record PaymentSnapshot(
        UUID registration,
        ReportedStatus status,
        Money due,
        Money captured,
        Money refunded,
        List<ReportedCapture> captures,
        List<ReportedRefund> refunds,
        List<ReportedDispute> disputes,
        List<ReportedInquiry> inquiries,
        @Nullable ReportedFailure failure,
        @Nullable ReportedReceipt receipt,
        List<ReportedCreditNote> creditNotes) {

    /** The state of a payment, as clients read it. */
    public enum ReportedStatus {
        AWAITING("awaiting"),
        PROCESSING("processing"),
        CAPTURED("captured"),
        FAILED("failed"),
        PARTLY_REFUNDED("partly-refunded"),
        REFUNDED("refunded"),
        DISPUTED("disputed"),
        CLOSED("closed"),
        /** A value of a later version of the contract. */
        @JsonEnumDefaultValue
        UNKNOWN("unknown");

        private final String wireName;

        ReportedStatus(String wireName) {
            this.wireName = wireName;
        }

        @JsonValue
        public String wireName() {
            return wireName;
        }
    }

    /**
     * Captured money.
     *
     * @param answered whether payment-service has received keep or refund for it
     * @param byTransfer whether it came by bank transfer; {@code null} from an earlier version
     */
    public record ReportedCapture(
            UUID id,
            Money amount,
            Instant at,
            boolean answered,
            @Nullable Boolean byTransfer) {

        public boolean isByTransfer() {
            return Boolean.TRUE.equals(byTransfer);
        }

        boolean mayBeByTransfer() {
            return byTransfer == null || byTransfer;
        }
    }

    /**
     * A refund.
     *
     * @param byTransfer whether an organiser transfers it; {@code null} for no
     * @param surplus whether its money is in no capture of this report; {@code null} for no
     * @param transfer the organiser's transfer; {@code null} while there is none
     */
    public record ReportedRefund(
            UUID id,
            Money amount,
            RefundState state,
            Instant at,
            @Nullable Boolean byTransfer,
            @Nullable Boolean surplus,
            @Nullable ReportedTransfer transfer) {

        public ReportedRefund {
            Objects.requireNonNull(state, "a refund has a state");
        }

        private boolean mayReturnACapture() {
            return state != RefundState.FAILED && !Boolean.TRUE.equals(surplus);
        }
    }

    /**
     * An organiser's transfer of a refund.
     *
     * @param by the organiser's account
     * @param byName the organiser's name; {@code null} from an earlier version
     * @param reference the transfer's reference, as the bank gives it
     */
    public record ReportedTransfer(String by, @Nullable String byName, String reference) {}

    /** The state of a refund. */
    public enum RefundState {
        @JsonProperty("pending")
        PENDING,
        @JsonProperty("done")
        DONE,
        @JsonProperty("failed")
        FAILED,
        /** A value of a later version of the contract. */
        @JsonEnumDefaultValue
        UNKNOWN
    }

    /**
     * A dispute: the payer wants money back from the bank.
     *
     * @param evidenceDueAt until when evidence is accepted, in business time; {@code null} from an earlier version, and where no
     *     deadline is known
     */
    public record ReportedDispute(
            UUID id,
            Money amount,
            DisputeState state,
            Instant at,
            @Nullable Instant evidenceDueAt) {

        public ReportedDispute {
            Objects.requireNonNull(state, "a dispute has a state");
        }

        /** Whether the dispute has ended with a known result. */
        public boolean isSettled() {
            return state == DisputeState.WON || state == DisputeState.LOST;
        }
    }

    /**
     * An inquiry by the payer's bank; no money has been withdrawn for it.
     *
     * @param id also the id of the dispute, if the inquiry becomes one
     * @param closedAt {@code null} while it is open
     * @param evidenceDueAt as in {@link ReportedDispute}
     */
    public record ReportedInquiry(
            UUID id,
            Money amount,
            Instant openedAt,
            @Nullable Instant closedAt,
            @Nullable Instant evidenceDueAt) {

        public ReportedInquiry {
            Objects.requireNonNull(id, "an inquiry has an id");
            Objects.requireNonNull(amount, "an inquiry has an amount");
        }

        boolean isOpen() {
            return closedAt == null;
        }
    }

    /** The state of a dispute. */
    public enum DisputeState {
        @JsonProperty("open")
        OPEN,
        @JsonProperty("won")
        WON,
        @JsonProperty("lost")
        LOST,
        /** A value of a later version of the contract. */
        @JsonEnumDefaultValue
        UNKNOWN
    }

    /**
     * A failed attempt.
     *
     * @param reason payment-service's name for the reason, or a provider's own
     * @param code the same as one of our codes; {@code null} from an earlier version, and for a later version's code
     */
    public record ReportedFailure(
            Instant at, String reason, @Nullable ReportedFailureCode code) {

        /** The code of the failure; {@code null} if it is not known here. */
        public @Nullable ReportedFailureCode known() {
            return code == null ? LegacyReasons.failure(reason) : code;
        }
    }

    /** The reason of a failed attempt. */
    public enum ReportedFailureCode {
        CARD_DECLINED("card-declined", "The card was declined."),
        INSUFFICIENT_FUNDS("insufficient-funds", "The card was declined: there are not enough funds."),
        NOT_CONFIRMED("not-confirmed", "The payment was not confirmed."),
        CONFIRMATION_REFUSED("confirmation-refused", "The payment was not confirmed."),
        SESSION_ENDED("session-ended", "The time for that payment was over."),
        DECLINED("declined", "The payment was declined.");

        private final String wireName;
        private final String inWords;

        ReportedFailureCode(String wireName, String inWords) {
            this.wireName = wireName;
            this.inWords = inWords;
        }

        /** The code with this name; {@code null} if it belongs to a later version. */
        @JsonCreator
        static @Nullable ReportedFailureCode of(String wireName) {
            return Arrays.stream(values())
                    .filter(code -> code.wireName.equals(wireName))
                    .findFirst()
                    .orElse(null);
        }

        @JsonValue
        public String wireName() {
            return wireName;
        }

        /** The reason in English, for the API and for versions that do not know codes. */
        String inWords() {
            return inWords;
        }
    }

    public record ReportedCreditNote(String number) {

        public ReportedCreditNote {
            Objects.requireNonNull(number, "a credit note has a number");
        }
    }

    public record ReportedReceipt(String number) {

        public ReportedReceipt {
            Objects.requireNonNull(number, "a receipt has a number");
        }
    }

    @SuppressWarnings("NullAway") // a message from outside may lack a list
    public PaymentSnapshot {
        Objects.requireNonNull(status, "a payment has a status");
        Objects.requireNonNull(captured, "a payment has a captured amount");
        Objects.requireNonNull(refunded, "a payment has a refunded amount");
        captures = captures == null ? List.of() : List.copyOf(captures);
        refunds = refunds == null ? List.of() : List.copyOf(refunds);
        disputes = disputes == null ? List.of() : List.copyOf(disputes);
        inquiries = inquiries == null ? List.of() : List.copyOf(inquiries);
        creditNotes = creditNotes == null ? List.of() : List.copyOf(creditNotes);
    }

    /** Returns the part of the captured money that was refunded or is being refunded, taken from the oldest captures first. */
    public long givenBack() {
        return refunds.stream()
                .filter(ReportedRefund::mayReturnACapture)
                .map(ReportedRefund::amount)
                .filter(amount -> amount.currency().equals(captured.currency()))
                .mapToLong(Money::amount)
                .sum();
    }
}
