package org.openingminute.registration.form;

/**
 * What is wrong with one field of a request.
 *
 * @param field its path, for example {@code attendees[0].email}
 * @param message in plain words, for example {@code is required}
 */
public record FieldError(String field, String message) {}
