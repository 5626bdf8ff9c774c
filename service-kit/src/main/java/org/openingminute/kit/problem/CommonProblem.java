package org.openingminute.kit.problem;

import org.springframework.http.HttpStatus;

/** The problem codes that all services share. */
public enum CommonProblem implements ProblemCode {
    MALFORMED(HttpStatus.BAD_REQUEST, "Malformed request"),
    IDEMPOTENCY_KEY_MISSING(HttpStatus.BAD_REQUEST, "Idempotency-Key missing"),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "Not signed in"),
    FORBIDDEN(HttpStatus.FORBIDDEN, "Not allowed"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "Not found"),
    NOT_ALLOWED_NOW(HttpStatus.CONFLICT, "Not allowed now"),
    IN_PROGRESS(HttpStatus.CONFLICT, "In progress"),
    ERASED(HttpStatus.GONE, "Erased"),
    CHANGED(HttpStatus.PRECONDITION_FAILED, "Changed in the meantime"),
    TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "Too large"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Unsupported media type"),
    INVALID(HttpStatus.UNPROCESSABLE_CONTENT, "Invalid request"),
    IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT, "Key used for another request"),
    RATE_LIMITED(HttpStatus.TOO_MANY_REQUESTS, "Too many requests"),
    UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Temporarily unavailable");

    private final HttpStatus status;
    private final String title;

    CommonProblem(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    @Override
    public HttpStatus status() {
        return status;
    }

    @Override
    public String title() {
        return title;
    }
}
