package org.openingminute.local.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.containers.PatientSale.Visitor;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/**
 * Proves that no request fails and no event is lost when containers are restarted, replaced or scaled while people register and pay. Each
 * service has at least two containers.
 */
@ExtendWith(SystemFixture.class)
@EnabledIfSystemProperty(named = "system.project", matches = ".+", disabledReason = "runs by deploy/compose/try")
@Timeout(900)
class ContainersIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int VISITORS_PER_SECOND = FULL ? 4 : 2;
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final Duration THE_MAILBOX_READS = Duration.ofMinutes(3);

    private final Containers containers = new Containers();
    private final ApiClient api;
    private final String slug = ApiClient.newSlug("instances");

    ContainersIT(Running running) {
        api = running.api();
    }

    @BeforeEach
    void a_sale() {
        Containers.SERVICES.forEach(
                service -> assertThat(containers.of(service)).as(service).hasSizeGreaterThan(1));
        api.putOnSale(slug, 20_000, "\"holdMinutes\": 15", 1000);
    }

    /**
     * The full run restarts every container, one after the other; the small run restarts the first of two services. Restarting more at the
     * same time would need a machine that can do so beside the sale.
     */
    @Test
    void a_restart_fails_no_request_and_loses_no_event() throws Exception {
        PatientSale sale = new PatientSale(api, slug, VISITORS_PER_SECOND);
        awaitArrivals(sale, 10);
        List<String> restarted = FULL
                ? Containers.SERVICES.stream()
                        .flatMap(service -> containers.of(service).stream())
                        .toList()
                : firstOfEach().subList(0, 2);

        for (String container : restarted) {
            containers.restart(container);
            containers.awaitHealthy(container);
        }
        awaitArrivals(sale, sale.arrived() + 10);
        List<Visitor> visitors = sale.end();

        report(restarted.size() + " restarted", sale, visitors);
        assertThat(sale.failures()).isEmpty();
        assertKept(visitors);
    }

    /** Covers an upgrade or a changed variable. */
    @Test
    @EnabledIfSystemProperty(named = "proofs", matches = "full", disabledReason = "takes minutes")
    void all_containers_replaced_by_new_ones_fail_no_request() throws Exception {
        PatientSale sale = new PatientSale(api, slug, VISITORS_PER_SECOND);
        awaitArrivals(sale, 10);
        Set<String> before = containersOfAll();

        Commands.run(Map.of("MAILS_PER_SECOND", "99"), "deploy/compose/roll").succeeded();
        awaitArrivals(sale, sale.arrived() + 10);
        List<Visitor> visitors = sale.end();

        report("all replaced", sale, visitors);
        assertThat(containersOfAll()).hasSameSizeAs(before).doesNotContainAnyElementsOf(before);
        assertThat(containers.of("notification-service"))
                .allMatch(one -> containers.variables(one).contains("MAILS_PER_SECOND=99"));
        assertThat(sale.failures()).isEmpty();
        assertKept(visitors);
    }

    private Set<String> containersOfAll() {
        return Containers.SERVICES.stream()
                .flatMap(service -> containers.of(service).stream())
                .collect(Collectors.toSet());
    }

    @Test
    void a_killed_container_of_each_service_breaks_no_promise() throws Exception {
        PatientSale sale = new PatientSale(api, slug, VISITORS_PER_SECOND);
        List<String> first = firstOfEach();
        for (String container : first) {
            awaitArrivals(sale, sale.arrived() + 10);
            containers.kill(container);
        }
        awaitArrivals(sale, sale.arrived() + 10);
        for (String container : first) {
            containers.start(container);
            containers.awaitHealthy(container);
        }
        List<Visitor> visitors = sale.end();

        report("killed", sale, visitors);
        assertKept(visitors);
    }

    @Test
    void one_broker_of_three_killed_delays_and_loses_nothing() throws Exception {
        assumeThat(containers.of("kafka-2")).as("three brokers").isNotEmpty();
        PatientSale sale = new PatientSale(api, slug, VISITORS_PER_SECOND);
        awaitArrivals(sale, 20);
        String broker = containers.of("kafka-2").getFirst();

        containers.kill(broker);
        awaitArrivals(sale, sale.arrived() + 100);
        List<Visitor> visitors = sale.end();
        report("with a broker killed", sale, visitors);
        containers.start(broker);

        assertThat(sale.failures()).isEmpty();
        assertKept(visitors);
    }

    private List<String> firstOfEach() {
        return Containers.SERVICES.stream()
                .map(service -> containers.of(service).getFirst())
                .toList();
    }

    private static void awaitArrivals(PatientSale sale, int visitors) {
        await().atMost(SOON).until(() -> sale.arrived() >= visitors);
    }

    /** Asserts that every paid registration is confirmed once, and that each visitor got one confirmation or copies of it. */
    private void assertKept(List<Visitor> visitors) {
        JsonNode statistics = api.get("/api/admin/conferences/" + slug + "/statistics", api.signIn("organiser"))
                .has(200)
                .json();
        assertThat(statistics.at("/confirmed").asInt()).isEqualTo(visitors.size());
        assertThat(statistics.at("/held").asInt()).isZero();
        int copies = 0;
        for (Visitor visitor : visitors) {
            List<JsonNode> mails = new ArrayList<>();
            // After a restart the rehearsal's mailbox reads all stored mails.
            await().atMost(THE_MAILBOX_READS).untilAsserted(() -> {
                mails.clear();
                mails.addAll(api.mailsTo(visitor.email()));
                assertThat(mails).as(visitor.email()).isNotEmpty();
            });
            assertThat(mails.stream()
                            .map(mail -> mail.at("/messageId").asString())
                            .distinct())
                    .as(visitor.email())
                    .hasSize(1);
            copies += mails.size() - 1;
        }
        System.out.printf("all %d confirmed, each with the mail; %d copies of mails%n", visitors.size(), copies);
    }

    private static void report(String what, PatientSale sale, List<Visitor> visitors) {
        System.out.printf(
                "%s: %,d requests of %d visitors, %d failed; %s%n",
                what,
                sale.requests(),
                visitors.size(),
                sale.failures().size(),
                sale.failures().stream()
                        .map(failure -> failure.substring(0, Math.min(200, failure.length()))
                                .replace('\n', ' '))
                        .limit(20)
                        .collect(Collectors.joining("; ")));
    }
}
