package org.openingminute.benchmarks.flow;

import static org.openingminute.local.page.Spread.number;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.openingminute.benchmarks.BenchmarkPage;
import org.openingminute.benchmarks.Form;
import org.openingminute.benchmarks.flow.FlowFigures.Line;
import org.openingminute.local.flow.Flow;
import org.openingminute.local.flow.FlowCounts;
import org.openingminute.local.flow.FlowCounts.Counts;
import org.openingminute.local.flow.Step;

/** The figures as a page for people. */
final class FlowReport extends BenchmarkPage {

    static final String NAME = "flow";

    private final FlowPlan plan;
    private final FlowRun benchmark;
    private final FlowFigures figures;

    private FlowReport(Form form, FlowRun benchmark, FlowFigures figures) {
        super(NAME, form);
        this.plan = FlowPlan.of(form);
        this.benchmark = benchmark;
        this.figures = figures;
    }

    static String page(Form form, FlowRun benchmark, FlowFigures figures) throws InterruptedException, SQLException {
        FlowReport report = new FlowReport(form, benchmark, figures);
        report.begin();
        report.closed();
        report.cpu();
        report.counts();
        report.steps();
        report.open();
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
                    unmailed(line) == 0
                            ? told(line, one -> one.generated().drained())
                            : "%d not after %s"
                                    .formatted(
                                            unmailed(line),
                                            told(line, one -> one.generated().drained())),
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
            heads.add(part.equals(FlowRun.POSTGRES) ? part + " (" + String.join(", ", FlowRun.DATABASES) + ")" : part);
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
                FlowRun.DATABASES.stream()
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
                        + " registration, whose number is beside. Transactions are all there only where the servers' processes were waited"
                        + " for until they told of them, in the first round; elsewhere they are left out.");
        List<String> heads = new ArrayList<>(List.of("flow", "load", "**statements**"));
        heads.addAll(FlowCounts.PARTS);
        heads.addAll(List.of("**transactions**", "registration", "payment, with the sandbox", "notification"));
        heads.addAll(List.of("WAL kB", "full-page images kB", "checkpoints", "requests for the state"));
        table(heads.toArray(String[]::new));
        for (Line line : figures.closed()) {
            List<String> cells = new ArrayList<>(List.of(line.flow().words(), line.load()));
            cells.add("**" + told(line, one -> one.counts().statements()) + "**");
            FlowCounts.PARTS.forEach(
                    part -> cells.add(told(line, one -> one.counts().statements(part))));
            FlowMeasured first = figures.rounds(line).getFirst();
            cells.add(first.settled() ? "**" + number(first.counts().allTransactions()) + "**" : "");
            FlowRun.DATABASES.forEach(
                    name -> cells.add(first.settled() ? number(first.counts().transactions(name)) : ""));
            cells.add(told(line, one -> one.counts().wal() / 1e3));
            cells.add(told(line, one -> one.counts().images() / 1e3));
            cells.add(told(
                    line,
                    one -> Math.rint(
                            one.counts().checkpoints() * one.generated().all())));
            cells.add(told(
                    line,
                    one -> (double) one.generated().polls() / one.generated().all()));
            row(cells.toArray(String[]::new));
        }
        line("");
        Counts idle = figures.idle();
        line(
                "Idle, a second: %s statements (%s), %s transactions (%s), %s kB of WAL, %s ms of processor time.",
                number(idle.statements() / idle.seconds()),
                each(FlowCounts.PARTS, idle::statements, idle.seconds()),
                number(idle.allTransactions() / idle.seconds()),
                each(FlowRun.DATABASES, idle::transactions, idle.seconds()),
                number(idle.wal() / 1e3 / idle.seconds()),
                number(parts().stream()
                                .mapToDouble(part -> figures.idleCpu().getOrDefault(part, 0.0))
                                .sum()
                        * 1000
                        / idle.seconds()));
        line("");
    }

    private void steps() {
        line("## How long the steps take");
        line(
                "Milliseconds: p50, p99, p99.9. The click from which its mail is awaited is the request to register, or the card's;"
                        + " the state is asked for each 100 ms.");
        List<String> heads = new ArrayList<>(List.of("flow", "load"));
        Stream.of(Step.values()).map(Step::words).forEach(heads::add);
        table(heads.toArray(String[]::new));
        for (Line line : figures.closed()) {
            List<String> cells = new ArrayList<>(List.of(line.flow().words(), line.load()));
            cells.addAll(steps(line));
            row(cells.toArray(String[]::new));
        }
        line("");
    }

    private List<String> steps(Line line) {
        return Stream.of(Step.values())
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
        Stream.of(Step.values()).map(Step::words).forEach(heads::add);
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
                "- PostgreSQL: %s. Statements are counted in the same runs, by `pg_stat_statements` without utility statements.",
                String.join(", ", benchmark.counts().settings(SETTINGS)));
        line(
                "- Checked after each measurement: what was confirmed to registrants is confirmed in the table, seats sold and held are"
                        + " those of the registrations, nobody has two confirmations; at the end, the ledger is the sandbox's list.");
        for (String note : benchmark.notes()) {
            line("- %s", note);
        }
        line("- %s s in all.", number(Math.rint(benchmark.seconds())));
    }

    private String millis(Line line, Step step) {
        return String.join(
                " · ",
                Stream.of(50.0, 99.0, 99.9)
                        .map(percentile -> number(
                                figures.spread(line, one -> one.generated().millis(step, percentile))
                                        .median()))
                        .toList());
    }

    /** Of one round its value, of several the middle one and how far they were apart. */
    private String told(Line line, ToDoubleFunction<FlowMeasured> value) {
        return plan.rounds() == 1
                ? number(figures.spread(line, value).median())
                : figures.spread(line, value).toString();
    }

    private long unmailed(Line line) {
        return figures.rounds(line).stream()
                .mapToLong(one -> one.generated().unmailed())
                .sum();
    }

    private String failures(Line line) {
        Map<String, Long> failed = new TreeMap<>();
        figures.rounds(line)
                .forEach(
                        one -> one.generated().failed().forEach((kind, count) -> failed.merge(kind, count, Long::sum)));
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

    /** Without the generator. */
    private double allCpu(FlowMeasured measured) {
        return parts().stream().mapToDouble(part -> part(measured, part)).sum();
    }
}
