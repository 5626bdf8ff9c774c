package org.openingminute.payment.web;

import org.springframework.http.HttpStatus;

/** The stable codes of problems, each with its HTTP status. */
public enum ProblemCode {
    MALFORMED("malformed", HttpStatus.BAD_REQUEST),
    UNAUTHENTICATED("unauthenticated", HttpStatus.UNAUTHORIZED),
    FORBIDDEN("forbidden", HttpStatus.FORBIDDEN),
    NOT_FOUND("not-found", HttpStatus.NOT_FOUND),
    NOT_PAYABLE("not-payable", HttpStatus.CONFLICT),
    TOO_LARGE("too-large", HttpStatus.CONTENT_TOO_LARGE),
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", HttpStatus.UNSUPPORTED_MEDIA_TYPE),
    INVALID("invalid", HttpStatus.UNPROCESSABLE_CONTENT),
    IDEMPOTENCY_KEY_MISSING("idempotency-key-missing", HttpStatus.BAD_REQUEST),
    IDEMPOTENCY_KEY_REUSED("idempotency-key-reused", HttpStatus.UNPROCESSABLE_CONTENT),
    UNAVAILABLE("unavailable", HttpStatus.SERVICE_UNAVAILABLE);

    private final String text;
    private final HttpStatus status;

    ProblemCode(String text, HttpStatus status) {
        this.text = text;
        this.status = status;
    }

    public String text() {
        return text;
    }

    public HttpStatus status() {
        return status;
    }
}
