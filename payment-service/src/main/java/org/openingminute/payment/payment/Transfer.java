package org.openingminute.payment.payment;

import java.time.Instant;
import java.util.UUID;
import org.openingminute.payment.money.Money;

/**
 * Money that came by bank transfer.
 *
 * @param id of the command that told it, by which it is recognised
 * @param at when the organiser says that it came, business time
 * @param booked whether it is in a capture; until then it is a part of what is due
 */
public record Transfer(UUID id, Money amount, Instant at, boolean booked) {

    Transfer inCapture() {
        return new Transfer(id, amount, at, true);
    }
}
