package org.openingminute.local.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.openingminute.local.page.Spread;

/** Repeats some work until it gets no faster. */
public final class WarmUp {

    private static final double FASTER = 1.05;
    private static final int WINDOWS = 2;

    private WarmUp() {}

    /** Runs one window, and returns its rate per second. */
    @FunctionalInterface
    public interface Window<E extends Exception> {
        double perSecond() throws E;
    }

    /**
     * Repeats windows until two in a row were not 5 % faster than the best before them, or the time is over.
     *
     * @return the rate per second of each window
     */
    public static <E extends Exception> List<Double> rates(Window<E> window, Duration most) throws E {
        long begin = System.nanoTime();
        List<Double> rates = new ArrayList<>();
        double best = 0;
        for (int noFaster = 0; noFaster < WINDOWS && System.nanoTime() - begin < most.toNanos(); ) {
            double rate = window.perSecond();
            noFaster = rate > best * FASTER ? 0 : noFaster + 1;
            best = Math.max(best, rate);
            rates.add(rate);
        }
        return rates;
    }

    /** A phrase for reports. */
    public static String words(List<Double> rates) {
        return String.join(", ", rates.stream().map(Spread::number).toList());
    }
}
