package org.openingminute.registration.form;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a body, gathered while it is read. For one thread. */
final class Findings {

    private final List<FieldError> malformed = new ArrayList<>();
    private final List<FieldError> invalid = new ArrayList<>();

    /** A field has a wrong JSON type. */
    void malformed(String field, String message) {
        malformed.add(new FieldError(field, message));
    }

    /** A field can be read, and is wrong. */
    void invalid(String field, String message) {
        invalid.add(new FieldError(field, message));
    }

    boolean none() {
        return malformed.isEmpty() && invalid.isEmpty();
    }

    List<FieldError> malformed() {
        return List.copyOf(malformed);
    }

    List<FieldError> invalid() {
        return List.copyOf(invalid);
    }
}
