package org.openingminute.gateway.routing;

import java.io.Serial;

/** A service that could not be reached, took too long, or broke off: not an answer. */
final class Outage extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean quick;

    private Outage(String what, boolean quick) {
        super(what, null, false, false);
        this.quick = quick;
    }

    /** No connection, or one that broke. */
    static Outage unreachable(Throwable cause) {
        return new Outage(cause.getClass().getSimpleName(), true);
    }

    /** A 502, 503 or 504 that is not the service's own word. */
    static Outage status(int status) {
        return new Outage("status " + status, true);
    }

    static Outage tooSlow() {
        return new Outage("too slow", false);
    }

    /** True where a second try may still be within the time that the client was promised. */
    boolean leavesTime() {
        return quick;
    }
}
