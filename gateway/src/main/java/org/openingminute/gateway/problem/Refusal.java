package org.openingminute.gateway.problem;

import java.io.Serial;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A "no" of the gateway, with a code of the contract. It carries no stack trace: it is an answer and not a fault. */
public final class Refusal extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final transient @Nullable Duration retryAfter;
    private final transient Map<String, Object> members;

    /**
     * A refusal with a code and a sentence.
     *
     * @param detail for the person who reads it, without anything that names a person or a machine
     */
    public Refusal(ProblemCode code, String detail) {
        this(code, detail, null, Map.of());
    }

    /**
     * A refusal that says more than its code.
     *
     * @param retryAfter when it is worth trying again; told in whole seconds, 1 at least
     * @param members further members of the problem document
     */
    public Refusal(ProblemCode code, String detail, @Nullable Duration retryAfter, Map<String, Object> members) {
        super(detail, null, false, false);
        this.code = code;
        this.retryAfter = retryAfter;
        this.members = new LinkedHashMap<>(members);
    }

    /** A field that is understood but wrong. */
    public static Refusal invalid(String field, String message) {
        return new Refusal(
                ProblemCode.INVALID,
                "Some fields are not right.",
                null,
                Map.of("errors", List.of(Map.of("field", field, "message", message))));
    }

    public static Refusal notFound() {
        return new Refusal(ProblemCode.NOT_FOUND, "There is nothing here.");
    }

    public ProblemCode code() {
        return code;
    }

    /** When it is worth trying again, where that is known. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    Map<String, Object> members() {
        return members;
    }
}
