package org.openingminute.kit.access;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A member of staff, as acts are recorded. Immutable.
 *
 * @param subject the account, which stays the same when the name changes
 * @param name the person's name, or the account's where none is known; 200 characters at most, and no control characters, whatever the
 *     account's holder has entered elsewhere
 * @param role in which an act is done; {@code null} outside of any
 */
public record Person(String subject, String name, @Nullable Role role) {

    private static final int LONGEST_NAME = 200;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}+");

    /** Somebody who does nothing at the moment. */
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
     * An act of a person, as each service keeps it for the audit. Immutable.
     *
     * @param what in plain English, without its object's name: "paused the sale"
     * @param scope to which it belongs, as a role's; {@code null} for none
     * @param before what the act changes; {@code null} where nothing is to be seen
     * @param after the same after it
     * @param why in the person's own words
     */
    public record AuditEntry(
            Person person,
            String what,
            @Nullable String scope,
            @Nullable UUID registration,
            @Nullable JsonNode before,
            @Nullable JsonNode after,
            @Nullable String why) {

        /** One that changes nothing to be seen, such as reading. */
        public AuditEntry(Person person, String what, @Nullable String scope, @Nullable UUID registration) {
            this(person, what, scope, registration, null, null, null);
        }
    }

    /** The same, acting in a role. */
    Person as(Role role) {
        return new Person(subject, name, role);
    }
}
