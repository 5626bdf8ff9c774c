package org.openingminute.payment.payment;

import java.time.Instant;
import java.util.UUID;
import org.openingminute.payment.money.Money;

/**
 * A payer's bank asking for the money back.
 *
 * @param at of its last change
 */
public record Dispute(
        UUID id, String provider, String providerDispute, UUID capture, Money amount, State state, Instant at) {

    public enum State {
        OPEN,
        WON,
        LOST
    }

    boolean notWon() {
        return state != State.WON;
    }

    Dispute ended(State how, Instant when) {
        return new Dispute(id, provider, providerDispute, capture, amount, how, when);
    }
}
