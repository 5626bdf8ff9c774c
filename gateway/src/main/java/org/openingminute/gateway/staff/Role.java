package org.openingminute.gateway.staff;

/** What a person of the staff may do. */
public enum Role {
    ORGANISER("organiser"),
    CHECK_IN("check-in"),
    OPERATOR("operator");

    private final String wireName;

    Role(String wireName) {
        this.wireName = wireName;
    }

    /** The role as tokens bear it, which is also the name of the built-in account that has it. */
    public String wireName() {
        return wireName;
    }
}
