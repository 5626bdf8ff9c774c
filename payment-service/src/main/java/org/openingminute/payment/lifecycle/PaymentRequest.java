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
 * A payment request by registration-service: the body of {@code payment.request.v1}.
 *
 * @param revision at least 1; the highest one applies
 * @param timeZone the conference's time zone, for documents; {@code null} in requests of earlier versions
 * @param payable whether the amount can be paid now; false during review
 * @param payableSeconds how long it can be paid, from the request's time on
 * @param holdExpiresAt business time, only for display
 * @param holdOnceOpened the regular end of the hold, which applies once the contact opens a mailed link; {@code null} if it applies already
 * @param businessTime when the request was made; {@code null} in requests of earlier versions
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
        @Nullable Instant businessTime,
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

    /** Returns the business time by which an invoice must be paid; {@code null} if nothing is held. */
    public @Nullable Instant dueBy() {
        return holdOnceOpened == null ? holdExpiresAt : holdOnceOpened;
    }

    /** The chosen way of payment. */
    public enum Method {
        @JsonProperty("card")
        CARD,
        @JsonProperty("invoice")
        INVOICE,
        @JsonProperty("desk")
        DESK,
        /** A value of a later version. */
        @JsonEnumDefaultValue
        @JsonProperty("other")
        OTHER;

        /** Whether the payer pays on a provider's page. */
        boolean isPaidByItsPayer() {
            return this == CARD || this == INVOICE;
        }
    }

    /** One line of the price. */
    public record RequestedLine(
            String description, @Nullable Integer attendee, int quantity, Money unit, Money amount) {

        /** Returns the line with a part of its amount. */
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
     * A request with the machine time from which its seconds count.
     *
     * @param body of the message
     * @param requestedAt the message's {@code ce_time}
     */
    public record ReceivedRequest(PaymentRequest body, Instant requestedAt) {

        /** Differences below this come from rounding to seconds and from a message's delay; a rehearsal's offset is larger. */
        private static final Duration AS_GOOD_AS_NONE = Duration.ofSeconds(5);

        private static final long MARGIN_SECONDS = 30;
        private static final long SHORT_HOLD_SECONDS = 60;

        /** Returns the machine time at which an open session is ended. */
        public Instant sessionsEndAt() {
            return requestedAt.plusSeconds(body.payableSeconds()).minus(margin());
        }

        /** Returns the same instant in business time, for display; {@code null} if nothing is held. */
        public @Nullable Instant expiresAt() {
            Instant hold = body.holdExpiresAt();
            return hold == null ? null : hold.minus(margin());
        }

        /** Converts machine time to business time, for display. */
        Instant inBusinessTime(Instant machine) {
            Duration ahead = ahead();
            return ahead.abs().compareTo(AS_GOOD_AS_NONE) < 0 ? machine : machine.plus(ahead);
        }

        /**
         * Returns by how much business time is ahead of machine time. A request of an earlier version shows this by its hold, whose end it
         * gives in both; without a hold, the difference counts as zero.
         */
        private Duration ahead() {
            Instant time = body.businessTime();
            if (time != null) {
                return Duration.between(requestedAt, time);
            }
            Instant hold = body.holdExpiresAt();
            return hold == null || body.payableSeconds() == 0
                    ? Duration.ZERO
                    : Duration.between(requestedAt.plusSeconds(body.payableSeconds()), hold);
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
