package org.openingminute.payment.stripe;

import java.io.Serial;

/** Stripe's permanent refusal of a call. */
final class StripeRefusal extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * Stripe's own message is left out, because it may repeat our data.
     *
     * @param reason as {@code docs/interfaces.md} names it
     * @param answer Stripe's answer, by its codes
     */
    StripeRefusal(String reason, String answer) {
        super(answer);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
