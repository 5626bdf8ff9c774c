package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

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

    /** The status of a name; for a name that no version has written it throws {@link IllegalArgumentException}. */
    public static Status of(String wireName) {
        return Arrays.stream(values())
                .filter(status -> status.wireName.equals(wireName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no status is called " + wireName));
    }

    /** The name on the wire and in the database. */
    public String wireName() {
        return wireName;
    }

    /** Whether the state holds seats that are not sold yet. */
    public boolean holdsSeats() {
        return this == PENDING_REVIEW || this == PENDING_PAYMENT || this == REJECTED;
    }
}
