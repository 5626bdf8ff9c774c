package org.openingminute.payment.web;

import org.springframework.http.HttpStatus;

/** The stable codes of problems, each with its HTTP status. */
public enum ProblemCode {
    MALFORMED("malformed", HttpStatus.BAD_REQUEST, "Malformed request"),
    UNAUTHENTICATED("unauthenticated", HttpStatus.UNAUTHORIZED, "Not signed in"),
    FORBIDDEN("forbidden", HttpStatus.FORBIDDEN, "Not allowed"),
    NOT_FOUND("not-found", HttpStatus.NOT_FOUND, "Not found"),
    NOT_PAYABLE("not-payable", HttpStatus.CONFLICT, "Not payable"),
    NOT_ALLOWED_NOW("not-allowed-now", HttpStatus.CONFLICT, "Not now"),
    TOO_LARGE("too-large", HttpStatus.CONTENT_TOO_LARGE, "Too large"),
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Unsupported media type"),
    INVALID("invalid", HttpStatus.UNPROCESSABLE_CONTENT, "Invalid request"),
    IDEMPOTENCY_KEY_MISSING("idempotency-key-missing", HttpStatus.BAD_REQUEST, "Idempotency-Key missing"),
    IDEMPOTENCY_KEY_REUSED(
            "idempotency-key-reused", HttpStatus.UNPROCESSABLE_CONTENT, "The key was used for another request"),
    UNAVAILABLE("unavailable", HttpStatus.SERVICE_UNAVAILABLE, "Unavailable for a moment");

    private final String text;
    private final HttpStatus status;
    private final String title;

    ProblemCode(String text, HttpStatus status, String title) {
        this.text = text;
        this.status = status;
        this.title = title;
    }

    public String text() {
        return text;
    }

    public HttpStatus status() {
        return status;
    }

    String title() {
        return title;
    }
}
