package org.openingminute.payment.payment;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.money.Money;

/**
 * What registration-service asks to be paid: the body of {@code payment.request.v1}.
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
        List<Line> lines,
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

    /** How it is to be paid. */
    public enum Method {
        @JsonProperty("card")
        CARD,
        @JsonProperty("invoice")
        INVOICE,
        @JsonProperty("desk")
        DESK,
        /** One that this version does not know. */
        @JsonEnumDefaultValue
        @JsonProperty("other")
        OTHER;

        /** Whether its payer is sent somewhere to pay. */
        boolean isPaidByItsPayer() {
            return this == CARD || this == INVOICE;
        }
    }

    /** One line of the price. */
    public record Line(String description, @Nullable Integer attendee, int quantity, Money unit, Money amount) {}

    /** Whom the receipt names. */
    public record Buyer(
            @Nullable String name,
            @Nullable String organization,
            @Nullable String taxId,
            @Nullable String address,
            @Nullable String purchaseOrder) {}
}
