package org.openingminute.registration.access;

import java.util.Set;

/** Who is calling. */
public sealed interface Caller {

    /** Nobody we know. */
    record Anonymous() implements Caller {}

    /** The contact of a registration, or one of its attendees. */
    record Registrant(AccessToken token) implements Caller {}

    /** Somebody who signed in. */
    record Staff(String name, Set<Role> roles) implements Caller {

        public Staff {
            roles = Set.copyOf(roles);
        }
    }
}
