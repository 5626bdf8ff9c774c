package org.openingminute.kit.problem;

import java.io.Serial;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;

/**
 * A refusal with a code of the contract, sent to the caller. It has no stack trace, because it is an answer and not a
 * fault. Immutable.
 */
public final class Problem extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** The time after which an outage may have passed, if nothing more is known. */
    private static final Duration A_MOMENT = Duration.ofSeconds(2);

    /** The time after which a queue has moved on. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final URI NO_TYPE = URI.create("about:blank");

    private final transient ProblemCode code;
    private final transient Detail detail;
    private final transient List<FieldError> errors;
    private final transient Map<String, Object> members;
    private final transient @Nullable Duration retryAfter;

    /** @param detail a sentence for the person who reads it; no name, address or id of anybody stands in it */
    public Problem(ProblemCode code, String detail) {
        this(code, new Detail(detail), List.of(), Map.of(), null);
    }

    /**
     * A refusal because of fields, with a code other than {@code invalid}.
     *
     * @param detail a sentence for the person who reads it; no name, address or id of anybody stands in it
     */
    public Problem(ProblemCode code, String detail, List<FieldError> errors) {
        this(code, new Detail(detail), errors, Map.of(), null);
    }

    /**
     * A refusal that says more than its code.
     *
     * @param detail a sentence for the person who reads it; no name, address or id of anybody stands in it
     * @param members of the document, beside {@code code}; what can be written as JSON
     */
    public Problem(ProblemCode code, String detail, Map<String, Object> members) {
        this(code, new Detail(detail), List.of(), members, null);
    }

    private Problem(
            ProblemCode code,
            Detail detail,
            List<FieldError> errors,
            Map<String, Object> members,
            @Nullable Duration retryAfter) {
        super(detail.english(), null, false, false);
        this.code = code;
        this.detail = detail;
        this.errors = List.copyOf(errors);
        this.members = new LinkedHashMap<>(members);
        this.retryAfter = retryAfter;
    }

    /** A refusal of fields that could be read and are wrong. */
    public static Problem invalid(List<FieldError> errors) {
        return new Problem(CommonProblem.INVALID, "Some fields are invalid.", errors);
    }

    /** A refusal of a field that could be read and is wrong; the arguments are those of {@link FieldError#of}. */
    public static Problem invalid(String field, String code, String template, Object... parameters) {
        return invalid(List.of(FieldError.of(field, code, template, parameters)));
    }

    /** The refusal of a request that cannot be read. */
    public static Problem malformed(String detail) {
        return new Problem(CommonProblem.MALFORMED, detail);
    }

    /** The refusal of a body in which some fields have a wrong JSON type. */
    public static Problem malformed(List<FieldError> errors) {
        return new Problem(CommonProblem.MALFORMED, "Some fields have the wrong type.", errors);
    }

    /** The refusal of a missing, invalid or ended token. */
    public static Problem unauthenticated() {
        return new Problem(CommonProblem.UNAUTHENTICATED, "A valid token is required.").because("token-needed");
    }

    /** The refusal for a resource that does not exist, or that the caller must not know about. */
    public static Problem notFound() {
        return new Problem(CommonProblem.NOT_FOUND, "There is nothing at this address.").because("nothing-here");
    }

    /** The refusal when a queue is full or an answer is late; the caller may repeat the request in a second. */
    public static Problem unavailable() {
        return new Problem(
                        CommonProblem.UNAVAILABLE,
                        "This cannot be done right now. Repeat the request with the same key; nothing is lost.")
                .retryAfter(SOON);
    }

    /** The refusal when a dependency is away; the caller may repeat the request in two seconds. */
    public static Problem unavailable(String detail) {
        return new Problem(CommonProblem.UNAVAILABLE, detail).retryAfter(A_MOMENT);
    }

    /**
     * The same, with a time after which it is worth trying again.
     *
     * @param wait sent in whole seconds, rounded up, at least one
     */
    public Problem retryAfter(Duration wait) {
        return new Problem(code, detail, errors, members, wait);
    }

    /**
     * The same, with a key by which pages find the detail in the reader's language; the document does not contain the key.
     *
     * @param reason more specific than the code, in kebab case
     * @param parameters of that text, in their own types
     */
    public Problem because(String reason, Object... parameters) {
        return new Problem(
                code, new Detail(detail.english(), reason, List.of(parameters)), errors, members, retryAfter);
    }

    public ProblemCode code() {
        return code;
    }

    /** The sentence for the person who reads it. */
    public String detail() {
        return detail.english();
    }

    /** The key of the detail's text in the reader's language; empty if only the code is known. */
    public Optional<String> reason() {
        return Optional.ofNullable(detail.reason());
    }

    /** The parameters of that text, in their own types. */
    public List<Object> parameters() {
        return detail.parameters();
    }

    /** The errors of fields; empty where the problem is not about fields. */
    public List<FieldError> errors() {
        return errors;
    }

    /** Members of the document besides those that every document has. */
    public Map<String, Object> members() {
        return Collections.unmodifiableMap(members);
    }

    /** The header {@code Retry-After}, in whole seconds, if it is known when a retry makes sense. */
    public Optional<String> retryAfter() {
        return Optional.ofNullable(retryAfter)
                .map(wait -> Long.toString(Math.max(1, wait.plusMillis(999).toSeconds())));
    }

    /** Whether a field, or something in it, is wrong. */
    public boolean concerns(String field) {
        return errors.stream().anyMatch(error -> error.field().startsWith(field));
    }

    /** The document (RFC 9457). */
    public ProblemDetail body() {
        ProblemDetail body = ProblemDetail.forStatusAndDetail(code.status(), detail.english());
        body.setType(NO_TYPE);
        body.setTitle(code.title());
        body.setProperty("code", code.wireName());
        if (!errors.isEmpty()) {
            body.setProperty("errors", errors);
        }
        members.forEach(body::setProperty);
        return body;
    }

    private record Detail(String english, @Nullable String reason, List<Object> parameters) {

        Detail {
            parameters = List.copyOf(parameters);
        }

        Detail(String english) {
            this(english, null, List.of());
        }
    }
}
