package org.openingminute.registration.sale;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * One step of a cancellation policy.
 *
 * @param until names the last second in which it applies
 * @param refundPercent of what was captured, 0 to 100
 * @param keeps a fixed fee per registration that is not given back, in minor units
 */
public record CancellationRule(Instant until, BigDecimal refundPercent, long keeps) {

    /** @throws IllegalArgumentException if the percentage or the fee is out of range */
    public CancellationRule {
        if (refundPercent.signum() < 0 || refundPercent.compareTo(BigDecimal.valueOf(100)) > 0 || keeps < 0) {
            throw new IllegalArgumentException("not a rule for refunds: " + refundPercent + " %, keeps " + keeps);
        }
    }
}
