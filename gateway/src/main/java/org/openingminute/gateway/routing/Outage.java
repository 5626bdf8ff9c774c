package org.openingminute.gateway.routing;

import java.io.Serial;
import java.net.ConnectException;
import java.net.NoRouteToHostException;

/** Reports that a service gave no answer: it was unreachable, took too long, or broke off. */
public final class Outage extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean quick;
    private final boolean unseen;

    private Outage(String what, boolean quick, boolean unseen) {
        super(what, null, false, false);
        this.quick = quick;
        this.unseen = unseen;
    }

    /** No connection could be made, or it broke. */
    static Outage unreachable(Throwable cause) {
        return new Outage(cause.getClass().getSimpleName(), true, isNoConnection(cause));
    }

    /** A 502, 503 or 504 that something in front of the service sent. */
    static Outage status(int status) {
        return new Outage("status " + status, true, false);
    }

    static Outage tooSlow() {
        return new Outage("too slow", false, false);
    }

    /** Whether no connection could be made, so that the service cannot have seen the request. */
    public static boolean isNoConnection(Throwable error) {
        return error instanceof ConnectException || error instanceof NoRouteToHostException;
    }

    /** Whether the service cannot have seen the request. */
    boolean isUnseen() {
        return unseen;
    }

    /** Whether a second attempt may still finish within the time promised to the client. */
    boolean isQuick() {
        return quick;
    }
}
