package org.openingminute.gateway;

/** The services behind the door. */
public enum Service {
    REGISTRATION("registration-service"),
    PAYMENT("payment-service"),
    NOTIFICATION("notification-service");

    private final String wireName;

    Service(String wireName) {
        this.wireName = wireName;
    }

    /** The name that operators and figures know it by. */
    public String wireName() {
        return wireName;
    }
}
