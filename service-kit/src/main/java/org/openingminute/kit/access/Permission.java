package org.openingminute.kit.access;

import static org.openingminute.kit.access.Role.CHECK_IN;
import static org.openingminute.kit.access.Role.FINANCE;
import static org.openingminute.kit.access.Role.OPERATOR;
import static org.openingminute.kit.access.Role.ORGANISER;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What members of staff may do, and which roles grant it. Every call of staff names one of these permissions; there is no other table. A
 * role that is limited to one scope grants its permissions only there.
 */
public enum Permission {
    /** Define, manage and read everything in a scope, and do what a registrant may. */
    ORGANISE,
    /** Move money, and read what became of it. */
    KEEP_ACCOUNTS,
    /** Check attendees in. */
    ADMIT,
    /** Operate the system. */
    OPERATE,
    /** Read a registration; each role sees only its own part. */
    READ_REGISTRATION,
    /** End the caller's own session. */
    END_SESSION;

    private Set<Role> roles() {
        return switch (this) {
            case ORGANISE -> EnumSet.of(ORGANISER);
            case KEEP_ACCOUNTS -> EnumSet.of(ORGANISER, FINANCE);
            case ADMIT -> EnumSet.of(ORGANISER, CHECK_IN);
            case OPERATE -> EnumSet.of(OPERATOR);
            case READ_REGISTRATION, END_SESSION -> EnumSet.allOf(Role.class);
        };
    }

    /** Whether a role grants this permission. */
    boolean isOf(Role role) {
        return roles().contains(role);
    }

    /** The detail of the refusal for callers without a sufficient role. */
    public String sentence() {
        return "This requires the role " + roles().stream().map(Role::wireName).collect(Collectors.joining(" or "))
                + ".";
    }
}
