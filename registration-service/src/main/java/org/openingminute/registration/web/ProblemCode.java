package org.openingminute.registration.web;

import org.springframework.http.HttpStatus;

/** The stable codes of the HTTP contract, each with its status. */
public enum ProblemCode {
    MALFORMED(HttpStatus.BAD_REQUEST),
    IDEMPOTENCY_KEY_MISSING(HttpStatus.BAD_REQUEST),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED),
    FORBIDDEN(HttpStatus.FORBIDDEN),
    NOT_FOUND(HttpStatus.NOT_FOUND),
    SOLD_OUT(HttpStatus.CONFLICT),
    NOT_OPEN(HttpStatus.CONFLICT),
    PAUSED(HttpStatus.CONFLICT),
    CLOSED(HttpStatus.CONFLICT),
    NOT_ALLOWED_NOW(HttpStatus.CONFLICT),
    IN_PROGRESS(HttpStatus.CONFLICT),
    ALREADY_REGISTERED(HttpStatus.CONFLICT),
    ERASED(HttpStatus.GONE),
    CHANGED(HttpStatus.PRECONDITION_FAILED),
    TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE),
    INVALID(HttpStatus.UNPROCESSABLE_CONTENT),
    VOUCHER_INVALID(HttpStatus.UNPROCESSABLE_CONTENT),
    IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT),
    RATE_LIMITED(HttpStatus.TOO_MANY_REQUESTS),
    UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE);

    private final HttpStatus status;

    ProblemCode(HttpStatus status) {
        this.status = status;
    }

    public HttpStatus status() {
        return status;
    }

    /** The code as clients read it. */
    public String wireName() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
