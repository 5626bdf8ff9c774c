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
 * A finished registration costs no more statements and transactions than its budget says. Counted from the click until nothing goes on any
 * more that an idle system would not do, its mail and what follows from that included; divided by the flows. Not counted: what the idle
 * system does in the same time, by a rate measured just before; the registrant's requests for the state, whose number depends on how fast
 * the machine is, by the client's own count of them; the first flows after the start, which fill caches; statements that {@code
 * pg_stat_statements} does not know without utility statements, such as {@code commit}. A flow begins when the mail of the one before has
 * come. So flows alone share nothing, and each statement counts a whole number of times, which leaves out what jobs do once a minute. Many
 * clients share batches: on a slower machine they share more, and stay within the budget.
 */
@Tag("measured")
@Order(1) // Before the system that the others share
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

    /** For each of so many flows, none of which fails. */
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
