package org.openingminute.benchmarks.gateway;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openingminute.benchmarks.Cores;
import org.openingminute.local.load.Cpu;
import org.openingminute.local.load.WarmUp;
import org.openingminute.local.page.Spread;

/**
 * Runs the measurements. Cases take turns, and only the current one has requests. Every response is checked, and after each turn the number
 * of upstream requests.
 */
final class GatewayRun implements AutoCloseable {

    private static final int HUNDRED = 100;
    private static final int FEW = 500;
    private static final int MANY = 20_000;

    private final GatewayPlan plan;
    private final Servers servers;
    private final Map<Turn, List<Figures>> figures = new LinkedHashMap<>();
    private final Map<Case, List<Double>> warmUps = new EnumMap<>(Case.class);
    private String cores = "";
    private double heapOfLine;

    GatewayRun(GatewayPlan plan, Path gateway, Path folder) throws IOException {
        this.plan = plan;
        servers = new Servers(gateway, folder);
    }

    /** The case and load of a turn. */
    private record Turn(Case of, Load load) {}

    /**
     * The figures of one turn.
     *
     * @param cpuMillis processor time of the server's process per response
     * @param rate responses per second
     * @param p99Millis from the instant at which a request was due
     */
    record Figures(double cpuMillis, double rate, double p99Millis) {}

    void run() throws Exception {
        servers.awaitReady();
        heapOfLine = heapOfLine();
        for (Case one : Case.values()) {
            warmUps.put(one, WarmUp.rates(() -> perSecond(one), plan.warmAtMost()));
        }
        for (int round = 0; round < plan.rounds(); round++) {
            for (Case.Group group : Case.Group.values()) {
                for (Load load : Load.of(group)) {
                    for (Case one : group.cases()) {
                        measure(one, load);
                    }
                }
            }
        }
    }

    private double perSecond(Case one) throws Exception {
        long begun = System.nanoTime();
        return run(one, Load.BUSY, plan.window()).length * 1e9 / (System.nanoTime() - begun);
    }

    /** Returns the responses per second of each window in which a case was warmed. */
    List<Double> warmUp(Case one) {
        return warmUps.getOrDefault(one, List.of());
    }

    /** Returns the additional heap of a queue of 20,000 people compared with a few hundred, in megabytes after garbage collections. */
    private double heapOfLine() throws Exception {
        servers.line(FEW);
        run(Case.POLL, Load.BUSY, plan.length());
        long few = servers.heap(Case.POLL.server());
        servers.line(MANY);
        run(Case.POLL, Load.BUSY, plan.length());
        return (servers.heap(Case.POLL.server()) - few) / 1e6;
    }

    /** Returns the megabytes for 20,000 people in the queue. */
    double heap() {
        return heapOfLine;
    }

    private void measure(Case one, Load load) throws Exception {
        boolean apart = load.equals(Load.RUSH);
        if (apart) {
            cores = Cores.divide(servers.pids(), ProcessHandle.current().pid());
        }
        // Opens the load's connections before the measurement.
        run(one, load, plan.length().dividedBy(5));
        long askedBefore = servers.asked();
        double cpu = Cpu.of(servers.pid(one.server()));
        long begun = System.nanoTime();
        long[] nanos = run(one, load, plan.length());
        double seconds = (System.nanoTime() - begun) / 1e9;
        double used = Cpu.of(servers.pid(one.server())) - cpu;
        long asked = servers.asked() - askedBefore;
        if (apart) {
            Cores.share(servers.pids(), ProcessHandle.current().pid());
        }
        if (!one.isRight(asked, nanos.length, seconds)) {
            throw new IllegalStateException("%s: the upstream was asked %d times for %d answers in %.1f s"
                    .formatted(one.words(), asked, nanos.length, seconds));
        }
        Arrays.sort(nanos);
        figures.computeIfAbsent(new Turn(one, load), _ -> new ArrayList<>())
                .add(new Figures(
                        used * 1e3 / nanos.length,
                        nanos.length / seconds,
                        nanos[nanos.length - 1 - nanos.length / HUNDRED] / 1e6));
    }

    List<Figures> of(Case one, Load load) {
        return figures.getOrDefault(new Turn(one, load), List.of());
    }

    /** Returns the milliseconds of processor time per response. */
    Spread cpu(Case one, Load load) {
        return Spread.of(of(one, load).stream().map(Figures::cpuMillis).toList());
    }

    /** Returns the responses per second. */
    Spread rate(Case one, Load load) {
        return Spread.of(of(one, load).stream().map(Figures::rate).toList());
    }

    Spread p99(Case one, Load load) {
        return Spread.of(of(one, load).stream().map(Figures::p99Millis).toList());
    }

    /** Returns the ratio of processor times, turn by turn. */
    Spread ratio(Case one, Case other, Load load) {
        List<Figures> of = of(one, load);
        List<Figures> beside = of(other, load);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < of.size(); i++) {
            ratios.add(of.get(i).cpuMillis() / beside.get(i).cpuMillis());
        }
        return Spread.of(ratios);
    }

    /** Returns how the processors were divided during the rush. */
    String cores() {
        return cores;
    }

    private long[] run(Case one, Load load, Duration length) throws Exception {
        return load.run(one.words(), () -> servers.answers(one), length);
    }

    @Override
    public void close() throws IOException {
        servers.close();
    }
}
