package org.openingminute.registration;

import org.openingminute.kit.problem.ProblemCode;
import org.springframework.http.HttpStatus;

/** Error codes of the HTTP contract that are specific to a sale; {@code CommonProblem} has the codes that all services share. */
public enum SaleProblem implements ProblemCode {
    SOLD_OUT(HttpStatus.CONFLICT, "Sold out"),
    NOT_OPEN(HttpStatus.CONFLICT, "Not open yet"),
    PAUSED(HttpStatus.CONFLICT, "Paused"),
    CLOSED(HttpStatus.CONFLICT, "Closed"),
    WAITING_ROOM(HttpStatus.FORBIDDEN, "Waiting room"),
    ALREADY_REGISTERED(HttpStatus.CONFLICT, "Already registered"),
    ALREADY_CHECKED_IN(HttpStatus.CONFLICT, "Already checked in"),
    VOUCHER_INVALID(HttpStatus.UNPROCESSABLE_CONTENT, "Voucher not valid");

    private final HttpStatus status;
    private final String title;

    SaleProblem(HttpStatus status, String title) {
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
