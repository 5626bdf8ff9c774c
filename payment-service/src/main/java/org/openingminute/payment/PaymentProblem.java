package org.openingminute.payment;

import org.openingminute.kit.problem.ProblemCode;
import org.springframework.http.HttpStatus;

/** Error codes of the HTTP contract that are specific to payments; {@code CommonProblem} has the codes that all services share. */
public enum PaymentProblem implements ProblemCode {
    NOT_PAYABLE;

    @Override
    public HttpStatus status() {
        return HttpStatus.CONFLICT;
    }

    @Override
    public String title() {
        return "Not payable";
    }
}
