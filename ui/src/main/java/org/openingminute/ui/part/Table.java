package org.openingminute.ui.part;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list in rows and columns. The first cell of a row names it.
 *
 * @param caption what is listed
 * @param rows each as long as the columns
 */
public record Table(String caption, List<Column> columns, List<List<Cell>> rows) {

    /** @throws IllegalArgumentException if a row is longer or shorter than the columns */
    public Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<Cell> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(row.size() + " cells of " + columns.size() + " columns");
            }
        }
    }

    /** How the rows are sorted by a column. */
    public enum Order {
        NONE,
        ASCENDING,
        DESCENDING;

        /** The value of {@code aria-sort}, or {@code null} for none. */
        public @Nullable String aria() {
            return switch (this) {
                case NONE -> null;
                case ASCENDING -> "ascending";
                case DESCENDING -> "descending";
            };
        }
    }

    /**
     * A column.
     *
     * @param isNumber whether its values are compared by their digits
     * @param sort address of the list sorted by it, or the other way round; {@code null} where it cannot be
     */
    public record Column(
            String text, boolean isNumber, @Nullable String sort, Order order) {

        public Column(String text, boolean isNumber) {
            this(text, isNumber, null, Order.NONE);
        }
    }

    /**
     * A cell.
     *
     * @param address where it leads
     * @param tone of a state; {@link Tone#NEUTRAL} for all else
     */
    public record Cell(String text, @Nullable String address, Tone tone) {

        public Cell(String text) {
            this(text, null, Tone.NEUTRAL);
        }

        /** Whether it is no state. */
        public boolean isNeutral() {
            return tone == Tone.NEUTRAL;
        }
    }
}
