package org.openingminute.benchmarks.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.local.page.Spread.number;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.TestSystems;
import org.openingminute.local.page.Page;

/**
 * The benchmark of the gateway: {@code ./test benchmark gateway} and {@code ./test benchmark gateway full} measure, and write {@code
 * benchmarks/results}; with {@code -Dbenchmark=smoke} it only shows that it works. It fails if an answer is not the upstream's, never
 * because of a figure.
 */
class GatewayBenchmark {

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void every_get_has_the_answer_of_the_upstream() throws Exception {
        GatewayPlan plan =
                GatewayPlan.valueOf(System.getProperty("benchmark", "smoke").toUpperCase(Locale.ROOT));
        Path gateway = TestSystems.CHECKOUT.resolve("gateway/target/gateway-0.1.0-SNAPSHOT-boot.jar");
        try (GatewayRun benchmark = new GatewayRun(plan, gateway, folder)) {
            benchmark.run();
            write(plan, page(plan, benchmark).toString());
        }
    }

    private static Page page(GatewayPlan plan, GatewayRun benchmark) throws InterruptedException {
        Page page = new Page();
        page.line("# What a proxied request costs the gateway");
        page.line("");
        page.line(
                "Written by `%s`. Processor time, of user and system, of the gateway's process for each `GET`, beside %s as a proxy that"
                        + " does nothing else. Medians of %d rounds, least and most in brackets.",
                plan.command(), GatewayRun.BARE, plan.rounds());
        page.line("");
        page.table(
                "load",
                "gateway, ms",
                GatewayRun.BARE + ", ms",
                "ratio",
                "gateway, GET/s",
                GatewayRun.BARE + ", GET/s");
        for (Load load : Load.ALL) {
            page.row(
                    load.words(),
                    benchmark.cpu(GatewayRun.GATEWAY, load).toString(),
                    benchmark.cpu(GatewayRun.BARE, load).toString(),
                    number(benchmark.cpu(GatewayRun.GATEWAY, load).median()
                            / benchmark.cpu(GatewayRun.BARE, load).median()),
                    benchmark.rate(GatewayRun.GATEWAY, load).toString(),
                    benchmark.rate(GatewayRun.BARE, load).toString());
        }
        page.line("");
        page.line("## Circumstances");
        page.line(
                "- %s; commit %s; %s form.",
                LocalDate.now(ZoneOffset.UTC),
                Page.commit(TestSystems.CHECKOUT),
                plan.name().toLowerCase(Locale.ROOT));
        page.machine("Clients and upstream, which share a process, run on it beside the two candidates.");
        page.line(
                "- %s s of each load, after %s s of warming; candidates take turns. 16 clients ask at a fixed rate, or each client asks again"
                        + " as soon as it has its answer, %d bytes of JSON, over connections that are kept.",
                number(plan.length().toMillis() / 1e3), number(plan.warm().toMillis() / 1e3), GatewayRun.BODY.length());
        page.line(
                "- The gateway's jar with the images' options; traces are sampled as by default and sent nowhere, the log goes to a file.");
        return page;
    }

    private void write(GatewayPlan plan, String page) throws IOException {
        Path to = plan == GatewayPlan.SMOKE
                ? folder
                : TestSystems.CHECKOUT.resolve("benchmarks").resolve("results");
        Files.createDirectories(to);
        Files.writeString(to.resolve("gateway.md"), page);
        System.out.println(page);
        assertThat(page).contains("Circumstances").doesNotContain("NaN");
    }
}
