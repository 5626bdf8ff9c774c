package org.openingminute.kit.access;

import java.util.Arrays;
import java.util.Optional;

/** A role of a member of staff, as staff tokens name it. */
public enum Role {
    ORGANISER("organiser"),
    CHECK_IN("check-in"),
    OPERATOR("operator");

    private final String wireName;

    Role(String wireName) {
        this.wireName = wireName;
    }

    /** The name in tokens. */
    public String wireName() {
        return wireName;
    }

    /** The role of this name; empty for one that this version does not know. */
    public static Optional<Role> of(String wireName) {
        return Arrays.stream(values())
                .filter(role -> role.wireName.equals(wireName))
                .findFirst();
    }
}
