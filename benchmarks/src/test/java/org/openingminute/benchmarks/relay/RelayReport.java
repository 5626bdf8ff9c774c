package org.openingminute.benchmarks.relay;

import static org.openingminute.local.page.Spread.number;

import java.util.List;
import java.util.Locale;
import org.openingminute.benchmarks.BenchmarkPage;
import org.openingminute.benchmarks.Form;
import org.openingminute.benchmarks.relay.Figures.What;
import org.openingminute.local.page.Spread;

/** Writes the figures as a page. */
final class RelayReport extends BenchmarkPage {

    static final String NAME = "relay";

    private final RelayPlan plan;
    private final RelayRun benchmark;
    private final Figures figures;
    private final RelayTargets targets;

    private RelayReport(Form form, RelayRun benchmark, Figures figures) {
        super(NAME, form);
        this.plan = RelayPlan.of(form);
        this.benchmark = benchmark;
        this.figures = figures;
        this.targets = new RelayTargets(figures);
    }

    static String page(Form form, RelayRun benchmark, Figures figures) throws InterruptedException {
        RelayReport report = new RelayReport(form, benchmark, figures);
        report.begin();
        report.backlog();
        report.latency();
        report.cost();
        report.cleanUp();
        report.circumstances();
        return report.toString();
    }

    private void begin() {
        begin(
                "The relay of the outbox beside others",
                "Messages a second of a backlog, and milliseconds from commit to consumer, by candidate");
        targets(targets.all());
        line(
                "Medians of %d rounds, least and most in brackets, here and below; ratios are made round by round.",
                plan.rounds());
        line("");
    }

    private void backlog() {
        line("## Draining a backlog");
        line(
                "From the start of the relay until the broker has acknowledged all. The tool sends the same bytes from memory.");
        line("Just before each a checkpoint; candidates' pauses for garbage in milliseconds a second.");
        table("candidate", "messages", "a second", "this relay / it", "checkpoints", "full-page images", "GC");
        for (String candidate : figures.all(What.DRAINED_A_SECOND)) {
            row(
                    candidate,
                    String.format(Locale.ROOT, "%,d", benchmark.backlog(candidate)),
                    figures.spread(What.DRAINED_A_SECOND, candidate).toString(),
                    Spread.of(figures.ratios(What.DRAINED_A_SECOND, Ours.NAME, candidate))
                            .toString(),
                    number(figures.median(What.CHECKPOINTS, candidate)),
                    number(figures.median(What.IMAGES, candidate)),
                    number(figures.median(What.GC_MS_A_SECOND, candidate)));
        }
        line("");
    }

    private void latency() {
        line("## From commit to consumer");
        line(
                "%,d transactions a second of one message each, begun at even distances; milliseconds from the return of the"
                        + " commit until a consumer in the same process has the record. The first quarter of a measurement does not"
                        + " count. Kafka's tool sends the next record when it has read the last, with nothing else going on; its"
                        + " percentiles are whole milliseconds, rounded down, its average is %s. *After quiet* there are %d a second.",
                Paced.PER_SECOND, figures.spread(What.END_TO_END_AVERAGE, RelayRun.END_TO_END), RelayRun.QUIETLY);
        table("candidate", "p50 ms", "p99 ms");
        for (String candidate : figures.all(What.ARRIVAL_P50)) {
            row(
                    candidate,
                    figures.spread(What.ARRIVAL_P50, candidate).toString(),
                    figures.spread(What.ARRIVAL_P99, candidate).toString());
        }
        line("");
    }

    private void cost() {
        List<Double> ratios = figures.ratios(What.COMMIT_P50, RelayRun.RELAY_ON, RelayRun.RELAY_OFF);
        line("## What the relay costs those who write");
        line(
                "The same %,d transactions a second, begin to commit, in %d interleaved pairs. In %d of them the p50 was"
                        + " higher with the relay; on / off %s.",
                Paced.PER_SECOND,
                plan.pairs(),
                ratios.stream().filter(ratio -> ratio > 1).count(),
                Spread.of(ratios));
        table("", "p50 ms", "p99 ms");
        for (String which : List.of(RelayRun.RELAY_ON, RelayRun.RELAY_OFF)) {
            row(
                    which,
                    figures.spread(What.COMMIT_P50, which).toString(),
                    figures.spread(What.COMMIT_P99, which).toString());
        }
        line("");
    }

    private void cleanUp() {
        line("## Cleaning up");
        line(
                "%,d old messages, in a day of their own. Deleted rows have to be vacuumed too; that is not counted. While a day was"
                        + " dropped, messages were committed one after the other, the slowest in %s ms.",
                plan.old(), figures.spread(What.HELD_MS, CleanUp.DROP));
        table("how", "ms");
        for (String how : figures.all(What.CLEANED_IN_MS)) {
            row(how, figures.spread(What.CLEANED_IN_MS, how).toString());
        }
        line("");
    }

    private void circumstances() throws InterruptedException {
        circumstances("", "Writers, relays, consumers, PostgreSQL and Kafka run on it together.");
        line(
                "- PostgreSQL: %s.",
                String.join(", ", SETTINGS.stream().map(this::setting).toList()));
        line(
                "- One broker of Kafka %s, 12 partitions a topic, `acks=all`. PostgreSQL and Kafka are processes of their own,"
                        + " started as `./run` starts them; candidates, writers and consumers share a third one.",
                org.apache.kafka.common.utils.AppInfoParser.getVersion());
        line(
                "- Bodies of %,d bytes of JSON on average, %,d different ones, with a key and seven headers; Kafka's producer"
                        + " tool sends all of these bytes as the value, and by an interceptor keys, where it says so.",
                benchmark.bodyBytes(), Bodies.DIFFERENT);
        line(
                "- This relay: the library's auto-configuration in a service that does nothing else. For each round its cursor"
                        + " is set back, and it sends the same rows again.");
        line(
                "- Kafka's producer tool: `ProducerPerformance`, in the process of the candidates, a JVM of 1 GB; the relay's settings are `%s`.",
                String.join(" ", KafkaTools.AS_THE_RELAY));
        line(
                "- *Select, send, mark*: one thread; `select ... for update skip locked`, send, wait for the acknowledgements,"
                        + " `update ... set sent`, commit. An index has the unsent rows alone; with nothing to send it looks again after"
                        + " %d ms. It has the relay's producer.",
                RowMarking.LOOK_AGAIN.toMillis());
        line(
                "- Spring Modulith %s, `events-kafka` and `events-jdbc` as they configure themselves; a backlog is sent by its"
                        + " `resubmitIncompletePublications`.",
                modulithVersion());
        line("- Peers that are slower drain as many messages as the table says, and nothing else is in their tables.");
        for (String note : figures.notes()) {
            line("- %s", note);
        }
        line("- %s s in all.", number(Math.rint(benchmark.seconds())));
    }

    private String setting(String name) {
        return name + " "
                + benchmark
                        .library()
                        .jdbc()
                        .sql("select current_setting(?)")
                        .param(name)
                        .query(String.class)
                        .single();
    }

    private static String modulithVersion() {
        Package ofApi = org.springframework.modulith.events.Externalized.class.getPackage();
        String version = ofApi.getImplementationVersion();
        return version == null ? "of an unknown version" : version;
    }
}
