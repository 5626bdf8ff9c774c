package org.openingminute.gateway;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The services behind the gateway. */
public enum Service {
    REGISTRATION("registration-service"),
    PAYMENT("payment-service"),
    NOTIFICATION("notification-service");

    private final String wireName;

    Service(String wireName) {
        this.wireName = wireName;
    }

    /** The service's name in status, metrics and routes. */
    public String wireName() {
        return wireName;
    }

    /** The service with that name; empty if there is none. */
    public static Optional<Service> named(@Nullable String wireName) {
        return Arrays.stream(values())
                .filter(service -> service.wireName.equals(wireName))
                .findFirst();
    }
}
