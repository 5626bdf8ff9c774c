package org.openingminute.payment.lifecycle;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request of registration-service: the body of {@code payment.request.v1}.
 *
 * @param revision at least 1; the highest one counts
 * @param timeZone the conference's time zone, for documents; {@code null} in a request from before there was one
 * @param payable whether it can be paid now; false during review
 * @param payableSeconds for how long, from the request's time on
 * @param holdExpiresAt business time, only for display
 * @param holdOnceOpened the end of the hold once the contact opens a mailed link; {@code null} if it has its own already
 */
public record PaymentRequest(
        UUID registration,
        int revision,
        String reference,
        String conference,
        String conferenceName,
        @Nullable String timeZone,
        Money due,
        boolean payable,
        long payableSeconds,
        @Nullable Instant holdExpiresAt,
        @Nullable Instant holdOnceOpened,
        Method method,
        List<RequestedLine> lines,
        Money tax,
        Money discount,
        Buyer buyer,
        String locale) {

    public PaymentRequest {
        Objects.requireNonNull(registration, "registration");
        Objects.requireNonNull(reference, "reference");
        Objects.requireNonNull(conference, "conference");
        Objects.requireNonNull(conferenceName, "conferenceName");
        Objects.requireNonNull(due, "due");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(tax, "tax");
        Objects.requireNonNull(discount, "discount");
        Objects.requireNonNull(buyer, "buyer");
        Objects.requireNonNull(locale, "locale");
        if (revision < 1 || payableSeconds < 0) {
            throw new IllegalArgumentException(
                    "a request needs a revision of at least 1 and payable seconds of at least 0");
        }
        lines = List.copyOf(lines);
    }

    /** Business time by which an invoice is to be paid; {@code null} if nothing is held. */
    public @Nullable Instant dueBy() {
        return holdOnceOpened == null ? holdExpiresAt : holdOnceOpened;
    }

    /** The way of payment that was chosen. */
    public enum Method {
        @JsonProperty("card")
        CARD,
        @JsonProperty("invoice")
        INVOICE,
        @JsonProperty("desk")
        DESK,
        /** A value that this version does not know. */
        @JsonEnumDefaultValue
        @JsonProperty("other")
        OTHER;

        /** Whether the payer is sent to a provider's page. */
        boolean isPaidByItsPayer() {
            return this == CARD || this == INVOICE;
        }
    }

    /** One line of the price. */
    public record RequestedLine(
            String description, @Nullable Integer attendee, int quantity, Money unit, Money amount) {

        /** The line with a part of its amount. */
        public RequestedLine over(Money part) {
            return new RequestedLine(description, attendee, quantity, unit, part);
        }
    }

    /** The buyer whom the receipt names. */
    public record Buyer(
            @Nullable String name,
            @Nullable String organization,
            @Nullable String taxId,
            @Nullable String address,
            @Nullable String purchaseOrder) {}

    /**
     * A request and the machine's time from which its seconds count.
     *
     * @param body of the message
     * @param requestedAt the message's {@code ce_time}
     */
    public record ReceivedRequest(PaymentRequest body, Instant requestedAt) {

        /**
         * The difference between two equal clocks that rounding to seconds and a message's delay cause; a rehearsal's
         * is larger.
         */
        private static final Duration AS_GOOD_AS_NONE = Duration.ofSeconds(5);

        private static final long MARGIN_SECONDS = 30;
        private static final long SHORT_HOLD_SECONDS = 60;

        /** The instant at which an open session is ended, by the machine's clock. */
        public Instant sessionsEndAt() {
            return requestedAt.plusSeconds(body.payableSeconds()).minus(margin());
        }

        /** The same instant in business time, to be shown; {@code null} if nothing is held. */
        public @Nullable Instant expiresAt() {
            Instant hold = body.holdExpiresAt();
            return hold == null ? null : hold.minus(margin());
        }

        /**
         * An instant of the machine's clock in business time, to be shown. The difference between the two is known from
         * the hold, whose end is given in both; without a hold they count as equal.
         */
        Instant inBusinessTime(Instant machine) {
            Instant hold = body.holdExpiresAt();
            if (hold == null || body.payableSeconds() == 0) {
                return machine;
            }
            Duration ahead = Duration.between(requestedAt.plusSeconds(body.payableSeconds()), hold);
            return ahead.abs().compareTo(AS_GOOD_AS_NONE) < 0 ? machine : machine.plus(ahead);
        }

        /** Whether there is something to pay now. */
        public boolean requestsMoney() {
            return body.payable() && body.due().isPositive();
        }

        private Duration margin() {
            return body.payableSeconds() < SHORT_HOLD_SECONDS
                    ? Duration.ofSeconds(body.payableSeconds()).dividedBy(2)
                    : Duration.ofSeconds(MARGIN_SECONDS);
        }
    }
}
