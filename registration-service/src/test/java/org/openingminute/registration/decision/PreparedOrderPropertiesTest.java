package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.access.StaffTrust;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.Property;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.openingminute.registration.sale.Examples;
import tools.jackson.databind.JsonNode;

/** Proves by random instants and revisions that a prepared request is decided like an unprepared one. */
class PreparedOrderPropertiesTest {

    private static final Instant LATE_BEGINS = Instant.parse("2026-02-02T17:00:00Z");
    private static final UUID ID = new UUID(1, 1);
    private static final TicketSigner TICKETS = TicketSigner.of("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");

    /** Gives the same ids to both decisions, so that they can be compared. */
    private final Decisions decisions = new Decisions(
            () -> ID, new AccessSettings("http://localhost:8080", "", StaffTrust.NONE), AddressForm.REHEARSAL);

    private record Decided(
            Result result, List<Registration> created, List<OutgoingMessage> messages, int nextReference) {}

    @Test
    void prepared_request_is_decided_as_one_that_was_not() {
        int[] used = {0};
        int[] stale = {0};
        Property.holds(3_000, random -> {
            Instant batchAt = around(random);
            Instant preparedAt = around(random);
            String voucherEnds = around(random).truncatedTo(ChronoUnit.SECONDS).toString();
            Conference now = conference(3, random.nextInt(900, 1_100), voucherEnds);
            Conference then = random.nextInt(4) == 0 ? conference(2, random.nextInt(900, 1_100), voucherEnds) : now;
            int taken = random.nextInt(8, 11);
            Command.Register command = command(random);
            Command.Register prepared = decisions.prepare(then, command, preparedAt);

            assertThat(decide(now, batchAt, taken, prepared)).isEqualTo(decide(now, batchAt, taken, command));
            @Nullable PreparedOrder order = prepared.prepared();
            if (order != null) {
                (order.holds(now, batchAt) ? used : stale)[0]++;
            }
        });
        assertThat(used[0]).as("enough orders were prepared").isGreaterThan(500);
        assertThat(stale[0]).isGreaterThan(500);
    }

    private static Instant around(RandomGenerator random) {
        return LATE_BEGINS.plusMillis(random.nextInt(-3_000, 3_000));
    }

    private static Conference conference(long revision, int amount, String voucherEnds) {
        JsonNode source = Examples.json("""
                {"slug": "small-1", "name": "Small", "startsOn": "2026-06-01", "endsOn": "2026-06-02", "timeZone": "UTC",
                 "registration": {"currency": "EUR", "capacity": 10,
                   "phases": [{"code": "early", "name": "Early", "from": "2026-01-01T00:00:00Z", "until": "2026-02-02T16:59:59Z"},
                              {"code": "late", "name": "Late", "from": "2026-02-02T17:00:00Z", "until": "2026-05-31T23:59:59Z"}],
                   "categories": [{"code": "a", "name": "A", "amounts": {"early": %1$d, "late": 1500}},
                                  {"code": "p", "name": "P", "amounts": {"early": 1, "late": 2}, "needsProof": true},
                                  {"code": "f", "name": "F", "amounts": {"early": 0, "late": 0}}],
                   "vouchers": [{"code": "K", "percentOff": 10, "until": "%2$s"}, {"code": "H", "percentOff": 50}]}}
                """.formatted(amount, voucherEnds));
        return new Conference("small-1", revision, Examples.read(source), source, true, null);
    }

    private static Command.Register command(RandomGenerator random) {
        @Nullable String voucher = new String[] {null, null, "K", "K", "H", "NONE"}[random.nextInt(6)];
        String category = List.of("a", "a", "a", "p", "p", "f", "f", "none").get(random.nextInt(8));
        return new Command.Register(
                "small-1",
                new IdempotencyKey("register:small-1", Long.toString(random.nextLong())),
                new RequestHash(""),
                Examples.seats(random.nextInt(8) == 0 ? 0 : random.nextInt(1, 3), category, voucher));
    }

    private Decided decide(Conference conference, Instant at, int taken, Command.Register command) {
        SaleState sale = TestDecisions.sale(new SaleState.Read(
                at,
                at,
                1,
                conference,
                Map.of(new QuotaKey.Capacity(), new Inventory.Allocated(0, taken, null)),
                Map.of(),
                Map.of(),
                Set.of(),
                7));
        Result result = decisions.decide(sale, command);
        return new Decided(
                result instanceof Result.Refused(var problem)
                        ? new Result.Done(Result.How.CHANGED, problem.body().toString(), null)
                        : result,
                sale.created(),
                sale.messages(TICKETS),
                sale.nextReference());
    }
}
