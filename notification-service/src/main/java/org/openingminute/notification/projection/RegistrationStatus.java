package org.openingminute.notification.projection;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** The state of a registration, as its events name it. */
public enum RegistrationStatus {
    @JsonProperty("pending-review")
    PENDING_REVIEW,
    @JsonProperty("pending-payment")
    PENDING_PAYMENT,
    @JsonProperty("confirmed")
    CONFIRMED,
    @JsonProperty("rejected")
    REJECTED,
    @JsonProperty("expired")
    EXPIRED,
    @JsonProperty("cancelled")
    CANCELLED,
    /** A value of a later version of the contract. */
    @JsonEnumDefaultValue
    UNKNOWN
}
