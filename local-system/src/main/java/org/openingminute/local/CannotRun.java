package org.openingminute.local;

/** Reports why the system cannot start or carry out a command, in words that a person can act on. */
public final class CannotRun extends RuntimeException {

    CannotRun(String message) {
        super(message);
    }

    CannotRun(String message, Throwable cause) {
        super(message, cause);
    }
}
