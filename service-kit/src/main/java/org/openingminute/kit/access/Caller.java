package org.openingminute.kit.access;

import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.openingminute.kit.problem.Problem;

/** The verified caller. Immutable. */
public sealed interface Caller {

    /**
     * Refuses a contact whose link was taken back. A token of a generation that is not known here yet is genuine, and passes.
     *
     * @param contactGeneration the contact's links below it have ended
     * @throws Problem {@code unauthenticated}
     */
    default void requireNotEnded(long contactGeneration) {
        if (this instanceof Registrant(AccessToken token)
                && token.attendee() == null
                && token.generation() < contactGeneration) {
            throw Problem.unauthenticated();
        }
    }

    /** When the caller's token ends if nobody ends it before; {@link Instant#MAX} for a token that bears no time. */
    Instant until();

    /** The contact of a registration, or one of its attendees. */
    record Registrant(AccessToken token) implements Caller {

        @Override
        public Instant until() {
            return Instant.MAX;
        }
    }

    /**
     * A member of staff.
     *
     * @param person for the audit
     * @param roles the roles that this version knows
     * @param until when the token ends
     */
    record Staff(Person person, Set<Role> roles, Instant until) implements Caller {

        public Staff {
            roles = Set.copyOf(roles);
        }

        /** The account name. */
        public String account() {
            return person.subject();
        }

        /** Whether this member has one of these roles. */
        public boolean hasAny(Role... wanted) {
            return Arrays.stream(wanted).anyMatch(roles::contains);
        }
    }
}
