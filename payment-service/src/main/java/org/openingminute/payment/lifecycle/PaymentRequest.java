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
 * @param revision at least 1; the highest holds
 * @param timeZone the conference's, for documents; {@code null} in a request that was made before there was one
 * @param payable whether it can be paid now; not so in review
 * @param payableSeconds from the request's time on
 * @param holdExpiresAt business time, only to be shown
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
            throw new IllegalArgumentException("a request has a revision from 1 on and seconds from 0 on");
        }
        lines = List.copyOf(lines);
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

        /** Whether its payer is sent somewhere to pay. */
        boolean isPaidByItsPayer() {
            return this == CARD || this == INVOICE;
        }
    }

    /** One line of the price. */
    public record RequestedLine(
            String description, @Nullable Integer attendee, int quantity, Money unit, Money amount) {}

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
         * The difference that whole seconds and a message's way make between two clocks that agree; a rehearsal's is
         * larger.
         */
        private static final Duration AS_GOOD_AS_NONE = Duration.ofSeconds(5);

        private static final long MARGIN_SECONDS = 30;
        private static final long SHORT_HOLD_SECONDS = 60;

        /** The instant at which an open session is ended, on the machine's clock. */
        public Instant sessionsEndAt() {
            return requestedAt.plusSeconds(body.payableSeconds()).minus(margin());
        }

        /** The same instant in business time, to be shown; {@code null} where nothing is held. */
        public @Nullable Instant expiresAt() {
            Instant hold = body.holdExpiresAt();
            return hold == null ? null : hold.minus(margin());
        }

        /**
         * An instant of the machine's clock in business time, to be shown. The difference of the two is known from the
         * hold, whose end is given in both; without a hold they count as the same.
         */
        Instant inBusinessTime(Instant machine) {
            Instant hold = body.holdExpiresAt();
            if (hold == null || body.payableSeconds() == 0) {
                return machine;
            }
            Duration ahead = Duration.between(requestedAt.plusSeconds(body.payableSeconds()), hold);
            return ahead.abs().compareTo(AS_GOOD_AS_NONE) < 0 ? machine : machine.plus(ahead);
        }

        /** Whether there is something to pay, now. */
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
