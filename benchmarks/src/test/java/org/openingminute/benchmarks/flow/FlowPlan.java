package org.openingminute.benchmarks.flow;

import java.time.Duration;
import java.util.List;
import org.openingminute.benchmarks.Form;

/**
 * How much is measured.
 *
 * @param rounds how often each is measured, one load after the other
 * @param run how long flows are begun in one measurement
 * @param window of warming, until two in succession were not faster
 * @param warmAtMost when it ends in any case
 * @param drain how long the last mails of a measurement are waited for
 * @param idle how long the idle system is counted
 * @param clients closed loops of so many
 * @param counted closed loops after which all transactions are waited for, in the first round
 * @param loads flows at random instants, as parts of what the best closed loop does
 */
record FlowPlan(
        int rounds,
        Duration run,
        Duration window,
        Duration warmAtMost,
        Duration drain,
        Duration idle,
        List<Integer> clients,
        List<Integer> counted,
        List<Double> loads) {

    /** Whether the benchmark itself works; its figures mean nothing. */
    private static final FlowPlan SMOKE = new FlowPlan(
            1,
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            List.of(2),
            List.of(2),
            List.of(0.5));

    /** A look. */
    private static final FlowPlan SMALL = new FlowPlan(
            1,
            Duration.ofSeconds(7),
            Duration.ofSeconds(5),
            Duration.ofSeconds(25),
            Duration.ofSeconds(15),
            Duration.ofSeconds(8),
            List.of(1, 16, 32, 128),
            List.of(1, 32),
            List.of());

    /** The one whose figures are told. */
    private static final FlowPlan FULL = new FlowPlan(
            3,
            Duration.ofSeconds(20),
            Duration.ofSeconds(10),
            Duration.ofSeconds(120),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            List.of(1, 16, 32, 128, 512),
            List.of(1, 16, 32, 128, 512),
            List.of(0.2, 0.4, 0.6, 0.8));

    static FlowPlan of(Form form) {
        return form.of(SMOKE, SMALL, FULL);
    }
}
