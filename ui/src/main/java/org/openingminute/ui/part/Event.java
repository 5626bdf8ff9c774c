package org.openingminute.ui.part;

import org.jspecify.annotations.Nullable;

/**
 * A line of a timeline.
 *
 * @param iso when it was, for machines
 * @param at the same for people
 */
public record Event(
        String iso, String at, String what, @Nullable String detail) {}
