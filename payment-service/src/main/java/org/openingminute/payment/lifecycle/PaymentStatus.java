package org.openingminute.payment.lifecycle;

import com.fasterxml.jackson.annotation.JsonValue;

/** Where a payment stands, for those who ask. */
public enum PaymentStatus {
    AWAITING("awaiting"),
    PROCESSING("processing"),
    CAPTURED("captured"),
    FAILED("failed"),
    PARTLY_REFUNDED("partly-refunded"),
    REFUNDED("refunded"),
    DISPUTED("disputed"),
    CLOSED("closed");

    private final String text;

    PaymentStatus(String text) {
        this.text = text;
    }

    @JsonValue
    public String text() {
        return text;
    }
}
