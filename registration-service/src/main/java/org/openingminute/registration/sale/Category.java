package org.openingminute.registration.sale;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kind of attendee, with its price.
 *
 * @param amounts the price by the phase's code, in minor units of the conference's currency
 * @param quota how many there may be; {@code null} if only the capacity limits them
 * @param otherwise the category that is offered if a proof is refused
 * @param countsAgainstCapacity false for attendees without a seat
 */
public record Category(
        String code,
        String name,
        Map<String, Long> amounts,
        @Nullable Integer quota,
        boolean needsProof,
        @Nullable String otherwise,
        boolean needsVoucher,
        boolean countsAgainstCapacity) {

    public Category {
        amounts = Collections.unmodifiableMap(new LinkedHashMap<>(amounts));
    }

    /** Its price in minor units; throws {@link IllegalArgumentException} for a phase of another conference. */
    public long amountIn(Phase phase) {
        Long amount = amounts.get(phase.code());
        if (amount == null) {
            throw new IllegalArgumentException("category " + code + " has no price in phase " + phase.code());
        }
        return amount;
    }
}
