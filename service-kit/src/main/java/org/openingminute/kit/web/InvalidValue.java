package org.openingminute.kit.web;

import java.io.Serial;
import org.openingminute.kit.problem.FieldError;

/** Reports that a type refuses a well-formed value. If the value is in a JSON body, {@link JsonBody} adds the field's path. Immutable. */
public final class InvalidValue extends IllegalArgumentException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient FieldError error;

    /** @param error the error of the invalid component, with the component's name in JSON */
    public InvalidValue(FieldError error) {
        super(error.field() + " " + error.message());
        this.error = error;
    }

    FieldError error() {
        return error;
    }
}
