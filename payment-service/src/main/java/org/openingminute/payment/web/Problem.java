package org.openingminute.payment.web;

import java.io.Serial;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem that the caller is told. Its detail is a sentence for the caller and names no person. */
public final class Problem extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final String detail;
    private final transient List<FieldError> errors;
    private final transient @Nullable Duration retryAfter;

    /**
     * What is wrong with one field of the request.
     *
     * @param message goes on after the field's name, such as {@code is required}
     */
    public record FieldError(String field, String message) {}

    public Problem(ProblemCode code, String detail) {
        this(code, detail, List.of(), null);
    }

    private Problem(ProblemCode code, String detail, List<FieldError> errors, @Nullable Duration retryAfter) {
        super(code.text() + ": " + detail, null, false, false);
        this.code = code;
        this.detail = detail;
        this.errors = errors;
        this.retryAfter = retryAfter;
    }

    public static Problem invalid(List<FieldError> errors) {
        return new Problem(ProblemCode.INVALID, "Some fields are not right.", errors, null);
    }

    public static Problem unavailable(String detail, Duration retryAfter) {
        return new Problem(ProblemCode.UNAVAILABLE, detail, List.of(), retryAfter);
    }

    public ProblemCode code() {
        return code;
    }

    public String detail() {
        return detail;
    }

    public List<FieldError> errors() {
        return errors;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
