package org.openingminute.ui.part;

import org.jspecify.annotations.Nullable;

/**
 * The navigation between the pages of a list.
 *
 * @param text the range of the shown rows and the total
 * @param before the address of the previous page, if there is one
 * @param after the address of the next page, if there is one
 */
public record Pager(
        String text, @Nullable String before, @Nullable String after) {}
