package org.openingminute.ui.part;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a timeline.
 *
 * @param iso the instant for machines
 * @param at the instant for readers
 */
public record Event(
        String iso, String at, String what, @Nullable String detail) {}
