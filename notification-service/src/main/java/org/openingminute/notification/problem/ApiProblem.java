package org.openingminute.notification.problem;

import java.io.Serial;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A refusal, with what the caller is told. */
public class ApiProblem extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final String detail;
    private final transient List<FieldError> errors;
    private @Nullable Duration retryAfter;

    public ApiProblem(ProblemCode code, String detail) {
        this(code, detail, List.of());
    }

    private ApiProblem(ProblemCode code, String detail, List<FieldError> errors) {
        super(detail, null, false, false);
        this.code = code;
        this.detail = detail;
        this.errors = errors;
    }

    /** A field that was understood and is wrong. */
    public static ApiProblem invalid(String field, String message) {
        return new ApiProblem(ProblemCode.INVALID, field + ": " + message, List.of(new FieldError(field, message)));
    }

    /** Several fields that are wrong, the first of them in the words of the problem. */
    public static ApiProblem invalid(List<FieldError> errors) {
        FieldError first = errors.getFirst();
        return new ApiProblem(ProblemCode.INVALID, first.field() + ": " + first.message(), List.copyOf(errors));
    }

    /** Says when to come again. */
    public ApiProblem retryAfter(Duration wait) {
        retryAfter = wait;
        return this;
    }

    /** Whether a field, or something in it, is wrong. */
    public boolean concerns(String field) {
        return errors.stream().anyMatch(error -> error.field().startsWith(field));
    }

    ProblemCode code() {
        return code;
    }

    String detail() {
        return detail;
    }

    List<FieldError> errors() {
        return errors;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    /** What is wrong with one field. */
    public record FieldError(String field, String message) {}
}
