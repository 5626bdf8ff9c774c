package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.Examples;
import tools.jackson.databind.JsonNode;

/** Proves when a freed seat is sold again: ten seats, nine sold, the tenth freed at a given instant. Decides in memory. */
class RegisterDecisionTest {

    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");

    private final Decisions decisions = TestDecisions.decisions();
    private final JsonNode source =
            Examples.json(Examples.small("\"vouchers\": [{\"code\": \"HALF\", \"percentOff\": 50}]"));

    @Test
    void a_withheld_seat_is_unavailable_for_one_to_three_seconds_by_lot() {
        Map<String, Integer> lots = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            Problem problem = refusal(register(1, null, NOW));
            assertThat(problem.code()).isEqualTo(CommonProblem.UNAVAILABLE);
            lots.merge(problem.retryAfter().orElseThrow(), 1, Integer::sum);
        }
        assertThat(lots).containsOnlyKeys("1", "2", "3");
        assertThat(lots.values()).allMatch(times -> times > 50);
    }

    @Test
    void a_seat_freed_200_ms_ago_is_sold() {
        assertThat(register(1, null, NOW.minus(Inventory.SOLD_AGAIN_AFTER))).isInstanceOf(Result.Done.class);
    }

    @Test
    void a_voucher_takes_a_withheld_seat() {
        assertThat(register(1, "HALF", NOW)).isInstanceOf(Result.Done.class);
    }

    @Test
    void two_seats_are_sold_out_though_one_is_withheld() {
        assertThat(refusal(register(2, null, NOW)).code()).isEqualTo(SaleProblem.SOLD_OUT);
    }

    /** A gate finds a ticket's registration by this order. */
    @Test
    void ids_of_attendees_are_made_right_after_that_of_the_registration() {
        Result.Done done = (Result.Done) register(1, null, NOW.minus(Inventory.SOLD_AGAIN_AFTER));
        JsonNode made = Documents.tree(done.body());
        UUID registration = UUID.fromString(made.at("/id").asString());
        UUID attendee = UUID.fromString(made.at("/attendees/0/id").asString());

        assertThat(attendee.toString()).isGreaterThan(registration.toString());
        assertThat((attendee.getMostSignificantBits() >>> 16) - (registration.getMostSignificantBits() >>> 16))
                .as("milliseconds between the ids")
                .isLessThan(5_000);
    }

    private Result register(int seats, @Nullable String voucher, Instant freedAt) {
        SaleState sale = TestDecisions.sale(new SaleState.Read(
                NOW,
                NOW,
                1,
                new Conference("small-1", 1, Examples.read(source), source, true, null),
                Map.of(new QuotaKey.Capacity(), new Inventory.Allocated(0, 9, freedAt)),
                Map.of(),
                Map.of(),
                Set.of(),
                0));
        return decisions.decide(
                sale,
                new Command.Register(
                        "small-1",
                        new IdempotencyKey("register:small-1", UUID.randomUUID().toString()),
                        new RequestHash(""),
                        Examples.seats(seats, "a", voucher)));
    }

    private static Problem refusal(Result result) {
        return ((Result.Refused) result).problem();
    }
}
