package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Currency;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.PaymentSnapshot.ReportedFailureCode;
import org.openingminute.registration.lifecycle.TimelineNote.Code;
import org.openingminute.registration.sale.Money;

/** The reason why a registration was refused, cancelled or ended, or why money goes back. */
public enum ReasonCode {
    CANCELLED_BY_REGISTRANT("cancelled-by-registrant", "cancelled by the registrant"),
    /** The reason if staff cancel on the registrant's behalf: a registrant gives none. */
    CANCELLED_BY_ORGANISER("cancelled-by-organiser", "on the registrant's behalf"),
    PROOF_REFUSED("proof-refused", "the proof was not accepted"),
    PROOF_TIME_OVER("proof-time-over", "the time for the proof ran out"),
    OFFER_TIME_OVER("offer-time-over", "the offer was not accepted in time"),
    PAYMENT_TIME_OVER("payment-time-over", "the time to pay ran out"),
    AMOUNT_WRONG("amount-wrong", "the amount paid is not the amount due"),
    PAID_LATE_SEATS_TAKEN("paid-late-seats-taken", "the payment came after the hold, and the seats were taken by then"),
    PAID_AFTER_CANCELLATION("paid-after-cancellation", "the payment came after the cancellation"),
    PAID_BEFORE_PAYABLE("paid-before-payable", "the payment came before it could be paid"),
    DISPUTE_LOST("dispute-lost", "the payment was taken back"),
    /** The reason of a refund that an organiser ordered without a cancellation. */
    ORDERED_BY_ORGANISER("ordered-by-organiser", "ordered by the organiser");

    private final String wireName;
    private final String inWords;

    ReasonCode(String wireName, String inWords) {
        this.wireName = wireName;
        this.inWords = inWords;
    }

    /** The code with this name; {@code null} if it belongs to a later version. */
    @JsonCreator
    static @Nullable ReasonCode of(String wireName) {
        return Arrays.stream(values())
                .filter(code -> code.wireName.equals(wireName))
                .findFirst()
                .orElse(null);
    }

    /** The name on the wire and in the database. */
    @JsonValue
    public String wireName() {
        return wireName;
    }

    /**
     * The reason in English, for readers that do not know codes; the text for people is found by the code, in their
     * language.
     */
    String inWords() {
        return inWords;
    }

    /** Whether a text is one of these sentences; any other text may be an organiser's own words. */
    static boolean isInWords(@Nullable String text) {
        return text != null
                && (LegacyReasons.reason(text) != null
                        || Arrays.stream(values()).anyMatch(code -> code.inWords.equals(text)));
    }

    /**
     * The sentences that versions without codes wrote. They never change, because rows and messages are kept for years and such a version
     * may run beside this one. Any other sentence was written by a person and is shown unchanged.
     */
    public static final class LegacyReasons {

        private static final Map<String, ReasonCode> REASONS = Map.of(
                "cancelled by the registrant", ReasonCode.CANCELLED_BY_REGISTRANT,
                "on the registrant's behalf", ReasonCode.CANCELLED_BY_ORGANISER,
                "the time for the proof ran out", ReasonCode.PROOF_TIME_OVER,
                "the offer was not accepted in time", ReasonCode.OFFER_TIME_OVER,
                "the time to pay ran out", ReasonCode.PAYMENT_TIME_OVER,
                "the amount paid is not the amount due", ReasonCode.AMOUNT_WRONG,
                "the payment came after the hold, and the seats were taken by then", ReasonCode.PAID_LATE_SEATS_TAKEN,
                "the payment came after the cancellation", ReasonCode.PAID_AFTER_CANCELLATION,
                "the payment came before it could be paid", ReasonCode.PAID_BEFORE_PAYABLE,
                "the payment was taken back", ReasonCode.DISPUTE_LOST);

        private static final Map<String, ReportedFailureCode> FAILURES = Map.of(
                "card-declined", ReportedFailureCode.CARD_DECLINED,
                "insufficient-funds", ReportedFailureCode.INSUFFICIENT_FUNDS,
                "not-confirmed", ReportedFailureCode.NOT_CONFIRMED,
                "confirmation-refused", ReportedFailureCode.CONFIRMATION_REFUSED,
                "session-ended", ReportedFailureCode.SESSION_ENDED,
                "declined", ReportedFailureCode.DECLINED);

        /** Two codes share one sentence, because a timeline does not distinguish them. */
        private static final Map<String, ReportedFailureCode> FAILURES_IN_WORDS = Map.of(
                "The card was declined.", ReportedFailureCode.CARD_DECLINED,
                "The card was declined: there are not enough funds.", ReportedFailureCode.INSUFFICIENT_FUNDS,
                "The payment was not confirmed.", ReportedFailureCode.NOT_CONFIRMED,
                "The time for that payment was over.", ReportedFailureCode.SESSION_ENDED,
                "The payment was declined.", ReportedFailureCode.DECLINED);

        /** Sentences without parameters. */
        private static final Map<String, Code> WHOLE = Map.ofEntries(
                Map.entry("Seats held: They are held while you pay.", Code.SEATS_HELD),
                Map.entry("Seats held: They are held until your proof was looked at.", Code.SEATS_HELD_FOR_REVIEW),
                Map.entry("Confirmed: ", Code.CONFIRMED),
                Map.entry("Confirmed: There is nothing to pay.", Code.CONFIRMED_WITHOUT_PAYMENT),
                Map.entry("Hold extended: Five minutes more to pay.", Code.HOLD_EXTENDED),
                Map.entry("Proof received: ", Code.PROOF_RECEIVED),
                Map.entry("Proof accepted: ", Code.PROOF_ACCEPTED),
                Map.entry("No offer possible: The seats are free for others.", Code.NO_OFFER_POSSIBLE),
                Map.entry("Expired: The time ran out, and the seats are free for others.", Code.EXPIRED),
                Map.entry("Cancelled: ", Code.CANCELLED),
                Map.entry("Payment is given back: ", Code.PAYMENT_GIVEN_BACK),
                Map.entry("Payment disputed: Tickets cannot be used until this is settled.", Code.PAYMENT_DISPUTED),
                Map.entry("Dispute won: ", Code.DISPUTE_WON),
                Map.entry("Dispute lost: ", Code.DISPUTE_LOST),
                Map.entry("Refund failed: The organiser has been told.", Code.REFUND_FAILED));

        private static final Map<String, Code> OF_AN_AMOUNT = Map.of(
                "Offer made", Code.OFFER_MADE,
                "Offer accepted", Code.OFFER_ACCEPTED,
                "Payment received", Code.PAYMENT_RECEIVED,
                "Refund ordered", Code.REFUND_ORDERED,
                "Refund made", Code.REFUND_MADE);

        private static final Map<String, Code> OF_A_TRANSFER =
                Map.of("Marked as paid", Code.MARKED_AS_PAID, "Transfer arrived", Code.TRANSFER_ARRIVED);

        private static final Map<String, Code> OF_A_MAIL = Map.of(
                "Mail sent", Code.MAIL_SENT,
                "Mail came back", Code.MAIL_CAME_BACK,
                "Mail could not be sent", Code.MAIL_NOT_SENT);

        private static final String AMOUNT = "([A-Z]{3}) (\\d[\\d,]*(?:\\.\\d+)?)";
        private static final Pattern REFERENCE = Pattern.compile("Reference (\\S+)\\.");
        private static final Pattern JUST_AN_AMOUNT = Pattern.compile(AMOUNT);
        private static final Pattern AMOUNT_BACK = Pattern.compile(AMOUNT + " will be given back\\.");
        private static final Pattern TRANSFER = Pattern.compile(AMOUNT + ", (.+)", Pattern.DOTALL);

        private LegacyReasons() {}

        /** The code of a registration's reason. */
        static @Nullable ReasonCode reason(String reason) {
            return REASONS.get(reason);
        }

        /** The code of a failed payment's reason. */
        static @Nullable ReportedFailureCode failure(String reason) {
            return FAILURES.get(reason);
        }

        /** Parses an entry of the timeline; {@code null} if it has to be shown unchanged. */
        public static @Nullable TimelineNote note(String what, @Nullable String detail) {
            @Nullable Code whole = WHOLE.get(what + ": " + (detail == null ? "" : detail));
            if (whole != null) {
                return TimelineNote.of(whole);
            }
            if (detail == null) {
                return what.equals("Proof refused") ? TimelineNote.proofRefused(null) : null;
            }
            if (OF_AN_AMOUNT.containsKey(what)) {
                return ofAmount(OF_AN_AMOUNT.get(what), JUST_AN_AMOUNT.matcher(detail));
            }
            if (OF_A_TRANSFER.containsKey(what)) {
                Matcher transfer = TRANSFER.matcher(detail);
                @Nullable TimelineNote note = ofAmount(OF_A_TRANSFER.get(what), transfer);
                @Nullable Money amount = note == null ? null : note.parameters().amount();
                return amount == null
                        ? null
                        : TimelineNote.transferred(OF_A_TRANSFER.get(what), amount, transfer.group(3));
            }
            if (OF_A_MAIL.containsKey(what)) {
                return TimelineNote.mail(OF_A_MAIL.get(what), detail.replace(' ', '-'));
            }
            return switch (what) {
                case "Registered" -> {
                    Matcher reference = REFERENCE.matcher(detail);
                    yield reference.matches() ? TimelineNote.registered(reference.group(1)) : null;
                }
                case "Proof refused" -> TimelineNote.proofRefused(detail);
                case "Cancelled" -> ofAmount(Code.CANCELLED, AMOUNT_BACK.matcher(detail));
                case "Payment failed" ->
                    new TimelineNote(
                            Code.PAYMENT_FAILED,
                            new TimelineNote.Parameters(null, null, FAILURES_IN_WORDS.get(detail), null, null, null));
                case "Payment is given back" -> TimelineNote.paymentGivenBack(REASONS.get(detail));
                default -> null;
            };
        }

        private static @Nullable TimelineNote ofAmount(Code code, Matcher found) {
            if (!found.matches() || !Money.isCurrency(found.group(1))) {
                return null;
            }
            String currency = found.group(1);
            try {
                long minor = new BigDecimal(found.group(2).replace(",", ""))
                        .movePointRight(Currency.getInstance(currency).getDefaultFractionDigits())
                        .longValueExact();
                return TimelineNote.of(code, new Money(minor, currency));
            } catch (ArithmeticException e) {
                // Not an amount that this system wrote; show the line unchanged.
                return null;
            }
        }
    }
}
