package org.openingminute.kit.startup;

/** The service cannot start as it is configured; the message says why, in one line, to whoever runs it. */
final class CannotStart extends RuntimeException {

    CannotStart(String why) {
        super(why);
    }
}
