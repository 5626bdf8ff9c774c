package org.openingminute.notification.problem;

import java.util.Locale;
import org.springframework.http.HttpStatus;

/** Those codes of the HTTP contract that this service answers with, each with the status that the contract gives it. */
public enum ProblemCode {
    MALFORMED(HttpStatus.BAD_REQUEST, "The request cannot be read"),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "Who are you?"),
    FORBIDDEN(HttpStatus.FORBIDDEN, "Not allowed"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "Not found"),
    NOT_ALLOWED_NOW(HttpStatus.CONFLICT, "Not now"),
    CHANGED(HttpStatus.PRECONDITION_FAILED, "Changed meanwhile"),
    TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "Too large"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Not in this form"),
    INVALID(HttpStatus.UNPROCESSABLE_CONTENT, "The request is not valid"),
    IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT, "The key was used for another request"),
    RATE_LIMITED(HttpStatus.TOO_MANY_REQUESTS, "Too often"),
    UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Not available right now");

    private final HttpStatus status;
    private final String title;

    ProblemCode(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    HttpStatus status() {
        return status;
    }

    String title() {
        return title;
    }
}
