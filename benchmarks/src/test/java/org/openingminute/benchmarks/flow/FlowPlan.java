package org.openingminute.benchmarks.flow;

import java.time.Duration;
import java.util.List;
import org.openingminute.benchmarks.Form;

/**
 * The size of the measurements.
 *
 * @param rounds rounds of each measurement; loads take turns
 * @param run time in which a measurement starts flows
 * @param cold length of the measurement right after the start; zero for none
 * @param warmClients number of closed loops for warming
 * @param window length of a warm-up window; warming ends when two windows in succession were not faster
 * @param warmAtMost longest warm-up
 * @param drain longest wait for a measurement's last mails
 * @param idle time over which the idle system is counted
 * @param clients numbers of closed loops
 * @param counted numbers of closed loops for which statements, transactions and broker requests are counted
 * @param loads open loads with random arrivals, as parts of the best closed loop's rate
 * @param reads length of each measurement of reading
 * @param baseline time in which a measurement of the single process starts flows
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

    /** Warms for half of its three minutes, so it measures only loads that are nearly warm by then. */
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

    /** On two processors the services' compilers are busy for minutes; after 120 s of warming, half of their work was left. */
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

    /** Returns the number of flows for counting. */
    static int flows(int clients) {
        return Math.max(20, 4 * clients);
    }
}
