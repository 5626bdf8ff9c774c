package org.openingminute.local;

/** Reports why the system cannot start or do what was asked, in words that a person can act upon. */
public final class CannotRun extends RuntimeException {

    CannotRun(String message) {
        super(message);
    }

    CannotRun(String message, Throwable cause) {
        super(message, cause);
    }
}
