package org.openingminute.kit.problem;

import java.util.ArrayList;
import java.util.List;

/** The errors of a request body, gathered while it is read. */
public final class FieldErrors {

    private final List<FieldError> malformed = new ArrayList<>();
    private final List<FieldError> invalid = new ArrayList<>();

    /** Notes that a field has a wrong JSON type; the arguments are those of {@link FieldError#of}. */
    public void malformed(String field, String code, String template, Object... parameters) {
        malformed.add(FieldError.of(field, code, template, parameters));
    }

    /** Notes that a field can be read and is wrong; the arguments are those of {@link FieldError#of}. */
    public void invalid(String field, String code, String template, Object... parameters) {
        invalid.add(FieldError.of(field, code, template, parameters));
    }

    /** Whether there are no errors. */
    public boolean none() {
        return malformed.isEmpty() && invalid.isEmpty();
    }

    /** The fields that have a wrong JSON type. */
    public List<FieldError> malformed() {
        return List.copyOf(malformed);
    }

    /** The fields that can be read, and are wrong. */
    public List<FieldError> invalid() {
        return List.copyOf(invalid);
    }
}
