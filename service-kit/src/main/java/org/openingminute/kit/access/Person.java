package org.openingminute.kit.access;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A member of staff, as the audit records them. Immutable.
 *
 * @param subject the account's id, which stays the same when the name changes
 * @param name the person's name, or the account's where no name is known; cut to 200 characters and without control characters,
 *     whatever the system of its origin allows
 * @param role the role in which the person acts; {@code null} outside of an act
 */
public record Person(String subject, String name, @Nullable Role role) {

    private static final int LONGEST_NAME = 200;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}+");

    /** A person who is not acting in a role. */
    public Person(String subject, String name) {
        this(subject, name, null);
    }

    /** @throws IllegalArgumentException for an empty subject */
    public Person {
        if (subject.isBlank()) {
            throw new IllegalArgumentException("a person has a subject");
        }
        name = CONTROL.matcher(name).replaceAll(" ").strip();
        if (name.codePointCount(0, name.length()) > LONGEST_NAME) {
            name = name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME));
        }
        if (name.isEmpty()) {
            name = subject;
        }
    }

    /**
     * An act of a person, as a service records it for the audit. Immutable.
     *
     * @param what the act in plain English, without the name of its object: "paused the sale"
     * @param scope the scope to which the act belongs, as in a role; {@code null} for none
     * @param before the state before the act; {@code null} where the act changes nothing that is recorded
     * @param after the state after the act; {@code null} where the act changes nothing that is recorded
     * @param why the reason in the person's own words
     */
    public record AuditEntry(
            Person person,
            String what,
            @Nullable String scope,
            @Nullable UUID registration,
            @Nullable JsonNode before,
            @Nullable JsonNode after,
            @Nullable String why) {

        /** An act that changes nothing, such as reading. */
        public AuditEntry(Person person, String what, @Nullable String scope, @Nullable UUID registration) {
            this(person, what, scope, registration, null, null, null);
        }
    }

    /** A copy of the person acting in a role. */
    Person as(Role role) {
        return new Person(subject, name, role);
    }
}
