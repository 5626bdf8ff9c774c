package org.openingminute.registration.lifecycle;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.ReasonCode.LegacyReasons;
import org.openingminute.registration.sale.Money;

/**
 * A line of a registration's timeline: a code and its parameters. Its texts are found by the code, in the reader's
 * language; the English here is for the API and for versions that do not know codes.
 */
public record TimelineNote(Code code, Parameters parameters) {

    /** The kind of the mail to the address that a contact had before, by notification-service's name for it. */
    public static final String MAIL_TO_FORMER_CONTACT = "contact-changed";

    /** The event of a line. */
    public enum Code {
        REGISTERED("registered", "Registered"),
        SEATS_HELD("seats-held", "Seats held"),
        SEATS_HELD_FOR_REVIEW("seats-held-for-review", "Seats held"),
        CONFIRMED("confirmed", "Confirmed"),
        CONFIRMED_WITHOUT_PAYMENT("confirmed-without-payment", "Confirmed"),
        HOLD_EXTENDED("hold-extended", "Hold extended"),
        LINK_OPENED("link-opened", "Mailed link opened"),
        PROOF_RECEIVED("proof-received", "Proof received"),
        PROOF_ACCEPTED("proof-accepted", "Proof accepted"),
        PROOF_REFUSED("proof-refused", "Proof refused"),
        OFFER_MADE("offer-made", "Offer made"),
        NO_OFFER_POSSIBLE("no-offer-possible", "No offer possible"),
        OFFER_ACCEPTED("offer-accepted", "Offer accepted"),
        EXPIRED("expired", "Expired"),
        CANCELLED("cancelled", "Cancelled"),
        PAYMENT_RECEIVED("payment-received", "Payment received"),
        PAYMENT_FAILED("payment-failed", "Payment failed"),
        PAYMENT_GIVEN_BACK("payment-given-back", "Payment is given back"),
        INQUIRY_OPENED("inquiry-opened", "Bank asks about the payment"),
        INQUIRY_CLOSED("inquiry-closed", "Bank no longer asks"),
        PAYMENT_DISPUTED("payment-disputed", "Payment disputed"),
        DISPUTE_WON("dispute-won", "Dispute won"),
        DISPUTE_LOST("dispute-lost", "Dispute lost"),
        REFUND_ORDERED("refund-ordered", "Refund ordered"),
        REFUND_MADE("refund-made", "Refund made"),
        REFUND_RETURNED("refund-returned", "Refund came back"),
        REFUND_FAILED("refund-failed", "Refund failed"),
        MARKED_AS_PAID("marked-as-paid", "Marked as paid"),
        TRANSFER_ARRIVED("transfer-arrived", "Transfer arrived"),
        LINKS_ENDED("links-ended", "Links ended"),
        CONTACT_CHANGED("contact-changed", "Contact changed"),
        MAIL_SENT("mail-sent", "Mail sent"),
        MAIL_CAME_BACK("mail-came-back", "Mail came back"),
        MAIL_NOT_SENT("mail-not-sent", "Mail could not be sent");

        private final String wireName;
        private final String inWords;

        Code(String wireName, String inWords) {
            this.wireName = wireName;
            this.inWords = inWords;
        }

        /** The code with this name; empty if it belongs to a later version. */
        public static Optional<Code> of(String wireName) {
            return Arrays.stream(values())
                    .filter(code -> code.wireName.equals(wireName))
                    .findFirst();
        }

        /** The name in the API and in the database. */
        public String wireName() {
            return wireName;
        }
    }

    /**
     * The parameters, of which each code has only some.
     *
     * @param reference the registration's, or a bank transfer's
     * @param failure why a payment failed
     * @param reason why money is refunded
     * @param mail the mail's kind, by notification-service's name for it
     * @param note a person's or a payment provider's own words
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Parameters(
            @Nullable String reference,
            @Nullable Money amount,
            PaymentSnapshot.@Nullable ReportedFailureCode failure,
            @Nullable ReasonCode reason,
            @Nullable String mail,
            @Nullable String note) {

        public static final Parameters NONE = new Parameters(null, null, null, null, null, null);
    }

    public static TimelineNote of(Code code) {
        return new TimelineNote(code, Parameters.NONE);
    }

    /** A note with an amount, or with none if it is {@code null}. */
    public static TimelineNote of(Code code, @Nullable Money amount) {
        return new TimelineNote(code, new Parameters(null, amount, null, null, null, null));
    }

    /**
     * Returns the first entries of a registration, which follow from its reference and its initial state.
     *
     * @param atDesk whether it was sold at the desk
     */
    public static List<TimelineNote> begun(String reference, Status first, boolean atDesk) {
        return List.of(
                registered(reference),
                of(
                        switch (first) {
                            case PENDING_PAYMENT -> Code.SEATS_HELD;
                            case PENDING_REVIEW -> Code.SEATS_HELD_FOR_REVIEW;
                            case CONFIRMED -> atDesk ? Code.CONFIRMED : Code.CONFIRMED_WITHOUT_PAYMENT;
                            case REJECTED, EXPIRED, CANCELLED ->
                                throw new IllegalArgumentException("no registration begins as " + first);
                        }));
    }

    public static TimelineNote registered(String reference) {
        return new TimelineNote(Code.REGISTERED, new Parameters(reference, null, null, null, null, null));
    }

    /** A note with an amount and the reference that the bank gives. */
    public static TimelineNote transferred(Code code, Money amount, String reference) {
        return new TimelineNote(code, new Parameters(reference, amount, null, null, null, null));
    }

    /** A note with the organiser's own words. */
    public static TimelineNote proofRefused(@Nullable String note) {
        return new TimelineNote(Code.PROOF_REFUSED, new Parameters(null, null, null, null, null, note));
    }

    /** A note of a failed attempt that payment-service reported; it repeats a provider's own reason. */
    public static TimelineNote paymentFailed(PaymentSnapshot.ReportedFailure failure) {
        return new TimelineNote(
                Code.PAYMENT_FAILED,
                new Parameters(
                        null,
                        null,
                        failure.known(),
                        null,
                        null,
                        LegacyReasons.failure(failure.reason()) == null ? failure.reason() : null));
    }

    /** Creates the note that a payment was refunded; the reason is {@code null} if the seats were paid already. */
    public static TimelineNote paymentGivenBack(@Nullable ReasonCode reason) {
        return new TimelineNote(Code.PAYMENT_GIVEN_BACK, new Parameters(null, null, null, reason, null, null));
    }

    public static TimelineNote mail(Code code, String kind) {
        return new TimelineNote(code, new Parameters(null, null, null, null, kind, null));
    }

    /** The line's title, in English. */
    public String what() {
        return code.inWords;
    }

    /** The line's detail, in English. */
    public @Nullable String detail() {
        return switch (code) {
            case REGISTERED -> "Reference " + parameters.reference() + ".";
            case SEATS_HELD -> "They are held while you pay.";
            case SEATS_HELD_FOR_REVIEW -> "They are held until your proof was looked at.";
            case CONFIRMED_WITHOUT_PAYMENT -> "There is nothing to pay.";
            case HOLD_EXTENDED -> "Five minutes more to pay.";
            case LINK_OPENED -> "The seats are held for longer.";
            case NO_OFFER_POSSIBLE -> "The seats are free for others.";
            case EXPIRED -> "The time ran out, and the seats are free for others.";
            case PAYMENT_DISPUTED -> "Tickets cannot be used until this is settled.";
            case REFUND_FAILED -> "The organiser has been told.";
            case LINKS_ENDED -> "A new one is mailed to the contact.";
            case CONTACT_CHANGED -> "Former links have ended. A new one is mailed to the contact.";
            case INQUIRY_OPENED -> "No money is taken, and tickets stay valid.";
            case CONFIRMED, PROOF_RECEIVED, PROOF_ACCEPTED, INQUIRY_CLOSED, DISPUTE_WON, DISPUTE_LOST -> null;
            case PROOF_REFUSED -> parameters.note();
            case OFFER_MADE, OFFER_ACCEPTED, PAYMENT_RECEIVED, REFUND_ORDERED, REFUND_MADE, REFUND_RETURNED -> amount();
            case CANCELLED -> parameters.amount() == null ? null : amount() + " will be given back.";
            case MARKED_AS_PAID, TRANSFER_ARRIVED -> amount() + ", " + parameters.reference();
            case PAYMENT_FAILED ->
                parameters.note() != null
                        ? parameters.note()
                        : requireNonNull(parameters.failure()).inWords();
            case PAYMENT_GIVEN_BACK ->
                parameters.reason() == null ? null : parameters.reason().inWords();
            case MAIL_SENT, MAIL_CAME_BACK, MAIL_NOT_SENT ->
                requireNonNull(parameters.mail()).replace('-', ' ');
        };
    }

    private String amount() {
        return requireNonNull(parameters.amount()).inWords();
    }
}
