package org.openingminute.kit.access;

import static org.openingminute.kit.access.Role.CHECK_IN;
import static org.openingminute.kit.access.Role.FINANCE;
import static org.openingminute.kit.access.Role.OPERATOR;
import static org.openingminute.kit.access.Role.ORGANISER;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What members of staff may do, and in which roles: the one table, of which every call of staff names a row. A role that is limited
 * to one scope gives it there alone.
 */
public enum Permission {
    /** Defines, decides and reads all of a scope, and does what a registrant may. */
    ORGANISE,
    /** Moves money, and reads what became of it. */
    KEEP_ACCOUNTS,
    /** Lets people in. */
    ADMIT,
    /** Keeps the system running. */
    OPERATE,
    /** Reads a registration, of which each role sees its own part. */
    READ_REGISTRATION,
    /** Ends the own session. */
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

    /** Whether a role gives it. */
    boolean isOf(Role role) {
        return roles().contains(role);
    }

    /** The refusal's sentence for those who have none of the roles. */
    public String sentence() {
        return "This requires the role " + roles().stream().map(Role::wireName).collect(Collectors.joining(" or "))
                + ".";
    }
}
