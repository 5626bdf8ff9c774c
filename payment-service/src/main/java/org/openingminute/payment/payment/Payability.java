package org.openingminute.payment.payment;

import org.openingminute.payment.money.Money;

/** The answer to a payer who wants to pay. */
public sealed interface Payability {

    /**
     * Not now.
     *
     * @param why a sentence for the payer
     */
    record Not(String why) implements Payability {}

    /** In a session that is open, or whose opening was never answered. */
    record Already(Session session) implements Payability {}

    /** In a new session. */
    record Yes(Money due) implements Payability {}
}
