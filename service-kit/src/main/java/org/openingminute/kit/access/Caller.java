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
     * Refuses a contact whose link was revoked. A generation higher than the one known here is accepted, because the token is genuine and
     * this copy may be behind.
     *
     * @param contactGeneration the present generation; links of lower generations are revoked
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
     * Narrows the caller to a scope: a member of staff keeps only the roles that count there. A registrant is returned unchanged.
     *
     * @throws Problem {@code forbidden} for staff none of whose roles counts in the scope
     */
    default Caller in(String scope) {
        return this;
    }

    /** When the caller's token expires; {@link Instant#MAX} for a token without an expiry. */
    Instant until();

    /** The contact of a registration, or one of its attendees. */
    record Registrant(AccessToken token) implements Caller {

        @Override
        public Instant until() {
            return Instant.MAX;
        }
    }

    /**
     * A member of staff. A caller that {@link CallerResolver} returns has only the roles that grant the requested permission.
     *
     * @param person the person for the audit, with the role in which the person acts
     * @param grants the roles that this version knows
     * @param until when the token expires
     */
    record Staff(Person person, Set<Role.Grant> grants, Instant until) implements Caller {

        public Staff {
            grants = Set.copyOf(grants);
        }

        /** The account name. */
        public String account() {
            return person.subject();
        }

        /** The roles, whatever their scopes. */
        public Set<Role> roles() {
            return grants.stream()
                    .map(Role.Grant::role)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class)));
        }

        /**
         * Keeps only the roles that grant a permission, in any scope. Once the scope is known, {@link #in} must follow.
         *
         * @throws Problem {@code forbidden} if no role grants it
         */
        public Staff with(Permission permission) {
            return narrowed(grant -> permission.isOf(grant.role()), permission.sentence());
        }

        @Override
        public Staff in(String scope) {
            return narrowed(grant -> grant.holdsIn(scope), "Your role is not for " + scope + ".");
        }

        /**
         * Keeps only the roles without a scope, for resources that belong to no scope.
         *
         * @throws Problem {@code forbidden} if there are none
         */
        public Staff everywhere() {
            return narrowed(grant -> grant.scope() == null, "Your role is limited to a part of this.");
        }

        /** The scopes to which a list must be limited; empty if the caller may see all. */
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
