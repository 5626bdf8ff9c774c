package org.openingminute.payment.payment;

import org.openingminute.payment.money.Money;

/** The answer to a payer who wants to pay. */
public sealed interface Payability {

    /** Not now. */
    record Not(Why why) implements Payability {}

    /** In a session that is open, or whose opening was never answered. */
    record Already(Session session) implements Payability {}

    /** In a new session. */
    record Yes(Money due) implements Payability {}

    /** Why it cannot be paid. */
    enum Why {
        UNKNOWN("This payment is not known yet."),
        NOTHING_DUE("There is nothing to pay."),
        PAID("This registration is paid."),
        ENDED("This registration has ended and can no longer be paid."),
        IN_REVIEW("This registration is in review and cannot be paid yet."),
        NOT_HERE("This registration is paid at the desk."),
        TIME_OVER("The time to pay is over.");

        private final String sentence;

        Why(String sentence) {
            this.sentence = sentence;
        }

        /** For the payer. */
        public String sentence() {
            return sentence;
        }
    }
}
