package org.openingminute.benchmarks.gateway;

import static org.openingminute.local.page.Spread.number;

import java.util.List;
import org.openingminute.benchmarks.BenchmarkPage;
import org.openingminute.benchmarks.Form;
import org.openingminute.benchmarks.Target;
import org.openingminute.local.page.Drawing;
import org.openingminute.local.page.Spread;

/** The figures as a page for people, and as a picture. */
final class GatewayReport extends BenchmarkPage {

    static final String NAME = "gateway";

    private static final double WANTED_MILLIS = 0.2;
    private static final int WIDTH = 760;
    private static final int LEFT = 240;
    private static final int RIGHT = 100;
    private static final int BAR = 16;
    private static final int GAP = 6;

    private final GatewayPlan plan;
    private final GatewayRun benchmark;

    private GatewayReport(Form form, GatewayRun benchmark) {
        super(NAME, form);
        this.plan = GatewayPlan.of(form);
        this.benchmark = benchmark;
    }

    static String page(Form form, GatewayRun benchmark) throws InterruptedException {
        GatewayReport report = new GatewayReport(form, benchmark);
        report.begin("What a proxied request costs the gateway", "Processor time of a GET by load");
        report.targets(List.of(report.target()));
        report.table();
        report.circumstances();
        return report.toString();
    }

    private Target target() {
        return Target.atMost(
                "ms of a `GET`, " + Load.USUAL.words(),
                benchmark.cpu(GatewayRun.GATEWAY, Load.USUAL).median(),
                WANTED_MILLIS);
    }

    private void table() {
        line("## Processor time");
        line(
                "Of user and system, of the gateway's process for each `GET`, beside %s as a proxy that does nothing else. Medians of %d"
                        + " rounds, least and most in brackets.",
                GatewayRun.BARE, plan.rounds());
        table("load", "gateway, ms", GatewayRun.BARE + ", ms", "ratio", "gateway, GET/s", GatewayRun.BARE + ", GET/s");
        for (Load load : Load.ALL) {
            Spread gateway = benchmark.cpu(GatewayRun.GATEWAY, load);
            Spread bare = benchmark.cpu(GatewayRun.BARE, load);
            row(
                    load.words(),
                    gateway.toString(),
                    bare.toString(),
                    number(gateway.median() / bare.median()),
                    benchmark.rate(GatewayRun.GATEWAY, load).toString(),
                    benchmark.rate(GatewayRun.BARE, load).toString());
        }
        line("");
    }

    private void circumstances() throws InterruptedException {
        circumstances("", "Clients and upstream, which share a process, run on it beside the two candidates.");
        line(
                "- %s s of each load, after %s s of warming; candidates take turns. 16 clients ask at a fixed rate, or each client asks again"
                        + " as soon as it has its answer, %d bytes of JSON, over connections that are kept.",
                number(plan.length().toMillis() / 1e3), number(plan.warm().toMillis() / 1e3), GatewayRun.BODY.length());
        line(
                "- The gateway's jar with the images' options; traces are sampled as by default and sent nowhere, the log goes to a file.");
    }

    static String svg(GatewayRun benchmark) {
        Drawing drawing = new Drawing();
        double most = Load.WARM.stream()
                .mapToDouble(load -> benchmark.cpu(GatewayRun.GATEWAY, load).most())
                .max()
                .orElse(1);
        double scale = (WIDTH - LEFT - RIGHT) / most;
        int y = 30;
        drawing.text(
                16,
                y,
                "",
                "Milliseconds of a GET, warm: the gateway, upper bars, and " + GatewayRun.BARE + ", lower bars");
        y += 18;
        for (Load load : Load.WARM) {
            drawing.text(16, y + BAR - 4, "", load.words());
            drawing.bar("few", LEFT, y, BAR, scale, benchmark.cpu(GatewayRun.GATEWAY, load));
            drawing.bar("many", LEFT, y + BAR, BAR, scale, benchmark.cpu(GatewayRun.BARE, load));
            y += 2 * BAR + GAP;
        }
        return drawing.svg("What a proxied request costs the gateway", WIDTH, y + GAP);
    }
}
