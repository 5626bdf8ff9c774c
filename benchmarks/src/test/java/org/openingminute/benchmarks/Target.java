package org.openingminute.benchmarks;

import static org.openingminute.local.page.Spread.number;

/** A benchmark's target and its result, as texts. */
public record Target(String what, String is, String wanted, boolean reached) {

    public static Target atLeast(String what, double is, double least) {
        return new Target(what, number(is), "≥ " + number(least), is >= least);
    }

    public static Target atMost(String what, double is, double most) {
        return new Target(what, number(is), "≤ " + number(most), is <= most);
    }
}
