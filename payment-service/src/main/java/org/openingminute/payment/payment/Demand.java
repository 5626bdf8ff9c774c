package org.openingminute.payment.payment;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request and the machine's time from which its seconds count.
 *
 * @param requestedAt the message's {@code ce_time}
 */
public record Demand(PaymentRequest request, Instant requestedAt) {

    private static final long MARGIN_SECONDS = 30;
    private static final long SHORT_HOLD_SECONDS = 60;

    /** When an open session is ended, on the machine's clock. */
    public Instant sessionsEndAt() {
        return requestedAt.plusSeconds(request.payableSeconds()).minus(margin());
    }

    /** The same instant in business time, to be shown; {@code null} where nothing is held. */
    public @Nullable Instant expiresAt() {
        Instant hold = request.holdExpiresAt();
        return hold == null ? null : hold.minus(margin());
    }

    /** Whether there is something to pay, now. */
    public boolean asksForMoney() {
        return request.payable() && request.due().some();
    }

    private Duration margin() {
        return request.payableSeconds() < SHORT_HOLD_SECONDS
                ? Duration.ofSeconds(request.payableSeconds()).dividedBy(2)
                : Duration.ofSeconds(MARGIN_SECONDS);
    }
}
