package org.openingminute.payment.provider;

/** A provider's answer to a refund. */
public sealed interface RefundResult {

    /**
     * The money is on its way back.
     *
     * @param name the provider's for it
     */
    record RefundDone(String name) implements RefundResult {}

    /**
     * The provider has accepted it and does not know yet whether it will succeed; its state has to be read later.
     *
     * @param name the provider's for it
     */
    record Pending(String name) implements RefundResult {}

    /** A permanent refusal. */
    record RefundRefused(String reason) implements RefundResult {}
}
