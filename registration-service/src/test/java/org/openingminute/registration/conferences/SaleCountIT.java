package org.openingminute.registration.conferences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.Property;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.SaleCounts;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves that the batches' counts equal a recount after any history, on the running service with its database. */
@RegistrationServiceTest
class SaleCountIT {

    private static final int PRICE = 10_000;

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    @Test
    void counts_are_what_a_recount_gives_after_any_sequence() {
        Property.holds(3, random -> {
            String slug = conference();
            List<Registrant> all = eachStepOnce(slug);
            assertThat(countedOtherwise(slug)).isEmpty();
            for (int step = 0; step < 60; step++) {
                step(slug, all, random);
                assertThat(countedOtherwise(slug)).as("after step %d", step).isEmpty();
            }
            Registrant last = new Registrant(service.register(slug, "seat").expect(201));
            last.report("payment.captured.v1", PRICE, 0);
            last.report("payment.refunded.v1", PRICE, 1);
            all.add(last);
            await().atMost(SOON).untilAsserted(() -> {
                Reply statistics = service.statistics(slug);
                assertThat(statistics.number("revenue.amount")).isEqualTo(sum(all, one -> one.captured));
                assertThat(statistics.number("refunded.amount")).isEqualTo(sum(all, one -> one.refunded));
            });
            assertThat(countedOtherwise(slug)).isEmpty();
            assertThat(service.statistics(slug)
                            .body()
                            .get("byDay")
                            .valueStream()
                            .mapToLong(day -> day.get("registrations").asLong())
                            .sum())
                    .isEqualTo(all.size());
        });
    }

    private List<Registrant> eachStepOnce(String slug) {
        Registrant cancelled = new Registrant(service.register(slug, "seat").expect(201));
        cancelled.cancel().expect(200);
        Registrant extended = new Registrant(service.register(slug, "seat").expect(201));
        extended.extend().expect(200);
        Registrant accepted = new Registrant(service.register(slug, "student").expect(201));
        accepted.prove(true).expect(200);
        Registrant refused = new Registrant(service.register(slug, "student").expect(201));
        refused.prove(false).expect(200);
        return new ArrayList<>(List.of(cancelled, extended, accepted, refused));
    }

    /** Runs the commands of {@code docs/operate.md}. */
    @Test
    void a_recount_repairs_them() throws IOException {
        String slug = conference();
        service.register(slug, "free").expect(201);
        jdbc.sql("update sale_count set confirmed = 7, captured = 8 where conference = ?")
                .param(slug)
                .update();
        assertThat(countedOtherwise(slug)).isNotEmpty();

        List<String> commands = Pattern.compile("-c (['\"])((?:(?!\\1).)+)\\1", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/operate.md")))
                .results()
                .map(command -> command.group(2))
                .dropWhile(command -> !command.startsWith("lock table inventory"))
                .limit(3)
                .toList();
        transaction.executeWithoutResult(
                _ -> commands.forEach(command -> jdbc.sql(command).update()));

        assertThat(countedOtherwise(slug)).isEmpty();
        assertThat(service.statistics(slug).number("byDay.0.confirmed")).isEqualTo(1);
    }

    private static long sum(List<Registrant> all, ToLongFunction<Registrant> part) {
        return all.stream().mapToLong(part).sum();
    }

    private void step(String slug, List<Registrant> all, RandomGenerator random) {
        if (all.isEmpty() || random.nextInt(3) == 0) {
            String category = List.of("seat", "seat", "free", "student").get(random.nextInt(4));
            all.add(new Registrant(service.register(slug, category).expect(201)));
            return;
        }
        Registrant one = all.get(random.nextInt(all.size()));
        switch (random.nextInt(8)) {
            case 0, 1 -> one.report("payment.captured.v1", PRICE, one.refunded);
            case 2 -> one.report("payment.captured.v1", PRICE - 1, one.refunded);
            case 3 -> {
                if (one.captured > 0) {
                    one.report("payment.refunded.v1", one.captured, random.nextLong(one.captured + 1));
                }
            }
            case 4 -> one.cancel();
            case 5 -> one.extend();
            case 6 -> one.prove(random.nextBoolean());
            default ->
                service.moveTo(service.businessTime()
                        .plusSeconds(random.nextInt(60, 40_000))
                        .toString());
        }
    }

    private List<Map<String, Object>> countedOtherwise(String slug) {
        return SaleCounts.otherwise(jdbc, slug);
    }

    private String conference() {
        String slug = "counted-" + UUID.randomUUID().toString().substring(0, 8);
        service.put("/api/admin/conferences/" + slug, staffToken("organiser"), """
                {"slug": "%s", "name": "Counted", "startsOn": "2026-05-18", "endsOn": "2026-05-22", "timeZone": "UTC",
                 "registration": {"currency": "USD", "capacity": 100, "holdSeconds": 600,
                  "phases": [{"code": "all", "name": "All", "from": "2026-01-01T00:00:00Z", "until": "2026-05-22T00:00:00Z"}],
                  "categories": [{"code": "seat", "name": "Seat", "amounts": {"all": 10000}},
                                 {"code": "free", "name": "Free", "amounts": {"all": 0}},
                                 {"code": "student", "name": "Student", "amounts": {"all": 10000}, "needsProof": true}],
                  "cancellationPolicy": [{"until": "2026-05-01T00:00:00Z", "refundPercent": 100, "keeps": 500}]}}
                """.formatted(slug))
                .expect(201);
        return slug;
    }

    /** A registrant, and the payments that payment-service has reported. */
    private final class Registrant {

        private static final byte[] PDF = "%PDF-1.7 a student card".getBytes(StandardCharsets.US_ASCII);

        private final Reply made;
        private long sequence;
        private long captured;
        private long refunded;

        Registrant(Reply made) {
            this.made = made;
        }

        void report(String type, long newCaptured, long newRefunded) {
            String id = made.text("id");
            captured = Math.max(captured, newCaptured);
            refunded = newRefunded;
            service.publishUnchecked(
                    "payment.events.v1",
                    id,
                    type,
                    ++sequence,
                    ServiceFixture.captured(
                                    id, PRICE, captured, UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)))
                            .replace("\"refunded\": {\"amount\": 0", "\"refunded\": {\"amount\": " + refunded));
        }

        Reply cancel() {
            Reply quote = service.get(path("cancellation"), made.text("accessToken"));
            return service.post(
                    path("cancellation"),
                    made.text("accessToken"),
                    newKey(),
                    "{\"refund\": %s}".formatted(quote.body().get("refund")));
        }

        Reply extend() {
            return service.post(path("hold-extension"), made.text("accessToken"), newKey(), null);
        }

        Reply prove(boolean accepted) {
            String attendee = made.body().at("/attendees/0/id").asString();
            service.upload(path("attendees/" + attendee + "/proof"), made.text("accessToken"), null, "card.pdf", PDF);
            return service.post(
                    "/api/admin/registrations/" + made.text("id") + "/review",
                    staffToken("organiser"),
                    null,
                    "{\"accept\": %s, \"reason\": \"It was read.\"}".formatted(accepted));
        }

        private String path(String call) {
            return "/api/registrations/" + made.text("id") + "/" + call;
        }
    }
}
