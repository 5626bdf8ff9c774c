package org.openingminute.payment.lifecycle;

import com.fasterxml.jackson.annotation.JsonValue;

/** The status of a payment, for display and in events. */
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
