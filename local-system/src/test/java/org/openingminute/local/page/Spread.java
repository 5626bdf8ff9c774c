package org.openingminute.local.page;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** The median of some rounds, with the lowest and the highest. */
public record Spread(double median, double least, double most) {

    public static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    public static Spread of(Collection<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The text for a table. */
    @Override
    public String toString() {
        return "%s (%s–%s)".formatted(number(median), number(least), number(most));
    }

    /** A number with three significant digits. */
    public static String number(double value) {
        if (value >= 100 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }
}
