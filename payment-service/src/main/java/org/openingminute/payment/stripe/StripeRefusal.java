package org.openingminute.payment.stripe;

import java.io.Serial;

/** Stripe's permanent refusal of a call. */
final class StripeRefusal extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * Omits Stripe's own message, because it may contain our data.
     *
     * @param reason as named in {@code docs/interfaces.md}
     * @param answer Stripe's codes
     */
    StripeRefusal(String reason, String answer) {
        super(answer);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
