package org.openingminute.kit.startup;

/** The service cannot start with its configuration; the message tells the operator why, in one line. */
final class CannotStart extends RuntimeException {

    CannotStart(String why) {
        super(why);
    }
}
