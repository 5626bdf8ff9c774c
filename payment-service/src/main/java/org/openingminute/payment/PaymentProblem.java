package org.openingminute.payment;

import org.openingminute.kit.problem.ProblemCode;
import org.springframework.http.HttpStatus;

/** The codes of the HTTP contract that only a payment answers with. */
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
