package org.openingminute.payment.payment;

import java.time.Instant;
import org.openingminute.payment.money.Money;

/**
 * A receipt or a credit note that has its number. It never changes.
 *
 * @param amount what a receipt says was paid, what a credit note says was given back
 * @param issuedAt business time, as far as it was known
 */
public record IssuedDocument(Kind kind, String number, Money amount, Instant issuedAt) {

    public enum Kind {
        RECEIPT,
        CREDIT_NOTE
    }
}
