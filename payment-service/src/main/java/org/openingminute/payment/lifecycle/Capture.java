package org.openingminute.payment.lifecycle;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Money that arrived.
 *
 * @param providerPayment the provider's name for it, by which a repeated report is recognised
 * @param surplus whether it came although the registration was already paid; it is refunded automatically and not
 *     reported
 * @param answer the commands to keep or refund it
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
        Answer answer,
        Instant reportedAt,
        int reportedAgain) {

    /** Stands for a provider if an organiser marked money as received: a bank transfer, or money taken at the desk. */
    public static final String BY_TRANSFER = "invoice";

    /** Replaces {@link #BY_TRANSFER} for display if the organisers took the money at the desk. */
    public static final String AT_DESK = "desk";

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);
    private static final int DOUBLED_AT_MOST = 4;

    /**
     * Returns when the capture is reported again. The intervals grow, because a report that cannot be applied becomes a dead letter each
     * time.
     */
    public Instant reportAgainAt() {
        return reportedAt.plus(ANSWER_WITHIN.multipliedBy(1L << Math.min(reportedAgain, DOUBLED_AT_MOST)));
    }

    /** The decision that registration-service commanded for a capture. */
    public enum Answer {
        NONE,
        /** The money was kept; later refunds do not change this. */
        KEPT,
        /** The money was refunded and never kept. */
        GIVEN_BACK
    }

    /** Whether a command to keep or refund the capture has arrived. */
    public boolean answered() {
        return answer != Answer.NONE;
    }

    boolean kept() {
        return answer == Answer.KEPT;
    }

    @JsonIgnore
    public boolean isTransfer() {
        return provider.equals(BY_TRANSFER);
    }

    public boolean waitsForAnswer() {
        return !surplus && !answered();
    }

    Capture withAnswer() {
        return with(Answer.GIVEN_BACK);
    }

    Capture withKeep() {
        return with(Answer.KEPT);
    }

    private Capture with(Answer given) {
        return new Capture(id, provider, providerPayment, amount, at, surplus, given, reportedAt, reportedAgain);
    }

    Capture reportedOnceMore(Instant when) {
        return new Capture(id, provider, providerPayment, amount, at, surplus, answer, when, reportedAgain + 1);
    }
}
