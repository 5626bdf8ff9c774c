package org.openingminute.benchmarks.flow;

import static org.openingminute.local.page.Spread.number;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.openingminute.benchmarks.BenchmarkPage;
import org.openingminute.benchmarks.Form;
import org.openingminute.benchmarks.flow.FlowFigures.Line;
import org.openingminute.benchmarks.flow.FlowHops.Hop;
import org.openingminute.local.flow.Flow;
import org.openingminute.local.flow.FlowCounts;
import org.openingminute.local.flow.FlowCounts.Counts;
import org.openingminute.local.flow.Step;
import org.openingminute.local.page.Spread;

/** Writes the figures as a page. */
final class FlowReport extends BenchmarkPage {

    static final String NAME = "flow";

    /** The steps of a registration. */
    private static final List<Step> STEPS = List.of(Step.REGISTER, Step.CHECKOUT, Step.PAY, Step.CONFIRM, Step.MAIL);
    /** Smaller counts per flow are omitted. */
    private static final double RARE = 0.05;

    private final FlowPlan plan;
    private final FlowRun benchmark;
    private final FlowFigures figures;
    private final FlowTargets targets;

    private FlowReport(Form form, FlowRun benchmark, FlowFigures figures) {
        super(NAME, form);
        this.plan = FlowPlan.of(form);
        this.benchmark = benchmark;
        this.figures = figures;
        this.targets = new FlowTargets(figures, benchmark.deployment().parts());
    }

    static String page(Form form, FlowRun benchmark, FlowFigures figures) throws InterruptedException, SQLException {
        FlowReport report = new FlowReport(form, benchmark, figures);
        report.begin();
        report.goals();
        report.closed();
        report.cpu();
        report.counts();
        report.requests();
        report.collectors();
        report.steps();
        report.open();
        report.hops();
        report.reads();
        report.baseline();
        report.circumstances();
        return report.toString();
    }

    private void begin() {
        begin(
                "From click to mail",
                "Finished registrations a second by clients, and where the processor's time of one goes");
        if (plan.rounds() > 1) {
            line("Medians of %d rounds, least and most in brackets, here and below.", plan.rounds());
            line("");
        }
    }

    private void goals() {
        line("## Targets");
        line(
                "In two stages, the first with what is cheap, the second with batches in all services. CPU is that of all parts, without"
                        + " the generator and its mail server.");
        table("target", "measured", "stage 1", "stage 2", "goal", "holds");
        for (FlowTargets.Goal goal : targets.all()) {
            row(
                    goal.what(),
                    number(goal.is()),
                    goal.wanted(goal.first()),
                    goal.wanted(goal.second()),
                    goal.wanted(goal.goal()),
                    goal.holds());
        }
        line("");
    }

    private void closed() {
        line("## Closed loops");
        line(
                "A client begins its next flow as soon as one is confirmed. *Free* is a registration free of charge, *card* one that is"
                        + " paid at the sandbox. The mails of the %s s in which flows were begun, and how long the last took after them.",
                number(plan.run().toMillis() / 1e3));
        table("flow", "load", "finished/s", "mails/s", "last mail after s", "503 repeated", "failed");
        for (Line line : figures.closed()) {
            row(
                    line.flow().words(),
                    line.load(),
                    told(line, one -> one.generated().perSecond()),
                    told(line, one -> one.generated().mailedPerSecond()),
                    told(line, one -> one.generated().drained()),
                    told(line, one -> one.generated().repeated()),
                    failures(line));
        }
        line("");
    }

    private void cpu() {
        line("## Processor time of a finished registration");
        line(
                "Milliseconds, of user and system, less what the idle system takes. In brackets after PostgreSQL's what the"
                        + " connections to a database took; the rest are its writers.");
        List<String> heads = new ArrayList<>(List.of("flow", "load", "**all**"));
        for (String part : parts()) {
            heads.add(
                    part.equals(FlowRun.POSTGRES) ? part + " (" + String.join(", ", FlowCounts.DATABASES) + ")" : part);
        }
        heads.add("generator, not in all");
        table(heads.toArray(String[]::new));
        for (Line line : figures.closed()) {
            List<String> cells = new ArrayList<>(List.of(line.flow().words(), line.load()));
            cells.add("**" + told(line, this::allCpu) + "**");
            for (String part : parts()) {
                String all = told(line, one -> part(one, part));
                cells.add(part.equals(FlowRun.POSTGRES) ? all + " (" + byDatabase(line) + ")" : all);
            }
            cells.add(told(line, one -> part(one, FlowRun.GENERATOR)));
            row(cells.toArray(String[]::new));
        }
        line("");
    }

    private String byDatabase(Line line) {
        return String.join(
                ", ",
                FlowCounts.DATABASES.stream()
                        .map(name -> number(figures.spread(line, one -> part(one, FlowRun.database(name)))
                                .median()))
                        .toList());
    }

    private List<String> parts() {
        return benchmark.deployment().parts();
    }

    private void counts() {
        line("## Statements, transactions and WAL of a finished registration");
        line(
                "Less those of the idle system, and less one statement and one transaction for each request for the state of a"
                        + " registration, whose number is beside. In measurements of their own: so many flows, each of which begins when the"
                        + " mail of the client's last has come; from the first click until nothing went on any more, without"
                        + " autovacuum. *Relay* is what those of the three services read and note.");
        List<String> heads = new ArrayList<>(List.of("flow", "load", "flows", "**statements**"));
        heads.addAll(FlowCounts.PARTS);
        heads.addAll(List.of("**transactions**", "registration", "payment, with the sandbox", "notification"));
        heads.addAll(List.of("WAL kB", "requests for the state"));
        table(heads.toArray(String[]::new));
        figures.counted().forEach((line, counted) -> {
            Counts each = counted.counts();
            List<String> cells = new ArrayList<>(List.of(
                    line.flow().words(), line.load(), number(counted.generated().all())));
            cells.add("**" + number(each.statements()) + "**");
            FlowCounts.PARTS.forEach(part -> cells.add(number(each.statements(part))));
            cells.add("**" + number(each.allTransactions()) + "**");
            FlowCounts.DATABASES.forEach(name -> cells.add(number(each.transactions(name))));
            cells.add(number(each.wal() / 1e3));
            cells.add(number(
                    (double) counted.generated().polls() / counted.generated().all()));
            row(cells.toArray(String[]::new));
        });
        line("");
        FlowIdle idle = figures.idle();
        line(
                "Idle, a second: %s statements (%s), %s transactions (%s), %s kB of WAL, %s ms of processor time.",
                number(idle.counts().statements() / idle.seconds()),
                each(FlowCounts.PARTS, idle.counts()::statements, idle.seconds()),
                number(idle.counts().allTransactions() / idle.seconds()),
                each(FlowCounts.DATABASES, idle.counts()::transactions, idle.seconds()),
                number(idle.counts().wal() / 1e3 / idle.seconds()),
                number(parts().stream()
                                .mapToDouble(part -> idle.cpu().getOrDefault(part, 0.0))
                                .sum()
                        * 1000
                        / idle.seconds()));
        line("");
        line("While the rates above were measured:");
        table("flow", "load", "WAL kB", "full-page images kB", "checkpoints");
        for (Line line : figures.closed()) {
            row(
                    line.flow().words(),
                    line.load(),
                    told(line, one -> one.counts().wal() / 1e3),
                    told(line, one -> one.counts().images() / 1e3),
                    told(
                            line,
                            one -> Math.rint(
                                    one.counts().checkpoints() * one.generated().all())));
        }
        line("");
    }

    private void requests() {
        List<String> kinds = figures.counted().values().stream()
                .flatMap(counted -> counted.requests().entrySet().stream())
                .filter(kind -> kind.getValue() >= RARE)
                .map(Map.Entry::getKey)
                .distinct()
                .sorted()
                .toList();
        if (kinds.isEmpty()) {
            return;
        }
        line("## Requests to the broker for a finished registration");
        line(
                "In the same measurements, less those of the idle system; kinds of fewer than one for twenty are left out.");
        List<String> heads = new ArrayList<>(List.of("flow", "load"));
        heads.addAll(kinds);
        table(heads.toArray(String[]::new));
        figures.counted().forEach((line, counted) -> {
            List<String> cells = new ArrayList<>(List.of(line.flow().words(), line.load()));
            kinds.forEach(kind -> cells.add(number(counted.requests().getOrDefault(kind, 0.0))));
            row(cells.toArray(String[]::new));
        });
        line("");
        FlowIdle idle = figures.idle();
        line("Idle, a second: %s.", each(kinds, kind -> idle.requests().getOrDefault(kind, 0.0), idle.seconds()));
        line("");
    }

    private void collectors() {
        List<String> machines = FlowRun.virtualMachines().toList();
        line("## Pauses of the garbage collectors");
        line("Milliseconds for each finished registration.");
        List<String> heads = new ArrayList<>(List.of("flow", "load"));
        heads.addAll(machines);
        table(heads.toArray(String[]::new));
        for (Line line : figures.closed()) {
            List<String> cells = new ArrayList<>(List.of(line.flow().words(), line.load()));
            machines.forEach(part -> cells.add(told(line, one -> one.gc().getOrDefault(part, 0.0))));
            row(cells.toArray(String[]::new));
        }
        line("");
    }

    private void steps() {
        line("## How long the steps take");
        line(
                "Milliseconds: p50, p99, p99.9. The click from which its mail is awaited is the request to register, or the card's;"
                        + " the state is asked for each 100 ms.");
        List<String> heads = new ArrayList<>(List.of("flow", "load"));
        STEPS.stream().map(Step::words).forEach(heads::add);
        table(heads.toArray(String[]::new));
        for (Line line : figures.closed()) {
            List<String> cells = new ArrayList<>(List.of(line.flow().words(), line.load()));
            cells.addAll(steps(line));
            row(cells.toArray(String[]::new));
        }
        line("");
    }

    private List<String> steps(Line line) {
        return STEPS.stream()
                .map(step -> line.flow() == Flow.CARD || step == Step.REGISTER || step == Step.MAIL
                        ? millis(line, step)
                        : "")
                .toList();
    }

    private void open() {
        if (figures.open().isEmpty()) {
            return;
        }
        line("## At random instants");
        line(
                "Flows that begin at random distances (Poisson), so many a second as a part of what the best closed loop finishes; the first"
                        + " step is measured from the instant at which it was meant to begin. The sandbox answers after %d ms. Milliseconds"
                        + " as above.",
                FlowRun.PROVIDER_ANSWERS_AFTER.toMillis());
        List<String> heads = new ArrayList<>(List.of("flow", "load", "finished/s", "CPU ms"));
        STEPS.stream().map(Step::words).forEach(heads::add);
        heads.add("failed");
        table(heads.toArray(String[]::new));
        for (Line line : figures.open()) {
            List<String> cells = new ArrayList<>(List.of(line.flow().words(), line.load()));
            cells.add(told(line, one -> one.generated().perSecond()));
            cells.add(told(line, this::allCpu));
            cells.addAll(steps(line));
            cells.add(failures(line));
            row(cells.toArray(String[]::new));
        }
        line("");
    }

    private void hops() {
        line("## From one service to the next");
        line(
                "Milliseconds: p50, p99, p99.9, by the instants that payments, registrations, mails and timelines have in their tables. A"
                        + " mail is due when its row is made.");
        List<String> heads = new ArrayList<>(List.of("flow", "load"));
        Stream.of(Hop.values()).map(Hop::words).forEach(heads::add);
        table(heads.toArray(String[]::new));
        for (Line line : Stream.concat(figures.closed().stream(), figures.open().stream())
                .toList()) {
            List<String> cells = new ArrayList<>(List.of(line.flow().words(), line.load()));
            for (Hop hop : Hop.values()) {
                cells.add(
                        line.flow() == Flow.FREE && hop == Hop.CONFIRMED
                                ? ""
                                : percentiles(figures.rounds(line), (one, percentile) -> one.millis(hop, percentile)));
            }
            row(cells.toArray(String[]::new));
        }
        line("");
    }

    private void reads() {
        if (figures.reads().isEmpty()) {
            return;
        }
        line("## Reads");
        line(
                "%d clients, each of which asks again as soon as it is answered. *Sold out* is a registration for a conference that has no"
                        + " seats left. Milliseconds: p50, p99, p99.9, and processor time of one.",
                FlowRun.READERS);
        table("what", "a second", "p50 · p99 · p99.9", "CPU ms, all", "gateway", "registration-service", "failed");
        figures.reads()
                .forEach((reading, rounds) -> row(
                        reading.words(),
                        told(rounds, one -> one.generated().perSecond()),
                        millis(rounds, Step.READ),
                        told(rounds, this::allCpu),
                        told(rounds, one -> part(one, "gateway")),
                        told(rounds, one -> part(one, "registration-service")),
                        failures(rounds)));
        line("");
    }

    private void baseline() {
        if (figures.baseline().isEmpty()) {
            return;
        }
        line("## The same in one process");
        line(
                "What a good developer would write for one machine: the same HTTP calls, the services' own rules, sandbox and composer of"
                        + " mails, the same mail server; one process, a thread for each request, a transaction for each step, no gateway, no"
                        + " broker, no outbox. It has a database of its own at the same PostgreSQL. %d clients; milliseconds of processor"
                        + " time.",
                FlowTargets.CLIENTS);
        table("flow", "finished/s", "**all**", "one process", "postgres", "the system", "the system / one process");
        figures.baseline().forEach((flow, rounds) -> {
            Line line = Line.closed(flow, FlowTargets.CLIENTS);
            List<FlowMeasured> system = figures.rounds(line);
            row(
                    flow.words(),
                    told(rounds, one -> one.generated().perSecond()),
                    "**" + told(rounds, FlowTargets::oneCpu) + "**",
                    told(rounds, one -> part(one, FlowRun.ONE_PROCESS)),
                    told(rounds, one -> part(one, FlowRun.POSTGRES)),
                    system.isEmpty() ? "" : told(system, this::allCpu),
                    system.isEmpty()
                            ? ""
                            : number(Spread.of(system.stream()
                                                    .mapToDouble(this::allCpu)
                                                    .toArray())
                                            .median()
                                    / Spread.of(rounds.stream()
                                                    .mapToDouble(FlowTargets::oneCpu)
                                                    .toArray())
                                            .median()));
        });
        line("");
    }

    private void circumstances() throws InterruptedException, SQLException {
        circumstances("", "The system, the generator and PostgreSQL run on it together.");
        line(
                "- The system: %s; one instance of each service.",
                benchmark.deployment().words());
        line(
                "- The generator is a process of its own: registrants with connections that are kept, and the mail server, at which a"
                        + " mail costs the same however many came before. `MAILS_PER_SECOND` is %s.",
                FlowBenchmark.MAILS_PER_SECOND);
        line(
                "- PostgreSQL: %s. Statements are counted in measurements of their own, by `pg_stat_statements` without utility"
                        + " statements.",
                String.join(", ", benchmark.counts().settings(SETTINGS)));
        line(
                "- Checked after each measurement: what was confirmed to registrants is confirmed in the table, seats sold and held are"
                        + " those of the registrations, everybody has one confirmation by mail, the ledger is the sandbox's list.");
        for (String note : benchmark.notes()) {
            line("- %s", note);
        }
        line("- %s s in all.", number(Math.rint(benchmark.seconds())));
    }

    private String millis(Line line, Step step) {
        return millis(figures.rounds(line), step);
    }

    private String millis(List<FlowMeasured> rounds, Step step) {
        return percentiles(rounds, (one, percentile) -> one.generated().millis(step, percentile));
    }

    private static String percentiles(List<FlowMeasured> rounds, ToDoubleBiFunction<FlowMeasured, Double> millis) {
        return String.join(
                " · ",
                Stream.of(50.0, 99.0, 99.9)
                        .map(percentile -> number(Spread.of(rounds.stream()
                                        .map(one -> millis.applyAsDouble(one, percentile))
                                        .toList())
                                .median()))
                        .toList());
    }

    /** Formats one round's value, or several rounds' median and spread. */
    private String told(Line line, ToDoubleFunction<FlowMeasured> value) {
        return told(figures.rounds(line), value);
    }

    private String told(List<FlowMeasured> rounds, ToDoubleFunction<FlowMeasured> value) {
        Spread spread = Spread.of(rounds.stream().mapToDouble(value).toArray());
        return rounds.size() == 1 ? number(spread.median()) : spread.toString();
    }

    private String failures(Line line) {
        return failures(figures.rounds(line));
    }

    private static String failures(List<FlowMeasured> rounds) {
        Map<String, Long> failed = new TreeMap<>();
        rounds.forEach(one -> one.generated().failed().forEach((kind, count) -> failed.merge(kind, count, Long::sum)));
        return failed.isEmpty()
                ? "0"
                : String.join(
                        ", ",
                        failed.entrySet().stream()
                                .map(one -> one.getValue() + " " + one.getKey())
                                .toList());
    }

    private static String each(List<String> parts, ToDoubleFunction<String> count, double seconds) {
        return String.join(
                ", ",
                parts.stream()
                        .map(part -> part + " " + number(count.applyAsDouble(part) / seconds))
                        .toList());
    }

    static double part(FlowMeasured measured, String part) {
        return measured.cpu().getOrDefault(part, 0.0);
    }

    /** Returns the processor time of all parts except the load generator. */
    private double allCpu(FlowMeasured measured) {
        return targets.allCpu(measured);
    }
}
