package org.openingminute.local.room;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * The visitors of an opening.
 *
 * @param visitors people, four fifths of whom arrive within {@code rush}, and the others more and more slowly
 * @param silentPlaces places that are taken meanwhile and never used
 * @param leaving the share of people who leave within {@code patience}, unless they are admitted before
 * @param registering the share of the admitted people who register
 * @param groups whether some of them register two to four people
 * @param form the median of the time for the form; one in twenty takes 3.3 times as long
 */
record Crowd(
        int visitors,
        int silentPlaces,
        Duration rush,
        double leaving,
        Duration patience,
        double registering,
        boolean groups,
        Duration form) {

    private static final double P95 = 1.6449;
    private static final double SIGMA = Math.log(300.0 / 90) / P95;
    private static final double IN_THE_RUSH = 0.8;
    private static final double MEAN_OF_OTHERS = 2;
    /** Nobody comes later than three of these means after the rush, so that a long rush has an end. */
    private static final double WITHIN_THREE_MEANS = 1 - Math.exp(-3);
    /** Seats of a registration; the mean is 1.94. */
    private static final int[] GROUPS = {1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4, 4};

    /** The plan of a visitor, in nanoseconds after the start, after arriving and after being admitted. */
    record Plan(
            long comesAfter,
            long leavesAfter,
            boolean isSilent,
            boolean registers,
            long formTakes,
            int seats,
            boolean pays) {}

    /** The plans of all visitors, in the order of their arrival. */
    List<Plan> plans(long seed) {
        Random random = new Random(seed);
        List<Plan> plans = new ArrayList<>();
        for (int i = 0; i < visitors + silentPlaces; i++) {
            double rushes = random.nextDouble() < IN_THE_RUSH
                    ? random.nextDouble()
                    : 1 - MEAN_OF_OTHERS * Math.log(1 - random.nextDouble() * WITHIN_THREE_MEANS);
            boolean leaves = random.nextDouble() < leaving;
            plans.add(new Plan(
                    (long) (rushes * rush.toNanos()),
                    leaves ? (long) (random.nextDouble() * patience.toNanos()) : Long.MAX_VALUE,
                    i >= visitors,
                    random.nextDouble() < registering,
                    formTakes(random),
                    seats(random),
                    true));
        }
        plans.sort(Comparator.comparingLong(Plan::comesAfter));
        return plans;
    }

    /**
     * The same plans within a steady stream of other visitors, none of whom leaves or pays.
     *
     * @param before the rate per second of the others before the rush; {@code after} is the rate from then on
     * @param each how long the others arrive before the rush, and after it
     */
    List<Plan> plansWithin(double before, double after, Duration each, long seed) {
        List<Plan> plans = new ArrayList<>();
        for (Plan plan : plans(seed)) {
            plans.add(new Plan(
                    plan.comesAfter() + each.toNanos(),
                    plan.leavesAfter(),
                    plan.isSilent(),
                    plan.registers(),
                    plan.formTakes(),
                    1,
                    false));
        }
        Random random = new Random(~seed);
        double rush = each.toNanos();
        double at = 0;
        while ((at -= Math.log(1 - random.nextDouble()) / (at < rush ? before : after) * 1e9) < 2 * rush) {
            plans.add(new Plan(
                    (long) at, Long.MAX_VALUE, false, random.nextDouble() < registering, formTakes(random), 1, false));
        }
        plans.sort(Comparator.comparingLong(Plan::comesAfter));
        return plans;
    }

    private int seats(Random random) {
        return groups ? GROUPS[random.nextInt(GROUPS.length)] : 1;
    }

    private long formTakes(Random random) {
        return (long) (form.toNanos() * Math.exp(SIGMA * random.nextGaussian()));
    }
}
