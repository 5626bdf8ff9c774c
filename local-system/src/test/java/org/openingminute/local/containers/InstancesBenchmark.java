package org.openingminute.local.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.TestSystems;
import org.openingminute.local.containers.InstancesRun.What;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.page.Page;

/**
 * Measures the throughput of one, two and four instances: {@code deploy/compose/try instances} runs it and writes
 * {@code benchmarks/results}. It fails if something is lost, but never because of a result.
 */
@ExtendWith(SystemFixture.class)
@EnabledIfSystemProperty(named = "system.project", matches = ".+", disabledReason = "runs by deploy/compose/try")
class InstancesBenchmark {

    private static final int ROUNDS = 3;
    private static final int SIZE = 160;
    private static final Duration TIME = Duration.ofSeconds(10);

    private final ApiClient api;

    InstancesBenchmark(Running running) {
        api = running.api();
    }

    @Test
    @Timeout(value = 100, unit = TimeUnit.MINUTES)
    void one_and_two_and_four_instances() throws Exception {
        Containers containers = new Containers();
        InstancesRun benchmark = new InstancesRun(containers, api, SIZE, TIME);

        benchmark.run(ROUNDS);

        Path folder = TestSystems.CHECKOUT.resolve("benchmarks").resolve("results");
        String page = page(benchmark);
        Files.writeString(folder.resolve("instances.md"), page);
        Files.writeString(folder.resolve("instances.svg"), InstancesPicture.svg(benchmark));
        System.out.println(page);
        assertThat(page).doesNotContain("NaN");
    }

    private static String page(InstancesRun benchmark) throws InterruptedException {
        Page page = new Page();
        page.line("# One, two and four instances");
        page.line("");
        page.line("![Throughput, and what is left over time](instances.svg)");
        page.line("");
        page.line("Medians of %d rounds, least and most in brackets, with the ratio to one instance.", ROUNDS);
        page.line("");
        page.table("measured", "1 instance", "2 instances", "4 instances", "ratio of 2", "ratio of 4");
        for (What what : What.values()) {
            double one = benchmark.spread(what, 1).median();
            page.row(
                    what.service + ": " + what.words,
                    benchmark.spread(what, 1).toString(),
                    benchmark.spread(what, 2).toString(),
                    benchmark.spread(what, 4).toString(),
                    "%.2f".formatted(benchmark.spread(what, 2).median() / one),
                    "%.2f".formatted(benchmark.spread(what, 4).median() / one));
        }
        page.line("");
        page.line(
                "notification-service and payment-service wait for external servers, and more instances wait for more at once. The"
                        + " gateway and registration-service are bound by the processors, which containers, database, broker and the"
                        + " clients of this measurement share. Moreover, four instances that start together have each compiled less"
                        + " of their code by the time they are measured than the one left at the end ([how much that"
                        + " matters](../../docs/operate.md#scale)), and registrations of one conference are decided in batches under"
                        + " one lock.");
        page.line("");
        page.line("## Memory");
        page.line("");
        page.line(
                "As Docker reports it, for the largest instance: before any load, and the highest value right after one of these measurements.");
        page.line("");
        page.table("service", "at rest", "under load");
        benchmark
                .memory()
                .forEach((service, mib) ->
                        page.row(service, "%.0f MiB".formatted(mib.getFirst()), "%.0f MiB".formatted(mib.getLast())));
        page.line("");
        page.line(
                "On disk each of the %,d registrations left %,d bytes in the databases and %,d in Kafka, with its mail, and, of those"
                        + " that were paid, payment, ledger and refund.",
                benchmark.disk().registrations(),
                benchmark.disk().databases(),
                benchmark.disk().topics());
        page.line("");
        page.line("## Circumstances");
        page.line("");
        page.machine("Everything in containers on this machine, the clients beside them.");
        page.line(
                "- %s; commit `%s`; `deploy/compose/try instances`.",
                LocalDate.now(ZoneOffset.UTC), Page.commit(TestSystems.CHECKOUT));
        page.line(
                "- %d mails and %d refunds in a round, after a quarter as many that are not counted, requested as fast as %d clients can;"
                        + " the picture shows what was requested and not yet done in the last round.",
                SIZE, SIZE, InstancesRun.CLIENTS);
        page.line(
                "- Mails to 40 domains; eight connections of each instance to the mail server, four of them for one domain.");
        page.line(
                "- Availability reads and free registrations, through the entrance, by %d clients, for %d s, once two such"
                        + " periods in succession were not %.0f %% faster than the best before them, or after %d s.",
                InstancesRun.CLIENTS,
                TIME.toSeconds(),
                (InstancesRun.NO_FASTER - 1) * 100,
                InstancesRun.WARM_AT_LATEST.toSeconds());
        page.line("- For those, four instances first, then two, then one; for the others one, two, four.");
        page.line("- " + benchmark.repeated() + ".");
        return page.toString();
    }
}
