package org.openingminute.kit.access;

import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openingminute.kit.problem.CommonProblem;
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

    /**
     * The caller in a scope, of what was looked up: a member of staff with the roles that count there. A registrant stays the same.
     *
     * @throws Problem {@code forbidden} for staff whose roles are limited to others
     */
    default Caller in(String scope) {
        return this;
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
     * A member of staff. As a resolver returns it, it has the roles alone that give the permission that was named.
     *
     * @param person for the audit, with the role in which the person acts
     * @param grants the roles that this version knows
     * @param until when the token ends
     */
    record Staff(Person person, Set<Role.Grant> grants, Instant until) implements Caller {

        public Staff {
            grants = Set.copyOf(grants);
        }

        /** The account name. */
        public String account() {
            return person.subject();
        }

        /** The roles, wherever they count. */
        public Set<Role> roles() {
            return grants.stream()
                    .map(Role.Grant::role)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class)));
        }

        /**
         * With the roles that give a permission, in whatever scope; where the scope is known, {@link #in} has to follow.
         *
         * @throws Problem {@code forbidden} if there are none
         */
        public Staff with(Permission permission) {
            return narrowed(grant -> permission.isOf(grant.role()), permission.sentence());
        }

        @Override
        public Staff in(String scope) {
            return narrowed(grant -> grant.holdsIn(scope), "Your role is not for " + scope + ".");
        }

        /**
         * With the roles that count everywhere, for what belongs to no scope.
         *
         * @throws Problem {@code forbidden} if there are none
         */
        public Staff everywhere() {
            return narrowed(grant -> grant.scope() == null, "Your role is limited to a part of this.");
        }

        /** The scopes to which a list has to be limited; empty for no limit. */
        public Optional<Set<String>> scopes() {
            Set<String> scopes = grants.stream()
                    .flatMap(grant -> Stream.ofNullable(grant.scope()))
                    .collect(Collectors.toUnmodifiableSet());
            return grants.stream().anyMatch(grant -> grant.scope() == null) ? Optional.empty() : Optional.of(scopes);
        }

        private Staff narrowed(Predicate<Role.Grant> counts, String otherwise) {
            Set<Role.Grant> left = grants.stream().filter(counts).collect(Collectors.toUnmodifiableSet());
            Role acting = left.stream()
                    .map(Role.Grant::role)
                    .min(Comparator.naturalOrder())
                    .orElseThrow(() -> new Problem(CommonProblem.FORBIDDEN, otherwise));
            return new Staff(person.as(acting), left, until);
        }
    }
}
