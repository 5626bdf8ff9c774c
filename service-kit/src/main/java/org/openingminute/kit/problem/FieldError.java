package org.openingminute.kit.problem;

/**
 * What is wrong with one field of a request. Immutable.
 *
 * @param field its path, for example {@code attendees[0].email}
 * @param message in plain English, to be read after the field's name, for example {@code is required}
 */
public record FieldError(String field, String message) {}
