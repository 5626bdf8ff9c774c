package org.openingminute.gateway.room;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import org.openingminute.gateway.room.Counters.Count;

/**
 * When admissions are used, as an actuarial life table: for each age, the share of the admissions still unused at that age that are used in
 * it. There are 60 ages of 15 seconds. What has not been observed yet is taken from the last opening. Immutable.
 */
final class LifeTable {

    static final int BINS = 60;
    static final int BIN_SECONDS = 15;
    static final int SECONDS = BINS * BIN_SECONDS;

    /** The weight of the last opening's table, in admissions. */
    private static final double PRIOR_WEIGHT = 30;

    private static final double REMEMBERED_A_SECOND = Math.pow(0.5, 1 / 600.0);
    private static final double P95 = 1.6449;

    /** The hazard of the last opening, or an assumed one. */
    private final double[] expectedHazard;

    private final double expectedShare;
    private final double[] used;
    private final double[] lived;
    private final long[] counted;
    private final double coverage;
    private final double[] hazard;
    private final double[] survival;

    private LifeTable(
            double[] expectedHazard,
            double expectedShare,
            double[] used,
            double[] lived,
            long[] counted,
            double coverage) {
        this.expectedHazard = expectedHazard;
        this.expectedShare = expectedShare;
        this.used = used;
        this.lived = lived;
        this.counted = counted;
        this.coverage = coverage;
        hazard = hazard();
        survival = survival(hazard);
    }

    private static LifeTable unseen(double[] expectedHazard, double expectedShare, long[] counted) {
        return new LifeTable(expectedHazard, expectedShare, new double[BINS], new double[BINS], counted, 0);
    }

    /**
     * A table without observations.
     *
     * @param share the share of admissions that is used
     * @param median the median time to fill in the form in seconds, assumed to be lognormal
     * @param p95 the 95th percentile of that time, in seconds
     */
    static LifeTable assumed(double share, double median, double p95) {
        double sigma = Math.log(p95 / median) / P95;
        double[] density = new double[SECONDS];
        double sum = 0;
        for (int second = 0; second < SECONDS; second++) {
            double age = second + 0.5;
            density[second] = Math.exp(-Math.pow(Math.log(age / median) / sigma, 2) / 2) / age;
            sum += density[second];
        }
        double[] hazard = new double[BINS];
        double alive = 1;
        for (int bin = 0; bin < BINS; bin++) {
            double atFirst = alive;
            for (int second = bin * BIN_SECONDS; second < (bin + 1) * BIN_SECONDS; second++) {
                alive -= share * density[second] / sum;
            }
            hazard[bin] = Math.log(atFirst / alive);
        }
        return unseen(hazard, share, new long[BINS]);
    }

    /** The serialised form. */
    private record Written(
            List<Double> expectedHazard,
            double expectedShare,
            List<Double> used,
            List<Double> lived,
            List<Long> counted,
            double coverage) {}

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static LifeTable of(Written written) {
        return new LifeTable(
                array(written.expectedHazard()),
                written.expectedShare(),
                array(written.used()),
                array(written.lived()),
                written.counted().stream().mapToLong(Long::longValue).toArray(),
                written.coverage());
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    @JsonValue
    private Written written() {
        return new Written(
                Arrays.stream(expectedHazard).boxed().toList(),
                expectedShare,
                Arrays.stream(used).boxed().toList(),
                Arrays.stream(lived).boxed().toList(),
                Arrays.stream(counted).boxed().toList(),
                coverage);
    }

    static int bin(long age) {
        return Math.clamp(age / BIN_SECONDS, 0, BINS - 1);
    }

    /** The table with which the next opening begins. */
    LifeTable reopened() {
        return unseen(hazard, share(), counted);
    }

    /**
     * The table at {@code now}, one second later.
     *
     * @param haltedAt the last second in which no admission could be used; earlier admissions are no longer evaluated
     */
    LifeTable next(Counters counters, long haltedAt, long now) {
        long[] total = counters.usedByAge();
        double[] usedNow = new double[BINS];
        double[] livedNow = new double[BINS];
        long learnt = Math.min(BINS, (now - haltedAt) / BIN_SECONDS);
        for (int bin = 0; bin < BINS; bin++) {
            usedNow[bin] = used[bin] * REMEMBERED_A_SECOND + (bin < learnt ? total[bin] - counted[bin] : 0);
            livedNow[bin] = lived[bin] * REMEMBERED_A_SECOND;
        }
        double admitted = 0;
        double covered = 0;
        for (int age = 1; age <= SECONDS; age++) {
            int admissions = counters.of(Count.ADMITTED, now - age);
            if (bin(age - 1) < learnt) {
                livedNow[bin(age - 1)] += (double) (admissions - counters.of(Count.USED, now - age)) / BIN_SECONDS;
            }
            admitted += admissions;
            covered += admissions * (1 - survival[age]) / (1 - survival[SECONDS]);
        }
        return new LifeTable(
                expectedHazard, expectedShare, usedNow, livedNow, total, admitted == 0 ? 0 : covered / admitted);
    }

    /** The share of all admissions that is eventually used, as far as it has been observed. */
    double share() {
        return expectedShare + Math.min(1, 1.5 * coverage) * (1 - survival[SECONDS] - expectedShare);
    }

    /** How many of the people admitted in the last fifteen minutes are still expected to register. */
    double toCome(Counters counters, long now) {
        double toCome = 0;
        for (int age = 1; age < SECONDS; age++) {
            int unused = counters.of(Count.ADMITTED, now - age) - counters.of(Count.USED, now - age);
            toCome += unused * (1 - survival[SECONDS] / survival[age]);
        }
        return toCome;
    }

    private double[] hazard() {
        double all = PRIOR_WEIGHT;
        double expected = PRIOR_WEIGHT;
        for (int bin = 0; bin < BINS; bin++) {
            all += used[bin];
            expected += lived[bin] * expectedHazard[bin];
        }
        double[] mixed = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            mixed[bin] =
                    (used[bin] + PRIOR_WEIGHT * all / expected * expectedHazard[bin]) / (lived[bin] + PRIOR_WEIGHT);
        }
        return mixed;
    }

    private static double[] survival(double[] hazard) {
        double[] survival = new double[SECONDS + 1];
        survival[0] = 1;
        for (int second = 0; second < SECONDS; second++) {
            survival[second + 1] = survival[second] * Math.exp(-hazard[bin(second)] / BIN_SECONDS);
        }
        return survival;
    }
}
