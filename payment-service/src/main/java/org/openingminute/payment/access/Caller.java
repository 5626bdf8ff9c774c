package org.openingminute.payment.access;

import java.util.Set;
import java.util.UUID;

/** Who is calling, verified. */
public sealed interface Caller {

    /** The contact of a registration. */
    record Contact(UUID registration) implements Caller {}

    /** Somebody of the staff. */
    record Staff(String account, Set<String> roles) implements Caller {}
}
