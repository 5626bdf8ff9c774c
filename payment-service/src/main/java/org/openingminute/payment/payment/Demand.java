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

    /** What whole seconds and a message's way leave of two clocks that agree; nobody moves one by so little. */
    private static final Duration AS_GOOD_AS_NONE = Duration.ofSeconds(5);

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

    /**
     * An instant of the machine's clock in business time, to be shown. How far the two are apart is known from the hold, whose
     * end is told in both; where nothing is held they are taken for the same.
     */
    Instant inBusinessTime(Instant machine) {
        Instant hold = request.holdExpiresAt();
        if (hold == null || request.payableSeconds() == 0) {
            return machine;
        }
        Duration ahead = Duration.between(requestedAt.plusSeconds(request.payableSeconds()), hold);
        return ahead.abs().compareTo(AS_GOOD_AS_NONE) < 0 ? machine : machine.plus(ahead);
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
