package org.openingminute.ui.part;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list in rows and columns. The first cell of each row is the row's heading.
 *
 * @param caption the table's title
 * @param rows each row has as many cells as there are columns
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

    /** The order in which a column sorts the rows. */
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
     * @param isNumber whether the column holds numbers, which are aligned so that their digits can be compared
     * @param sort the address of the list sorted by this column, or in reverse if it already is; {@code null} if the column cannot be
     *     sorted
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
     * @param address the target of the cell's link
     * @param tone the tone of a state; {@link Tone#NEUTRAL} for anything else
     */
    public record Cell(String text, @Nullable String address, Tone tone) {

        public Cell(String text) {
            this(text, null, Tone.NEUTRAL);
        }

        /** Whether the cell shows no state. */
        public boolean isNeutral() {
            return tone == Tone.NEUTRAL;
        }
    }
}
