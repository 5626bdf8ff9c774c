package org.openingminute.local.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.containers.PatientSale.Visitor;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/**
 * Proves that the operator's commands back up and restore the containers of a Compose project. {@code BackupIT} proves what a restore keeps
 * and loses.
 */
@ExtendWith(SystemFixture.class)
@EnabledIfSystemProperty(named = "system.project", matches = ".+", disabledReason = "runs by deploy/compose/try")
@Timeout(600)
class RestoreIT {

    private static final Duration SETTLED = Duration.ofMinutes(3);

    private final Containers containers = new Containers();
    private final ApiClient api;

    RestoreIT(Running running) {
        api = running.api();
    }

    @Test
    void a_copy_that_cannot_be_read_takes_nothing_away(@TempDir Path folder) throws Exception {
        Path copies = folder.resolve("copy");
        Commands.run("deploy/compose/back-up", copies.toString()).succeeded();
        Path last = copies.resolve("registration.dump");
        byte[] whole = Files.readAllBytes(last);
        Files.write(last, Arrays.copyOf(whole, whole.length - 100));
        String before = running();

        Commands.CommandResult refused = Commands.run("deploy/compose/restore", copies.toString());

        assertThat(refused.code()).as(refused.text()).isEqualTo(1);
        assertThat(refused.text()).contains("registration.dump cannot be read to its end");
        assertThat(running()).isEqualTo(before);
    }

    @Test
    void a_sale_that_was_copied_while_it_went_on_is_there_again_and_goes_on(@TempDir Path folder) throws Exception {
        Path copies = folder.resolve("copy");
        String slug = ApiClient.newSlug("restored");
        api.putOnSale(slug, 10_000, "\"holdMinutes\": 15", 1000);
        List<Integer> instances = instances();
        PatientSale sale = new PatientSale(api, slug, 2);
        await().atMost(SETTLED).until(() -> sale.arrived() >= 20);
        Commands.run("deploy/compose/back-up", copies.toString()).succeeded();
        int copied = sale.arrived();
        await().atMost(SETTLED).until(() -> sale.arrived() >= copied + 10);
        List<Visitor> visitors = sale.end();
        long references = references(slug);
        long receipts = receipts();

        Commands.run("deploy/compose/restore", copies.toString()).succeeded();
        assertThat(instances()).isEqualTo(instances);
        Containers.SERVICES.forEach(service -> containers.of(service).forEach(containers::awaitHealthy));

        await().atMost(SETTLED)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(status().findValues("outbox"))
                        .hasSize(3)
                        .allMatch(outbox -> outbox.at("/waiting").asLong(1) == 0));
        assertThat(references(slug))
                .as("numbers that were given after the copy are not given again")
                .isEqualTo(references + 100_000);
        assertThat(receipts()).isGreaterThanOrEqualTo(receipts + 1000);
        assertThat(receiptsOf(receipts + 1, receipts + 1000))
                .as("receipts with numbers that people may have from before")
                .isZero();
        Commands.run("docker", "compose", "exec", "-T", "postgres", "/databases/lost-money", "give-back")
                .succeeded();
        await().atMost(SETTLED)
                .ignoreExceptions()
                .until(() -> status().findValue("capturesUnanswered").asInt(-1) == 0);
        long known = visitors.stream()
                .filter(visitor -> api.registration(visitor.registered()).status() == 200)
                .count();
        System.out.printf("copied with %d visitors, set back with %d: %d are known%n", copied, visitors.size(), known);
        assertThat(known).isBetween(10L, (long) visitors.size() - 5);
        PatientSale again = new PatientSale(api, slug, 2);
        await().atMost(SETTLED).until(() -> again.arrived() >= 5);
        assertThat(again.end()).hasSizeGreaterThanOrEqualTo(5);
    }

    private JsonNode status() {
        return api.get("/api/ops/status", api.signIn("operator")).has(200).json();
    }

    /** The containers with their start times, and the databases. */
    private String running() throws Exception {
        String since = Containers.SERVICES.stream()
                .flatMap(service -> containers.of(service).stream())
                .map(containers::startedAt)
                .collect(Collectors.joining("\n"));
        String databases = "select datname, oid from pg_database order by 1";
        Commands.CommandResult result =
                Commands.run("docker", "compose", "exec", "-T", "postgres", "psql", "-U", "postgres", "-c", databases);
        result.succeeded();
        return since + result.text();
    }

    private long references(String slug) {
        return containers.count(
                "registration", "select next_reference from inventory where conference = '" + slug + "'");
    }

    private long receipts() {
        return containers.count("payment", "select sum(last_number) from document_series where kind = 'receipt'");
    }

    private long receiptsOf(long first, long last) {
        return containers.count("payment", """
                select count(*) from issued_document
                 where kind = 'receipt' and substring(number from '[0-9]+$')::bigint between %d and %d
                """.formatted(first, last));
    }

    private List<Integer> instances() {
        return Containers.SERVICES.stream()
                .map(service -> containers.of(service).size())
                .toList();
    }
}
