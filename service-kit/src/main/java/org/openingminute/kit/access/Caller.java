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
     * @param account the account name, for the audit
     * @param roles the roles that this version knows
     */
    record Staff(String account, Set<Role> roles) implements Caller {

        public Staff {
            roles = Set.copyOf(roles);
        }

        /** Whether this member has one of these roles. */
        public boolean hasAny(Role... wanted) {
            return Arrays.stream(wanted).anyMatch(roles::contains);
        }
    }
}
