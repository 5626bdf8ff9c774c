package org.openingminute.kit.problem;

import java.util.ArrayList;
import java.util.List;

/** Collects the errors of a request body while it is read. Not thread-safe. */
public final class FieldErrors {

    private final List<FieldError> malformed = new ArrayList<>();
    private final List<FieldError> invalid = new ArrayList<>();

    /** Adds an error for a field of a wrong JSON type; the arguments are those of {@link FieldError#of}. */
    public void malformed(String field, String code, String template, Object... parameters) {
        malformed.add(FieldError.of(field, code, template, parameters));
    }

    /** Adds an error for a field that has the right type and an invalid value; the arguments are those of {@link FieldError#of}. */
    public void invalid(String field, String code, String template, Object... parameters) {
        invalid.add(FieldError.of(field, code, template, parameters));
    }

    /** Whether there are no errors. */
    public boolean none() {
        return malformed.isEmpty() && invalid.isEmpty();
    }

    /** The errors of fields that have a wrong JSON type. */
    public List<FieldError> malformed() {
        return List.copyOf(malformed);
    }

    /** The errors of fields that have an invalid value. */
    public List<FieldError> invalid() {
        return List.copyOf(invalid);
    }
}
