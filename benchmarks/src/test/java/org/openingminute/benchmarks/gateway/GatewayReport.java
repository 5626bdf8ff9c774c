package org.openingminute.benchmarks.gateway;

import static org.openingminute.local.page.Spread.number;

import java.util.List;
import org.openingminute.benchmarks.BenchmarkPage;
import org.openingminute.benchmarks.Form;
import org.openingminute.benchmarks.Target;
import org.openingminute.local.load.WarmUp;
import org.openingminute.local.page.Drawing;
import org.openingminute.local.page.Spread;

/** Writes the figures as a page and as a picture. */
final class GatewayReport extends BenchmarkPage {

    static final String NAME = "gateway";

    private static final int WIDTH = 760;
    private static final int LEFT = 300;
    private static final int RIGHT = 100;
    private static final int BAR = 16;

    private final GatewayPlan plan;
    private final GatewayRun run;
    private final Spread pageInSale;

    private GatewayReport(Form form, GatewayRun run, Spread pageInSale) {
        super(NAME, form);
        this.plan = GatewayPlan.of(form);
        this.run = run;
        this.pageInSale = pageInSale;
    }

    /** @param pageInSale milliseconds of registration-service per read of a cached page */
    static String page(Form form, GatewayRun run, Spread pageInSale) throws InterruptedException {
        GatewayReport report = new GatewayReport(form, run, pageInSale);
        report.begin("What a request costs the gateway", "Processor time of an answer, 16 clients");
        report.targets(report.targets());
        report.proxied();
        report.kept();
        report.own();
        report.circumstances();
        return report.toString();
    }

    private List<Target> targets() {
        Load usual = Load.USUAL;
        Load busy = Load.BUSY;
        return List.of(
                Target.atMost(
                        "ms of a proxied request, " + busy.words(),
                        run.cpu(Case.FILTERS, busy).median(),
                        0.15),
                Target.atMost(
                        "times nginx's, " + busy.words(),
                        run.ratio(Case.FILTERS, Case.NGINX, busy).median(),
                        4),
                Target.atMost(
                        "times the bare route's, " + busy.words(),
                        run.ratio(Case.FILTERS, Case.ROUTE, busy).median(),
                        1.15),
                Target.atLeast(
                        "pages kept for one of nginx's file, by processor time, " + busy.words(),
                        run.ratio(Case.FILE, Case.KEPT, busy).median(),
                        0.5),
                Target.atMost(
                        "ms of registration-service for a read of a kept page during its sale, " + usual.words(),
                        Math.max(0, pageInSale.median()),
                        0.05),
                Target.atMost(
                        "times `/api/version` for a question how a place stands, " + usual.words(),
                        run.ratio(Case.POLL, Case.VERSION, usual).median(),
                        1.3),
                Target.atMost("MB of heap more while 20,000 wait", run.heap(), 1),
                Target.atMost(
                        "ms of a 429, " + usual.words(),
                        run.cpu(Case.LIMITED, usual).median(),
                        0.08),
                Target.atMost(
                        "ms of a 503, " + usual.words(),
                        run.cpu(Case.FULL, usual).median(),
                        0.08),
                Target.atMost(
                        "ms to the 99th of 100 429s, " + Load.RUSH.words(),
                        run.p99(Case.LIMITED, Load.RUSH).median(),
                        50),
                Target.atMost(
                        "ms to the 99th of 100 503s, " + Load.RUSH.words(),
                        run.p99(Case.FULL, Load.RUSH).median(),
                        50));
    }

    private void proxied() {
        line("## A request that a service answers");
        line(
                "Processor time, user and system, of the server's process for each answer: medians of %d turns, least and most in brackets."
                        + " The upstream was asked once for each. A gateway's answer that needs no service at all costs what `/api/version`"
                        + " does below, so a proxied one cannot come near nginx's.",
                plan.rounds());
        table("server", "load", "ms", "times nginx's", "answers/s");
        rows(Case.Group.PROXIED, Case.NGINX);
    }

    private void kept() {
        line("## A page that is the same for everyone");
        line("%,d bytes. The upstream was asked once a second at most.", Upstream.PAGE.length());
        table("server", "load", "ms", "times nginx's", "answers/s");
        rows(Case.Group.PAGE, Case.FILE);
        line(
                "In a whole system, at %s, a read of a conference's page costs registration-service %s ms, while people register for it, %s:"
                        + " what it takes more than in the turns without readers before and after. The gateway asks for the page once a second;"
                        + " it is made anew when what it says of prices or seats changes, and each minute for the rehearsal's clock.",
                Load.USUAL.words(), pageInSale, PageInSale.SALE.words());
        line("");
    }

    private void rows(Case.Group group, Case beside) {
        for (Load load : Load.of(group)) {
            for (Case one : group.cases()) {
                row(
                        one.words(),
                        load.words(),
                        run.cpu(one, load).toString(),
                        run.ratio(one, beside, load).toString(),
                        run.rate(one, load).toString());
            }
        }
        line("");
    }

    private void own() {
        line("## What the gateway answers by itself");
        line(
                "The upstream was not asked. The 99th of 100 is from the instant at which a request was to be sent. More than 20,000 people"
                        + " stand in the line, for whom the heap has %s MB more after a collection than for 500.",
                number(run.heap()));
        table("answer", "load", "ms", "99th of 100, ms", "answers/s");
        for (Load load : Load.of(Case.Group.OWN)) {
            for (Case one : Case.Group.OWN.cases()) {
                row(
                        one.words(),
                        load.words(),
                        run.cpu(one, load).toString(),
                        run.p99(one, load).toString(),
                        run.rate(one, load).toString());
            }
        }
        line("");
    }

    private void circumstances() throws InterruptedException {
        circumstances("", "Clients and upstream, a process each, run on it beside the server whose turn it is.");
        line(
                "- %s s of each load, after warming each until two windows of %s s in succession were not faster, for %s s at most; servers"
                        + " take turns. Clients ask at a fixed rate, or each asks again as soon as it has its answer, %d bytes of JSON or the"
                        + " page, over connections that are kept. In the rush: %s",
                number(plan.length().toMillis() / 1e3),
                number(plan.window().toMillis() / 1e3),
                number(plan.warmAtMost().toMillis() / 1e3),
                Upstream.BODY.length(),
                run.cores());
        line(
                "- The gateway's jar with the images' options and its limits on; traces are sampled as by default and sent nowhere, the log"
                        + " goes to a file. nginx is one process, keeps its connections to the upstream, and logs each request.");
        warmUps();
    }

    private void warmUps() {
        for (Case one : Case.values()) {
            line("- Warming %s, a second: %s.", one.words(), WarmUp.words(run.warmUp(one)));
        }
    }

    static String svg(GatewayRun run) {
        Drawing drawing = new Drawing();
        List<Case> cases = List.of(Case.DIRECT, Case.NGINX, Case.NETTY, Case.ROUTE, Case.FILTERS, Case.FILE, Case.KEPT);
        double most = cases.stream()
                .mapToDouble(one -> run.cpu(one, Load.BUSY).most())
                .max()
                .orElse(1);
        double scale = (WIDTH - LEFT - RIGHT) / most;
        int y = 30;
        drawing.text(16, y, "", "Milliseconds of processor time of an answer, 16 clients");
        y += 18;
        for (Case one : cases) {
            drawing.text(16, y + BAR - 4, "", one.words());
            drawing.bar(
                    one.server() == Servers.Name.GATEWAY ? "few" : "many",
                    LEFT,
                    y,
                    BAR,
                    scale,
                    run.cpu(one, Load.BUSY));
            y += BAR + 6;
        }
        return drawing.svg("What a request costs the gateway", WIDTH, y + 6);
    }
}
