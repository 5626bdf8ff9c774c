package org.openingminute.registration.sale;

import org.jspecify.annotations.Nullable;

/**
 * Something to be bought beside a ticket.
 *
 * @param amount the price of one, in minor units of the conference's currency
 * @param quota how many there are; {@code null} for any number
 */
public record AddOn(
        String code, String name, long amount, @Nullable Integer quota, int maxPerAttendee) {}
