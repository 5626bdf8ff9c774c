package org.openingminute.payment.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Money that arrived.
 *
 * @param providerPayment the provider's name for it, by which a repeated report is recognised
 * @param surplus whether it came although the registration was already paid; it is refunded automatically and not
 *     reported
 * @param answered whether a command to keep or refund it has come
 * @param kept whether a command to keep it has come
 * @param reportedAt when it was last reported
 * @param reportedAgain how often it was reported again because no answer came
 */
public record Capture(
        UUID id,
        String provider,
        String providerPayment,
        Money amount,
        Instant at,
        boolean surplus,
        boolean answered,
        boolean kept,
        Instant reportedAt,
        int reportedAgain) {

    /** The provider's name for money that came by bank transfer and that an organiser marked as received. */
    public static final String BY_TRANSFER = "invoice";

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);
    private static final int DOUBLED_AT_MOST = 4;

    /**
     * The instant of the next report, at growing intervals: a report that cannot be applied becomes a dead letter each time,
     * and must not come three times a minute for days.
     */
    Instant reportAgainAt() {
        return reportedAt.plus(ANSWER_WITHIN.multipliedBy(1L << Math.min(reportedAgain, DOUBLED_AT_MOST)));
    }

    public boolean isTransfer() {
        return provider.equals(BY_TRANSFER);
    }

    boolean waitsForAnswer() {
        return !surplus && !answered;
    }

    Capture withAnswer() {
        return new Capture(id, provider, providerPayment, amount, at, surplus, true, kept, reportedAt, reportedAgain);
    }

    Capture withKeep() {
        return new Capture(id, provider, providerPayment, amount, at, surplus, true, true, reportedAt, reportedAgain);
    }

    Capture reportedOnceMore(Instant when) {
        return new Capture(id, provider, providerPayment, amount, at, surplus, answered, kept, when, reportedAgain + 1);
    }
}
