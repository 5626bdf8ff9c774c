package org.openingminute.ui.part;

import org.jspecify.annotations.Nullable;

/**
 * A number that a page is looked at for.
 *
 * @param value as it is read
 * @param hint what it is part of, or since when
 * @param address of the page that lists what it counts
 */
public record Figure(
        String label,
        String value,
        @Nullable String hint,
        Tone tone,
        @Nullable String address) {}
