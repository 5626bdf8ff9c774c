package org.openingminute.registration.web;

import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openingminute.registration.form.FieldError;
import org.springframework.http.ProblemDetail;

/** A "no" with a code of the contract; {@link ProblemAdvice} turns it into the answer. */
public class Problem extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final transient Map<String, Object> members;

    /**
     * @param detail a sentence for the person who reads it; no name, address or id of anybody in it
     */
    public Problem(ProblemCode code, String detail) {
        this(code, detail, Map.of());
    }

    /** With members beside {@code code}, such as what a refusal offers instead. */
    public Problem(ProblemCode code, String detail, Map<String, Object> members) {
        super(detail, null, false, false);
        this.code = code;
        this.members = new LinkedHashMap<>(members);
    }

    public static Problem invalid(List<FieldError> errors) {
        return new Problem(ProblemCode.INVALID, "Some fields are not right.", Map.of("errors", errors));
    }

    public static Problem malformed(String detail) {
        return new Problem(ProblemCode.MALFORMED, detail);
    }

    public static Problem notFound() {
        return new Problem(ProblemCode.NOT_FOUND, "There is nothing here.");
    }

    /** For what was not done because something is away or full; nothing of it was. */
    public static Problem unavailable() {
        return new Problem(
                ProblemCode.UNAVAILABLE,
                "This cannot be done for a moment. Repeat it with the same key; nothing is lost.");
    }

    public ProblemCode code() {
        return code;
    }

    public Map<String, Object> members() {
        return members;
    }

    public ProblemDetail body() {
        ProblemDetail body = ProblemDetail.forStatusAndDetail(code.status(), String.valueOf(getMessage()));
        body.setProperty("code", code.wireName());
        members.forEach(body::setProperty);
        return body;
    }
}
