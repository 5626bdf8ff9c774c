package org.openingminute.kit.access;

/**
 * A member of staff, as acts are recorded. Immutable.
 *
 * @param subject the account, which stays the same when the name changes
 * @param name the person's name, or the account's where none is known
 */
public record Person(String subject, String name) {

    /** @throws IllegalArgumentException for an empty subject */
    public Person {
        if (subject.isBlank()) {
            throw new IllegalArgumentException("a person has a subject");
        }
        if (name.isBlank()) {
            name = subject;
        }
    }
}
