package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.Examples;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves which definitions are accepted during a sale and what they withhold, by batches in memory. */
class DefineDecisionTest {

    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");
    private static final Map<QuotaKey, Inventory.Allocated> TAKEN = Map.of(
            QuotaKey.of("capacity"), new Inventory.Allocated(2, 4, null),
            QuotaKey.of("category:b"), new Inventory.Allocated(1, 2, null),
            QuotaKey.of("add-on:x"), new Inventory.Allocated(1, 1, null),
            QuotaKey.of("voucher:K"), new Inventory.Allocated(1, 1, null));

    @ParameterizedTest
    @CsvSource({
        "/registration/capacity, 5, registration.capacity",
        "/registration/categories/1/quota, 2, registration.categories[1].quota",
        "/registration/addOns/0/quota, 1, registration.addOns[0].quota",
        "/registration/vouchers/1/uses, 1, registration.vouchers[1].uses"
    })
    void a_limit_below_what_is_taken_is_refused_by_its_place(String pointer, int limit, String field) {
        SaleState sale = sale(source(9));
        ObjectNode changed = source(9);
        int slash = pointer.lastIndexOf('/');
        ((ObjectNode) changed.at(pointer.substring(0, slash))).put(pointer.substring(slash + 1), limit);

        assertThat(define(sale, changed)).isInstanceOfSatisfying(Result.Refused.class, refused -> {
            assertThat(refused.problem().code()).isEqualTo(CommonProblem.INVALID);
            assertThat(refused.problem().errors()).extracting("field").containsExactly(field);
        });
        assertThat(sale.conferenceChanged()).isFalse();
    }

    /** Capacity 10, six seats allocated, and a voucher that reserves five again since uses of it were returned. */
    @Test
    void an_outdated_rule_does_not_block_other_changes() {
        SaleState sale = sale(source(7));
        ObjectNode renamed = source(7).put("name", "Another name");
        assertThat(define(sale, renamed)).isInstanceOf(Result.Done.class);

        ObjectNode more = source(8);
        assertThat(define(sale, more))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.problem().errors())
                                .first()
                                .extracting(FieldError::field)
                                .isEqualTo("registration.capacity"));
        assertThat(define(sale, source(6))).isInstanceOf(Result.Done.class);
    }

    @Test
    void republished_definitions_keep_their_revision() {
        SaleState sale = sale(source(9));
        assertThat(new DefineDecision(sale).republish()).isEqualTo(new Result.Noted());
        assertThat(sale.messages(ReviewBatches.SIGNER)).singleElement().satisfies(message -> {
            assertThat(message.type()).isEqualTo("conference.published.v1");
            assertThat(message.sequence()).isEqualTo(5);
        });
        assertThat(sale.conferenceChanged()).isFalse();
    }

    @Test
    void a_definition_withholds_nothing_while_no_cache_can_refuse() {
        assertThat(afterAnotherPrice(TAKEN, NOW).freesForOthers()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"10, PT-1H", "10, PT0S", "9, PT-0.199999999S", "9, PT0S"})
    void a_definition_withholds_all_while_a_limit_may_refuse(int seats, Duration freed) {
        Map<QuotaKey, Inventory.Allocated> taken = new HashMap<>(TAKEN);
        taken.put(QuotaKey.of("capacity"), new Inventory.Allocated(0, seats, NOW.plus(freed)));
        Inventory after = afterAnotherPrice(taken, NOW);
        for (String category : List.of("category:a", "category:b", "category:v", "category:i")) {
            assertThat(after.allocated(QuotaKey.of(category)).freedAt())
                    .isEqualTo(Inventory.Allocated.FREED_BY_THIS_BATCH);
        }
    }

    @Test
    void a_definition_withholds_nothing_200_ms_after_a_limit_was_freed() {
        Map<QuotaKey, Inventory.Allocated> taken = new HashMap<>(TAKEN);
        taken.put(QuotaKey.of("capacity"), new Inventory.Allocated(0, 9, NOW.minusMillis(200)));
        assertThat(afterAnotherPrice(taken, NOW).freesForOthers()).isFalse();
    }

    /** The sale runs from January 1 until the end of May. */
    @ParameterizedTest
    @CsvSource({
        "2025-12-31T23:59:59.999Z, true",
        "2026-01-01T00:00:00.199Z, true",
        "2026-01-01T00:00:00.200Z, false",
        "2026-05-31T23:59:59.999Z, false",
        "2026-06-01T00:00:00.000Z, true"
    })
    void a_definition_withholds_all_while_the_sale_is_not_open(Instant now, boolean withheld) {
        assertThat(afterAnotherPrice(TAKEN, now).freesForOthers()).isEqualTo(withheld);
    }

    @ParameterizedTest
    @CsvSource({"2026-05-31T23:59:59Z, false", "2026-06-01T00:00:00Z, true"})
    void a_clock_set_back_into_the_sale_withholds_all(Instant before, boolean withheld) {
        SaleState sale = sale(source(9));
        sale.noteClockSetBack(before);
        assertThat(sale.clockSetBack()).isTrue();
        assertThat(sale.inventory().freesForOthers()).isEqualTo(withheld);
    }

    @ParameterizedTest
    @CsvSource({
        "PT-1H, PT0S, false",
        "PT0S, PT0.000001S, false",
        "PT5S, PT5.000001S, false",
        "PT5.000001S, PT0S, true",
        "PT1H, PT0S, true"
    })
    void a_batch_is_later_than_the_one_before_unless_that_was_5_s_ahead(
            Duration before, Duration judged, boolean clockSetBack) {
        assertThat(SaleState.BatchTime.after(NOW.plus(before), NOW))
                .isEqualTo(new SaleState.BatchTime(NOW.plus(judged), clockSetBack));
    }

    private static Inventory afterAnotherPrice(Map<QuotaKey, Inventory.Allocated> taken, Instant now) {
        Conference before = new Conference("small-1", 5, Examples.read(source(9)), source(9), true, null);
        SaleState sale =
                TestDecisions.sale(new SaleState.Read(now, NOW, 1, before, taken, Map.of(), Map.of(), Set.of(), 0));
        ObjectNode changed = source(9);
        ((ObjectNode) changed.at("/registration/addOns/0")).put("amount", 251);
        assertThat(define(sale, changed)).isInstanceOf(Result.Done.class);
        return sale.inventory();
    }

    private static Result define(SaleState sale, JsonNode source) {
        return new DefineDecision(sale)
                .define(new Command.Define(
                        new IdempotencyKey("define:small-1", "k"),
                        RequestHash.of(source),
                        Examples.read(source),
                        source,
                        null,
                        OLGA));
    }

    private static SaleState sale(JsonNode source) {
        Conference conference = new Conference("small-1", 5, Examples.read(source), source, true, null);
        return TestDecisions.sale(new SaleState.Read(NOW, NOW, 0, conference, TAKEN, Map.of(), Map.of(), Set.of(), 0));
    }

    private static ObjectNode source(int uses) {
        return (ObjectNode) Examples.json(
                Examples.small("""
                "vouchers": [{"code": "L", "percentOff": 5},
                             {"code": "K", "uses": %d, "reserves": %s, "categories": ["a"]}]
                """.formatted(uses, uses < 9).replace("\"reserves\": false", "\"percentOff\": 5")));
    }
}
