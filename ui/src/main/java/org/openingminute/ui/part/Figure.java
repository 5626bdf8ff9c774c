package org.openingminute.ui.part;

import org.jspecify.annotations.Nullable;

/**
 * A key figure of a page.
 *
 * @param value the number as it is displayed
 * @param hint the total of which it is a part, or the time since which it counts
 * @param address the page that lists the counted items
 */
public record Figure(
        String label,
        String value,
        @Nullable String hint,
        Tone tone,
        @Nullable String address) {}
