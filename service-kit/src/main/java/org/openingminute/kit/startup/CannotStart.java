package org.openingminute.kit.startup;

/** The service cannot start with its configuration; the message tells the operator why, in one line. */
public final class CannotStart extends RuntimeException {

    public CannotStart(String why) {
        super(why);
    }
}
