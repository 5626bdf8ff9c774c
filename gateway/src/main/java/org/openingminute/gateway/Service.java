package org.openingminute.gateway;

/** The services behind the gateway. */
public enum Service {
    REGISTRATION("registration-service"),
    PAYMENT("payment-service"),
    NOTIFICATION("notification-service");

    private final String wireName;

    Service(String wireName) {
        this.wireName = wireName;
    }

    /** The name in status, metrics and routes. */
    public String wireName() {
        return wireName;
    }
}
