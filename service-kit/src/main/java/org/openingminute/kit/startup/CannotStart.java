package org.openingminute.kit.startup;

/** Reports that the service cannot start with its configuration. The message tells the operator why, in one line. */
public final class CannotStart extends RuntimeException {

    public CannotStart(String why) {
        super(why);
    }
}
