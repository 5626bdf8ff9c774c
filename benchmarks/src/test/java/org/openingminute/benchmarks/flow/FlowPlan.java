package org.openingminute.benchmarks.flow;

import java.time.Duration;
import java.util.List;
import org.openingminute.benchmarks.Form;

/**
 * How much is measured.
 *
 * @param rounds how often each is measured, one load after the other
 * @param run how long flows are begun in one measurement
 * @param cold how long flows are measured right after the start, or not at all
 * @param warmClients closed loop by which everything is warmed
 * @param window of warming, until two in succession were not faster
 * @param warmAtMost when it ends in any case
 * @param drain how long the last mails of a measurement are waited for, at most
 * @param idle how long the idle system is counted
 * @param clients closed loops of so many
 * @param counted closed loops of which statements, transactions and requests to the broker are counted
 * @param loads flows at random instants, as parts of what the best closed loop does
 * @param reads how long each reading is measured
 * @param baseline how long flows are begun in one measurement of one process
 */
record FlowPlan(
        int rounds,
        Duration run,
        Duration cold,
        int warmClients,
        Duration window,
        Duration warmAtMost,
        Duration drain,
        Duration idle,
        List<Integer> clients,
        List<Integer> counted,
        List<Double> loads,
        Duration reads,
        Duration baseline) {

    private static final FlowPlan SMOKE = new FlowPlan(
            1,
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            2,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            List.of(2),
            List.of(1),
            List.of(0.5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2));

    /** Half of three minutes warms; so few loads are measured that what they tell is nearly warm. */
    private static final FlowPlan SMALL = new FlowPlan(
            1,
            Duration.ofSeconds(5),
            Duration.ZERO,
            FlowTargets.CLIENTS,
            Duration.ofSeconds(10),
            Duration.ofSeconds(50),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            List.of(FlowTargets.CLIENTS, 128),
            List.of(1, FlowTargets.CLIENTS),
            List.of(),
            Duration.ZERO,
            Duration.ZERO);

    /** On two processors, the compilers of five services have work for minutes, of which 120 s of warming left half. */
    private static final FlowPlan FULL = new FlowPlan(
            3,
            Duration.ofSeconds(12),
            Duration.ofSeconds(45),
            FlowTargets.CLIENTS,
            Duration.ofSeconds(10),
            Duration.ofSeconds(240),
            Duration.ofSeconds(180),
            Duration.ofSeconds(20),
            List.of(1, 16, FlowTargets.CLIENTS, 128, 512),
            List.of(1, FlowTargets.CLIENTS, 128),
            List.of(0.2, 0.4, 0.6, 0.8),
            Duration.ofSeconds(5),
            Duration.ofSeconds(12));

    static FlowPlan of(Form form) {
        return form.of(SMOKE, SMALL, FULL);
    }

    /** How many flows are counted. */
    static int flows(int clients) {
        return Math.max(20, 4 * clients);
    }
}
