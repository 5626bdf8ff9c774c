package org.openingminute.kit.access;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    /** The same, acting in a role. */
    Person as(Role role) {
        return new Person(subject, name, role);
    }
}
