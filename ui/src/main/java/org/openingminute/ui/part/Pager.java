package org.openingminute.ui.part;

import org.jspecify.annotations.Nullable;

/**
 * Where in a list a page of it is.
 *
 * @param text which rows, of how many
 * @param before address of the rows before, if there are any
 * @param after address of the rows after, if there are any
 */
public record Pager(
        String text, @Nullable String before, @Nullable String after) {}
