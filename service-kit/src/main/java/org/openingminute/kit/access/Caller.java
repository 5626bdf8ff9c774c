package org.openingminute.kit.access;

import java.util.Arrays;
import java.util.Set;

/** The verified caller. Immutable. */
public sealed interface Caller {

    /** The contact of a registration, or one of its attendees. */
    record Registrant(AccessToken token) implements Caller {}

    /**
     * A member of staff.
     *
     * @param account who, for a log of what was done
     * @param roles those that are known here
     */
    record Staff(String account, Set<Role> roles) implements Caller {

        public Staff {
            roles = Set.copyOf(roles);
        }

        /** Whether one of these roles is among those of this member. */
        public boolean hasAny(Role... wanted) {
            return Arrays.stream(wanted).anyMatch(roles::contains);
        }
    }
}
