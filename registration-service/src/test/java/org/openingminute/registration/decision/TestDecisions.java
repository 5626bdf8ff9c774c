package org.openingminute.registration.decision;

import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.StaffTrust;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.registration.inventory.Availability;

/** Gives tests of other packages access to decisions without a running service. */
public final class TestDecisions {

    /** An organiser. */
    public static final Person OLGA = new Person("olga", "Olga Organiser");

    private TestDecisions() {}

    public static Decisions decisions() {
        return new Decisions(
                Ids.timeOrdered(),
                new AccessSettings("http://localhost:8080", "", StaffTrust.NONE),
                AddressForm.REHEARSAL);
    }

    /** Returns the state of a batch, with the availability of its instant. */
    public static SaleState sale(SaleState.Read read) {
        return new SaleState(
                read,
                read.conference() == null
                        ? null
                        : Availability.of(read.conference().definition(), read.now()));
    }
}
