package org.openingminute.gateway.routing;

import org.openingminute.gateway.Service;

/** Closes circuit breakers between tests, so that one test's outages do not refuse the calls of the next. */
public final class BreakerReset {

    private BreakerReset() {}

    /** Closes the breakers of all services, and forgets their calls. */
    public static void close(Breakers breakers) {
        for (Service service : Service.values()) {
            breakers.of(service).reset();
        }
    }
}
