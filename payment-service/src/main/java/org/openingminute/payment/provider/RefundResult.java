package org.openingminute.payment.provider;

/** A provider's answer to a refund. */
public sealed interface RefundResult {

    /**
     * The refund was made.
     *
     * @param name the provider's name for it
     */
    record RefundDone(String name) implements RefundResult {}

    /**
     * The provider has accepted the refund; its outcome has to be read later.
     *
     * @param name the provider's name for it
     */
    record Pending(String name) implements RefundResult {}

    /** A permanent refusal. */
    record RefundRefused(String reason) implements RefundResult {}
}
