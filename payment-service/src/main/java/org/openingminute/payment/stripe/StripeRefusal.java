package org.openingminute.payment.stripe;

import java.io.Serial;

/** Stripe's "no" to a call, which no repetition changes. */
final class StripeRefusal extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * Stripe's own sentence stays out of it, because it may repeat what was sent.
     *
     * @param reason as {@code docs/interfaces.md} names it
     * @param answer what Stripe answered, by its codes
     */
    StripeRefusal(String reason, String answer) {
        super(answer);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
