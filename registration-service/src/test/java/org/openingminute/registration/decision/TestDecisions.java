package org.openingminute.registration.decision;

import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.runtime.Ids;

/** Decisions without a service around them, for the tests of other packages. */
public final class TestDecisions {

    private TestDecisions() {}

    public static Decisions decisions() {
        return new Decisions(Ids.timeOrdered(), new AccessSettings("http://localhost:8080", "", "", ""));
    }
}
