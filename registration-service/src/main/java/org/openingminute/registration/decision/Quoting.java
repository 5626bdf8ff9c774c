package org.openingminute.registration.decision;

import java.time.Instant;
import java.util.List;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.form.OrderCheck;
import org.openingminute.registration.form.RegistrationRequest;
import org.openingminute.registration.sale.Quote;

/** What a registration would cost now; nothing is held. Pure. */
public final class Quoting {

    private Quoting() {}

    /**
     * Reckons the price of an order at an instant.
     *
     * @throws Problem {@code invalid}, {@code voucher-invalid}, or outside the sale {@code not-open} and the like
     */
    public static Quote quote(Conference conference, RegistrationRequest request, Instant at) {
        List<FieldError> errors = OrderCheck.checkForQuote(conference.definition(), request);
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        return switch (RegisterDecision.quote(conference, OrderCheck.order(request), at)) {
            case RegisterDecision.Quoted.Price(Quote quote) -> quote;
            case RegisterDecision.Quoted.No(Problem problem) -> throw problem;
        };
    }
}
