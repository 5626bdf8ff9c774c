package org.openingminute.registration.access;

/** What staff may do. */
public enum Role {
    ORGANISER("organiser"),
    CHECK_IN("check-in"),
    OPERATOR("operator");

    private final String wireName;

    Role(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
