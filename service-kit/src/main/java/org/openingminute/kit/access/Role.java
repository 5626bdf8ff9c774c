package org.openingminute.kit.access;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A role of a member of staff, as staff tokens name it. */
public enum Role {
    ORGANISER("organiser"),
    FINANCE("finance"),
    CHECK_IN("check-in"),
    OPERATOR("operator");

    private final String wireName;

    Role(String wireName) {
        this.wireName = wireName;
    }

    /** The role's name in tokens. */
    public String wireName() {
        return wireName;
    }

    /** The role with this name; empty for a role that this version does not know. */
    public static Optional<Role> of(String wireName) {
        return Arrays.stream(values())
                .filter(role -> role.wireName.equals(wireName))
                .findFirst();
    }

    /**
     * A role as granted to a person. Immutable.
     *
     * @param scope the scope to which the role is limited; {@code null} for all scopes
     */
    public record Grant(Role role, @Nullable String scope) {

        private static final Pattern SCOPE = Pattern.compile("[a-z0-9-]{1,63}");
        private static final char LIMITED_TO = ':';

        /** @throws IllegalArgumentException for an operator with a scope, because operators work for all scopes */
        public Grant {
            if (!isPossible(role, scope)) {
                throw new IllegalArgumentException("this role cannot be limited to this");
            }
        }

        private static boolean isPossible(Role role, @Nullable String scope) {
            return scope == null || (role != OPERATOR && SCOPE.matcher(scope).matches());
        }

        /** The role for all scopes. */
        public static Grant of(Role role) {
            return new Grant(role, null);
        }

        /** Parses {@code organiser} or {@code organiser:scope}; empty for a role that this version does not know. */
        public static Optional<Grant> read(String wireName) {
            int limit = wireName.indexOf(LIMITED_TO);
            @Nullable String scope = limit < 0 ? null : wireName.substring(limit + 1);
            return Role.of(limit < 0 ? wireName : wireName.substring(0, limit))
                    .filter(role -> isPossible(role, scope))
                    .map(role -> new Grant(role, scope));
        }

        /** The grant's name in tokens. */
        public String wireName() {
            return scope == null ? role.wireName : role.wireName + LIMITED_TO + scope;
        }

        /** Whether the grant counts in a scope. */
        boolean holdsIn(String there) {
            return scope == null || scope.equals(there);
        }
    }
}
