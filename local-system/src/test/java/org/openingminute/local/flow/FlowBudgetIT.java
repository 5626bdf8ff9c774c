package org.openingminute.local.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.flow.FlowCounts.Counts;
import org.openingminute.local.flow.FlowCounts.Mark;

/**
 * Proves that a finished registration costs no more statements and transactions than its budget. The count starts with the click and ends
 * when only the work of an idle system is left; it includes the mail and its consequences, and is divided by the number of flows. It
 * excludes the work of the idle system, by a rate measured just before; the registrant's polls, whose number depends on the speed of the
 * machine, by the client's own count; the first flows after the start, which fill caches; and statements that {@code pg_stat_statements}
 * ignores without utility statements, such as {@code commit}. A flow begins when the mail of the one before has arrived. So flows that run
 * alone share nothing, and rounding each statement to a whole number per flow removes jobs that run once a minute. Many parallel clients
 * share batches: a slower machine shares more, and stays within the budget.
 */
@Tag("measured")
@Order(1) // Before the shared system starts
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class FlowBudgetIT {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int SEATS = 100_000;
    private static final int FIRST = 3;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FlowBudget budget;
    private final MailSink sink;
    private final Running running;
    private final Deployment deployment;
    private final Connection postgres;
    private final Connection registration;
    private final FlowCounts counts;
    private Counts idle;

    FlowBudgetIT() throws Exception {
        budget = new FlowBudget();
        sink = new MailSink(new InetSocketAddress(LOOPBACK, 0));
        running = Running.start(
                Map.of(),
                settings -> settings.with("postgres", SystemFixture.COUNTING)
                        .with(
                                "notification-service",
                                Map.of(
                                        "SMTP_HOST",
                                        LOOPBACK,
                                        "SMTP_PORT",
                                        "" + sink.port(),
                                        "MAILS_PER_SECOND",
                                        "10000")));
        deployment = new ProcessDeployment(running.system());
        postgres = deployment.connect("postgres");
        registration = deployment.connect("registration");
        counts = new FlowCounts(postgres);
    }

    @BeforeAll
    void count_the_idle_system() throws Exception {
        for (Flow flow : Flow.values()) {
            try (FlowClient client = new FlowClient(deployment.port(), onSale(flow), flow)) {
                new FlowLoad(client, sink).flows(FIRST, 1, PATIENCE);
            }
        }
        counts.awaitTransactionsTold();
        Mark begin = counts.mark();
        Thread.sleep(IDLE);
        idle = counts.between(begin, counts.mark());
    }

    @AfterAll
    void stop() throws Exception {
        registration.close();
        postgres.close();
        running.close();
        sink.close();
    }

    @Test
    @Order(0)
    void idle_system_stays_within_its_budget() {
        assertNone(budget.exceeded(idle.each(idle.seconds())));
    }

    @Test
    @Order(1)
    void flows_alone_stay_within_their_budget() throws Exception {
        assertWithin("alone", 20, 1);
    }

    @Test
    @Order(2)
    @EnabledIfSystemProperty(named = "proofs", matches = "full", disabledReason = "takes minutes")
    void flows_of_32_clients_stay_within_their_budget() throws Exception {
        assertWithin("32", 320, 32);
    }

    @Test
    @Order(3)
    @EnabledIfSystemProperty(named = "proofs", matches = "full", disabledReason = "takes minutes")
    void flows_of_128_clients_stay_within_their_budget() throws Exception {
        assertWithin("128", 640, 128);
    }

    private void assertWithin(String load, int flows, int clients) throws Exception {
        List<String> exceeded = new ArrayList<>();
        for (Flow flow : Flow.values()) {
            exceeded.addAll(budget.exceeded(flow, load, counted(flow, flows, clients)));
        }
        assertNone(exceeded);
    }

    private static void assertNone(List<String> exceeded) {
        assertThat(exceeded).withFailMessage(() -> String.join("\n", exceeded)).isEmpty();
    }

    /** Counts per flow; no flow may fail. */
    private Counts counted(Flow flow, int flows, int clients) throws Exception {
        String slug = onSale(flow);
        Generated generated;
        Mark begin = counts.mark();
        try (FlowClient client = new FlowClient(deployment.port(), slug, flow)) {
            generated = new FlowLoad(client, sink).flows(flows, clients, PATIENCE);
        }
        counts.awaitQuiet(idle);
        counts.awaitTransactionsTold();
        Counts counted = counts.between(begin, counts.mark());
        assertThat(generated.failed()).isEmpty();
        assertThat(generated.all()).isEqualTo(flows);
        assertThat(generated.unmailed()).isZero();
        assertThat(generated.twice()).isZero();
        new FlowCheck(registration).check(slug, flows, 0);
        Counts each = counted.without(idle).withoutPolls(generated.polls()).each(flows);
        return clients == 1 ? each.whole() : each;
    }

    private String onSale(Flow flow) {
        String slug = ApiClient.newSlug("budget-" + flow.words());
        running.api().putOnSale(slug, SEATS, "\"holdMinutes\": 60", flow.amount());
        return slug;
    }
}
