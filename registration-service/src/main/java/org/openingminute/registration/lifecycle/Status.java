package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The states of a registration, as clients read them. */
public enum Status {
    @JsonProperty("pending-review")
    PENDING_REVIEW("pending-review"),
    @JsonProperty("pending-payment")
    PENDING_PAYMENT("pending-payment"),
    @JsonProperty("confirmed")
    CONFIRMED("confirmed"),
    @JsonProperty("rejected")
    REJECTED("rejected"),
    @JsonProperty("expired")
    EXPIRED("expired"),
    @JsonProperty("cancelled")
    CANCELLED("cancelled");

    private final String wireName;

    Status(String wireName) {
        this.wireName = wireName;
    }

    /** The name on the wire and in the database. */
    public String wireName() {
        return wireName;
    }

    /** Whether seats are held for it that are not sold yet. */
    public boolean holdsSeats() {
        return this == PENDING_REVIEW || this == PENDING_PAYMENT || this == REJECTED;
    }
}
