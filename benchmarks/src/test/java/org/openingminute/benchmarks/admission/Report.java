package org.openingminute.benchmarks.admission;

import static org.openingminute.local.page.Spread.number;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.openingminute.benchmarks.BenchmarkPage;
import org.openingminute.benchmarks.Form;
import org.openingminute.benchmarks.admission.Results.Line;
import org.openingminute.benchmarks.admission.Results.Part;
import org.openingminute.local.load.Cpu;
import org.openingminute.local.load.Measured;

/** Writes the results as a page. */
final class Report extends BenchmarkPage {

    static final String NAME = "admission";

    private final Plan plan;
    private final Results results;
    private final Targets targets;

    private Report(Form form, Results results) {
        super(NAME, form);
        this.plan = Plan.of(form);
        this.results = results;
        this.targets = new Targets(plan, results);
    }

    static String page(Form form, Results results, Database database)
            throws SQLException, IOException, InterruptedException {
        Report report = new Report(form, results);
        report.begin(
                "Admission beside the naive transaction",
                "Registrations a second by candidate, and what is still registered when more is asked for than can be done");
        report.targets(report.targets.all());
        report.closed();
        report.calm();
        report.sweep();
        report.refusals();
        report.snapshot();
        report.filled();
        report.circumstances(database);
        return report.toString();
    }

    private void closed() {
        line("## A fixed number of clients, each with one request at a time");
        line(
                "Medians of %d rounds, least and most in brackets. Times are measured from sending the request. Processor time is in"
                        + " milliseconds for each answer, including the relay of its messages to Kafka; *client* is the load"
                        + " generator and, for admission in process and naive JDBC, the rules and the driver too.",
                plan.rounds());
        table(
                "candidate",
                "clients",
                "a second",
                "× the faster naive",
                "× naive JDBC",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "client",
                "service",
                "gateway",
                "PostgreSQL",
                "Kafka");
        for (Line line : results.lines(one -> one.part() == Part.CLOSED)) {
            List<String> cells = new ArrayList<>(List.of(
                    line.candidate(),
                    number(line.load()),
                    results.spread(line, Measured::perSecond).toString(),
                    over(line, targets.naive(line.load())),
                    over(line, new Line(Part.CLOSED, Targets.NAIVE, line.load()))));
            cells.addAll(times(line));
            for (String process : Cpu.ALL) {
                cells.add(number(results.median(line, one -> one.cpuMillis(process))));
            }
            row(cells.toArray(String[]::new));
        }
        line("");
        line("Meanwhile, with a checkpoint just before each; the load's pauses in milliseconds a second:");
        table("candidate", "clients", "checkpoints", "full-page images for each", "GC of the load");
        for (Line line : results.lines(one -> one.part() == Part.CLOSED)) {
            row(
                    line.candidate(),
                    number(line.load()),
                    number(results.median(line, one -> one.used(Database.CHECKPOINTS))),
                    number(results.median(line, one -> one.used(Database.IMAGES) / Math.max(1, one.answers()))),
                    number(results.median(line, one -> one.used(Bench.GC) * 1e3 / one.answered())));
        }
        line("");
    }

    private String over(Line line, Line naive) {
        return line.candidate().contains("no-op")
                ? ""
                : results.ratio(line, naive, Measured::perSecond).toString();
    }

    private void calm() {
        line("## At nine tenths of what the naive transaction can do");
        line(
                "Requests arrive at random intervals, whatever the answers do. Times are measured from the instant at which"
                        + " a request was due.");
        table("candidate", "offered a second", "completed a second", "p50 ms", "p99 ms", "p99.9 ms");
        for (Line line : results.lines(one -> one.part() == Part.CALM)) {
            List<String> cells = new ArrayList<>(List.of(
                    line.candidate(),
                    number(line.load()),
                    results.spread(line, Measured::perSecond).toString()));
            cells.addAll(times(line));
            row(cells.toArray(String[]::new));
        }
        line("");
    }

    private void sweep() {
        line("## From half to five times the capacity");
        line(
                "As above; the capacity is the highest throughput reached while the rate of requests was raised. Refusals a second are"
                        + " counted until the last answer; *sent* and refusals are measured from sending.");
        table(
                "candidate",
                "times the capacity",
                "completed a second",
                "refused a second",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "sent p99 ms",
                "refusals' p99 ms",
                "outcome unknown");
        for (Line line : results.lines(one -> one.part() == Part.SWEEP)) {
            List<String> cells = new ArrayList<>(List.of(
                    line.candidate(),
                    number(line.load()),
                    results.spread(line, Measured::perSecond).toString(),
                    number(results.median(line, Measured::refusedPerSecond))));
            cells.addAll(times(line));
            cells.add(number(results.median(line, one -> one.millisFromSending(99))));
            cells.add(number(results.median(line, one -> one.refusedMillis(99))));
            cells.add(number(results.median(line, Measured::unsure)));
            row(cells.toArray(String[]::new));
        }
        line("");
    }

    private void refusals() {
        line("## Answers that change nothing");
        table("candidate", "clients", "answers a second", "share of the no-op", "p50 ms", "p99 ms", "p99.9 ms");
        for (Line line : results.lines(one -> one.part() == Part.NO)) {
            List<String> cells = new ArrayList<>(List.of(
                    line.candidate(),
                    number(line.load()),
                    results.spread(line, Measured::answersPerSecond).toString(),
                    results.ratio(
                                    line,
                                    new Line(Part.NO, Targets.SERVICE_NO_OP, line.load()),
                                    Measured::answersPerSecond)
                            .toString()));
            cells.addAll(times(line));
            row(cells.toArray(String[]::new));
        }
        line("");
    }

    private void snapshot() {
        line("## While a snapshot is open");
        line(
                "As `pg_dump` holds one: old row versions cannot be removed. Admission in process, %d clients.",
                plan.manyClients());
        table("", "a second", "share of that without", "p99 ms");
        for (Line line : results.lines(one -> one.part() == Part.SNAPSHOT)) {
            row(
                    line.candidate(),
                    results.spread(line, Measured::perSecond).toString(),
                    results.ratio(line, new Line(Part.SNAPSHOT, Targets.NO_SNAPSHOT, 0), Measured::perSecond)
                            .toString(),
                    number(results.median(line, one -> one.millis(99))));
        }
        line("");
    }

    private void filled() {
        line("## With registrations in the tables already");
        line("Admission in process, %d clients.", plan.manyClients());
        table("registrations before", "", "a second", "share of that with none", "p99 ms");
        for (Line line : results.lines(one -> one.part() == Part.FILLED)) {
            row(
                    String.format(Locale.ROOT, "%,.0f", line.load()),
                    line.load() == 0 ? "" : line.candidate(),
                    results.spread(line, Measured::perSecond).toString(),
                    results.ratio(line, new Line(Part.FILLED, Targets.EMPTY, 0), Measured::perSecond)
                            .toString(),
                    number(results.median(line, one -> one.millis(99))));
        }
        line("");
    }

    private void circumstances(Database database) throws SQLException, IOException, InterruptedException {
        circumstances(
                ", seed %d, %d rounds of %s s each"
                        .formatted(
                                Workload.SEED, plan.rounds(), number(plan.run().toMillis() / 1000.0)),
                "Load and all that is measured run on it together.");
        line(
                "- PostgreSQL: %s.",
                String.join(
                        ", ",
                        database.settings().entrySet().stream()
                                .map(setting -> setting.getKey() + " " + setting.getValue())
                                .toList()));
        line("- Pools: registration-service and admission in process 16 connections each, as in production.");
        line(
                "- Every candidate works on the same tables of the same database, in turns. Meanwhile registration-service, the"
                        + " gateway and Kafka run%s; the outbox is relayed for every candidate, and the next measurement waits until"
                        + " it is.",
                plan.alone() ? ", payment- and notification-service do not" : ", as do all other services");
        line("- The mix: three categories with quotas, groups (1, 2, 4, 10 attendees in 70, 20, 8, 2 %), a voucher in"
                + " 10 %, add-ons in 30 %, one key and one address for each; nothing sells out.");
        line(
                "- With bounds, as `LIMITS=on` has them, each request counts by a mailbox and an address of its own, so that none"
                        + " is met; their keyed hashes are made in the measurement.");
        line(
                "- The naive transaction locks the conference's row, reads, decides with production's own rules, writes the same"
                        + " rows with the same bytes, and commits: prepared statements, one round trip for each table, READ COMMITTED."
                        + " Through pgbench the documents are ready before, the limits are not checked, and there are as many clients"
                        + " as it has connections. *Naive* is the faster of the two.");
        line(
                "- registration-service and gateway are started as `./run` starts them, and compiled like a deployment. A no-op is a GET of"
                        + " `/actuator/health/liveness` and of `/api/version`, or a registration that is repeated with its key, one of %d.",
                Bench.FEW_KEYS);
        line("- The load and what is in process run in a JVM of 1 GB.");
        line(
                "- After each measurement every 201 was in the tables, by its id, and nothing else was; where an answer was not"
                        + " certain, not more than those.");
        for (String note : results.notes()) {
            line("- %s", note);
        }
    }

    private List<String> times(Line line) {
        List<String> cells = new ArrayList<>();
        for (double percentile : new double[] {50, 99, 99.9}) {
            ToDoubleFunction<Measured> value = one -> one.millis(percentile);
            cells.add(number(results.median(line, value)));
        }
        return cells;
    }
}
