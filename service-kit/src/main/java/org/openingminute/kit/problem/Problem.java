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
 * A refusal with a code of the HTTP contract, which becomes the response. It has no stack trace, because it is an expected answer and not a
 * fault. Immutable.
 */
public final class Problem extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** The default {@code Retry-After} of an outage. */
    private static final Duration A_MOMENT = Duration.ofSeconds(2);

    /** The default {@code Retry-After} of a full queue. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final URI NO_TYPE = URI.create("about:blank");

    private final transient ProblemCode code;
    private final transient Detail detail;
    private final transient List<FieldError> errors;
    private final transient Map<String, Object> members;
    private final transient @Nullable Duration retryAfter;

    /** @param detail a sentence for the reader, without personal data: no name, address or id */
    public Problem(ProblemCode code, String detail) {
        this(code, new Detail(detail), List.of(), Map.of(), null);
    }

    /**
     * Creates a refusal because of some fields, with a code other than {@code invalid}.
     *
     * @param detail a sentence for the reader, without personal data: no name, address or id
     */
    public Problem(ProblemCode code, String detail, List<FieldError> errors) {
        this(code, new Detail(detail), errors, Map.of(), null);
    }

    /**
     * Creates a refusal with additional members.
     *
     * @param detail a sentence for the reader, without personal data: no name, address or id
     * @param members additional members of the document, beside {@code code}; values must be writable as JSON
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

    /** Refuses fields that have the right type and an invalid value. */
    public static Problem invalid(List<FieldError> errors) {
        return new Problem(CommonProblem.INVALID, "Some fields are invalid.", errors);
    }

    /** Refuses one field that has the right type and an invalid value; the arguments are those of {@link FieldError#of}. */
    public static Problem invalid(String field, String code, String template, Object... parameters) {
        return invalid(List.of(FieldError.of(field, code, template, parameters)));
    }

    /** Refuses a request that cannot be parsed. */
    public static Problem malformed(String detail) {
        return new Problem(CommonProblem.MALFORMED, detail);
    }

    /** Refuses a body in which some fields have a wrong JSON type. */
    public static Problem malformed(List<FieldError> errors) {
        return new Problem(CommonProblem.MALFORMED, "Some fields have the wrong type.", errors);
    }

    /** Refuses a request whose token is missing, invalid, expired or revoked. */
    public static Problem unauthenticated() {
        return new Problem(CommonProblem.UNAUTHENTICATED, "A valid token is required.").because("token-needed");
    }

    /** Refuses access to a resource that does not exist, or whose existence the caller must not learn. */
    public static Problem notFound() {
        return new Problem(CommonProblem.NOT_FOUND, "There is nothing at this address.").because("nothing-here");
    }

    /** Refuses because a queue is full or an answer is late; {@code Retry-After} is one second. */
    public static Problem unavailable() {
        return new Problem(
                        CommonProblem.UNAVAILABLE,
                        "This cannot be done right now. Repeat the request with the same key; nothing is lost.")
                .retryAfter(SOON);
    }

    /** Refuses because a dependency is unavailable; {@code Retry-After} is two seconds. */
    public static Problem unavailable(String detail) {
        return new Problem(CommonProblem.UNAVAILABLE, detail).retryAfter(A_MOMENT);
    }

    /**
     * A copy with a {@code Retry-After}.
     *
     * @param wait rounded up to whole seconds, at least one
     */
    public Problem retryAfter(Duration wait) {
        return new Problem(code, detail, errors, members, wait);
    }

    /**
     * A copy with a key by which pages find the detail in the reader's language. The document does not contain the key.
     *
     * @param reason more specific than the code, in kebab case
     * @param parameters the parameters of the translated text
     */
    public Problem because(String reason, Object... parameters) {
        return new Problem(
                code, new Detail(detail.english(), reason, List.of(parameters)), errors, members, retryAfter);
    }

    public ProblemCode code() {
        return code;
    }

    /** The detail in English. */
    public String detail() {
        return detail.english();
    }

    /** The key of the translated detail; empty if only the code is known. */
    public Optional<String> reason() {
        return Optional.ofNullable(detail.reason());
    }

    /** The parameters of the translated detail. */
    public List<Object> parameters() {
        return detail.parameters();
    }

    /** The errors of fields; empty if the problem is not about fields. */
    public List<FieldError> errors() {
        return errors;
    }

    /** The members of the document beyond those that every document has. */
    public Map<String, Object> members() {
        return Collections.unmodifiableMap(members);
    }

    /** The value of the header {@code Retry-After}, in seconds; empty if no wait is known. */
    public Optional<String> retryAfter() {
        return Optional.ofNullable(retryAfter)
                .map(wait -> Long.toString(Math.max(1, wait.plusMillis(999).toSeconds())));
    }

    /** Whether there is an error for a field or for something inside it. */
    public boolean concerns(String field) {
        return errors.stream().anyMatch(error -> error.field().startsWith(field));
    }

    /** The problem document (RFC 9457). */
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
