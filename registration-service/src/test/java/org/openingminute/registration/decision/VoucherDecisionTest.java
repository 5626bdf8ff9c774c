package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Guard;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.Trigger;
import org.openingminute.registration.sale.Examples;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.RegistrationRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves changes of vouchers, by batches in memory on capacity 10, of which category b may have 5; see {@link Examples#small}. */
class VoucherDecisionTest {

    private static final IdempotencyKey KEY = new IdempotencyKey("voucher:small-1", "k");
    private static final RequestHash NO_BODY = new RequestHash("");
    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");
    private static final String TWO =
            "\"vouchers\": [{\"code\": \"First\", \"percentOff\": 50, \"uses\": 3}, {\"code\": \"SECOND\", \"amountOff\": 1}]";

    private final Ids ids = Ids.timeOrdered();

    @Test
    void a_new_code_is_the_last_entry_of_the_definition() {
        SaleState sale = sale(TWO);
        Result.Done done = set(sale, "third", "{\"percentOff\": 10, \"uses\": 7, \"until\": null}");

        assertThat(done.how()).isEqualTo(Result.How.CREATED);
        assertThat(Documents.tree(done.body()).get("revision").asLong()).isEqualTo(6);
        assertThat(Documents.tree(done.body()).get("voucher")).isEqualTo(Examples.json("""
                {"code": "third", "unlocks": [], "categories": [], "percentOff": 10, "amountOff": null, "uses": 7,
                 "reserves": false, "until": null, "used": 0}
                """));
        assertThat(sources(sale).get(2))
                .isEqualTo(Examples.json("{\"code\": \"third\", \"percentOff\": 10, \"uses\": 7}"));
        assertThat(sources(sale)).hasSize(3);
    }

    @Test
    void a_code_in_another_case_changes_the_same_entry() {
        SaleState sale = sale(TWO, Map.of(QuotaKey.of("voucher:FIRST"), new Inventory.Allocated(1, 1, null)));
        Result.Done done = set(sale, "FIRST", "{\"code\": \"first\", \"percentOff\": 20, \"uses\": 2}");

        assertThat(done.how()).isEqualTo(Result.How.CHANGED);
        assertThat(Documents.tree(done.body()).at("/voucher/code").asString()).isEqualTo("First");
        assertThat(Documents.tree(done.body()).at("/voucher/used").asInt()).isEqualTo(2);
        assertThat(sources(sale)).hasSize(2);
        assertThat(sources(sale).get(0))
                .isEqualTo(Examples.json("{\"code\": \"First\", \"percentOff\": 20, \"uses\": 2}"));
    }

    @Test
    void vouchers_in_force_match_the_whole_definition() {
        SaleState sale = sale(TWO);
        set(
                sale,
                "THIRD",
                "{\"categories\": [\"b\"], \"uses\": 2, \"reserves\": true, \"until\": \"2026-04-01T23:59:59-12:00\"}");
        set(sale, "second", "{\"unlocks\": [\"i\"]}");
        remove(sale, "first");

        assertThat(conference(sale).definition())
                .isEqualTo(Examples.read(conference(sale).source()));
        assertThat(conference(sale).definition().registration().vouchers())
                .extracting("code")
                .containsExactly("SECOND", "THIRD");
        assertThat(conference(sale).revision()).isEqualTo(8);
    }

    @Test
    void the_definition_before_is_not_touched() {
        SaleState sale = sale(TWO);
        JsonNode before = conference(sale).source();
        String text = before.toString();
        set(sale, "third", "{\"percentOff\": 10}");
        remove(sale, "first");
        assertThat(before.toString()).isEqualTo(text);
    }

    @Test
    void a_conference_without_a_list_gets_one() {
        SaleState sale = sale("");
        set(sale, "K", "{\"percentOff\": 10}");
        assertThat(conference(sale).definition())
                .isEqualTo(Examples.read(conference(sale).source()));
        assertThat(sources(sale)).hasSize(1);
    }

    @Test
    void each_change_is_audited_and_published_without_its_codes() {
        SaleState sale = sale(TWO);
        set(sale, "third", "{\"percentOff\": 10}");
        set(sale, "third", "{\"percentOff\": 20}");
        remove(sale, "third");

        assertThat(sale.auditEntries())
                .extracting("actor", "what")
                .containsExactly(
                        tuple(OLGA, "added a voucher"),
                        tuple(OLGA, "changed a voucher"),
                        tuple(OLGA, "removed a voucher"));
        assertThat(sale.auditEntries().get(1).before())
                .isEqualTo(Examples.json("{\"code\": \"third\", \"percentOff\": 10}"));
        assertThat(sale.auditEntries().get(1).after())
                .isEqualTo(Examples.json("{\"code\": \"third\", \"percentOff\": 20}"));
        assertThat(sale.messages(ReviewBatches.SIGNER))
                .hasSize(3)
                .allSatisfy(
                        message -> assertThat(Documents.treeOf(message.body()).toString())
                                .contains("\"revision\"")
                                .doesNotContain("third", "vouchers"));
    }

    @Test
    void the_same_again_changes_nothing() {
        SaleState sale = sale(TWO);
        Result.Done done = set(sale, "second", "{\"amountOff\": 1, \"uses\": null}");
        assertThat(done.how()).isEqualTo(Result.How.CHANGED);
        assertThat(Documents.tree(done.body()).get("revision").asLong()).isEqualTo(5);
        assertThat(sale.conferenceChanged()).isFalse();
        assertThat(sale.messages(ReviewBatches.SIGNER)).isEmpty();
        assertThat(sale.auditEntries()).isEmpty();
    }

    @Test
    void a_tag_of_another_revision_is_refused_before_the_fields_are_looked_at() {
        SaleState sale = sale(TWO);
        VoucherDecision decision = new VoucherDecision(sale);
        assertThat(problem(() -> done(decision.set(
                                new Command.SetVoucher("small-1", KEY, NO_BODY, "K", Examples.json("{}"), 4L, OLGA))))
                        .code())
                .isEqualTo(CommonProblem.CHANGED);
        assertThat(problem(() -> done(
                                decision.remove(new Command.RemoveVoucher("small-1", KEY, NO_BODY, "first", 6L, OLGA))))
                        .code())
                .isEqualTo(CommonProblem.CHANGED);
        done(decision.remove(new Command.RemoveVoucher("small-1", KEY, NO_BODY, "first", 5L, OLGA)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "K | {\"percentOff\": 101} | percentOff",
                "K | {\"percentOff\": 5, \"amountOff\": 5} | amountOff",
                "K | {} | percentOff",
                "K | {\"unlocks\": []} | percentOff",
                "K | {\"code\": \"L\", \"percentOff\": 5} | code",
                "K | {\"unlocks\": [\"i\", \"z\"]} | unlocks[1]",
                "K | {\"percentOff\": 5, \"used\": 3} | used",
                "K | {\"reserves\": true} | uses",
                "K | {\"percentOff\": 5, \"until\": \"2026-04-01T23:59:59\"} | until",
                "K L | {\"percentOff\": 5} | code",
                "K | {\"uses\": 11, \"reserves\": true} | uses",
                "K | {\"uses\": 6, \"reserves\": true, \"categories\": [\"b\"]} | uses",
                "first | {\"percentOff\": 5, \"uses\": 1} | uses",
            })
    void an_invalid_voucher_names_its_field_and_changes_nothing(String code, String body, String field) {
        SaleState sale = sale(TWO, Map.of(QuotaKey.of("voucher:FIRST"), new Inventory.Allocated(1, 1, null)));
        assertThat(fields(problem(() -> set(sale, code, body)))).containsExactly(field);
        assertThat(sale.conferenceChanged()).isFalse();
        assertThat(sale.messages(ReviewBatches.SIGNER)).isEmpty();
    }

    @Test
    void a_wrong_type_is_malformed() {
        assertThat(problem(() -> set(sale(TWO), "K", "{\"percentOff\": \"5\"}")).code())
                .isEqualTo(CommonProblem.MALFORMED);
    }

    @Test
    void an_exceeded_limit_does_not_block_a_voucher_without_reserve() {
        SaleState sale = sale(TWO, Map.of(QuotaKey.of("capacity"), new Inventory.Allocated(11, 0, null)));
        assertThat(set(sale, "K", "{\"percentOff\": 5}").how()).isEqualTo(Result.How.CREATED);
    }

    @Test
    void a_code_that_is_unknown_cannot_be_removed() {
        assertThat(problem(() -> remove(sale(TWO), "third")).code()).isEqualTo(CommonProblem.NOT_FOUND);
    }

    @Test
    void a_removed_voucher_is_shown_with_its_uses() {
        SaleState sale = sale(TWO, Map.of(QuotaKey.of("voucher:FIRST"), new Inventory.Allocated(2, 1, null)));
        Result.Done done = remove(sale, "FIRST");
        assertThat(done.how()).isEqualTo(Result.How.CHANGED);
        assertThat(Documents.tree(done.body()).at("/voucher/code").asString()).isEqualTo("First");
        assertThat(Documents.tree(done.body()).at("/voucher/used").asInt()).isEqualTo(3);
    }

    @Test
    void five_thousand_vouchers_fit_and_one_changes_alone() {
        SaleState sale = sale("");
        ArrayNode many = conference(sale).source().withObject("/registration").putArray("vouchers");
        for (int i = 0; i < 5_000; i++) {
            many.addObject()
                    .put("code", "TEAM-" + i)
                    .put("uses", 1)
                    .put("reserves", true)
                    .putArray("categories")
                    .add("v");
        }
        SaleState full = sale(conference(sale).source(), Map.of());
        long begun = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            set(full, "team-" + i, "{\"uses\": 2, \"reserves\": true, \"categories\": [\"v\"]}");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        assertThat(fields(problem(() -> set(full, "one-more", "{\"percentOff\": 1}"))))
                .containsExactly("code");
    }

    @Test
    void a_removed_voucher_keeps_the_held_seat_and_price() {
        SaleState sale = sale(TWO);
        Registration held = register(sale, "a", "first");
        remove(sale, "first");

        capture(sale, held);
        Registration confirmed = sale.requireRegistration(held.id());
        assertThat(confirmed.status()).isEqualTo(Status.CONFIRMED);
        assertThat(confirmed.total().amount()).isEqualTo(500);
        assertThat(sale.inventory().allocated(QuotaKey.of("voucher:FIRST")))
                .isEqualTo(new Inventory.Allocated(0, 1, null));
        assertThat(problem(() -> register(sale, "a", "first")).code()).isEqualTo(SaleProblem.VOUCHER_INVALID);
    }

    @Test
    void a_removed_voucher_regains_its_uses_when_it_returns() {
        SaleState sale = sale(TWO);
        Registration held = register(sale, "a", "first");
        Registration paid = register(sale, "a", "first");
        capture(sale, paid);
        remove(sale, "first");
        expire(sale, held);

        assertThat(sale.inventory().allocated(QuotaKey.of("voucher:FIRST")))
                .isEqualTo(new Inventory.Allocated(0, 1, null));
        Result.Done again = set(sale, "FIRST", "{\"percentOff\": 50, \"uses\": 1}");
        assertThat(Documents.tree(again.body()).at("/voucher/used").asInt()).isEqualTo(1);
        assertThat(problem(() -> register(sale, "a", "first")).code()).isEqualTo(SaleProblem.VOUCHER_INVALID);
    }

    @Test
    void late_money_with_a_removed_voucher_takes_a_free_seat() {
        SaleState sale = sale(reserving(4, 3));
        Registration late = register(sale, "a", "mine");
        expire(sale, late);
        remove(sale, "mine");
        capture(sale, late);
        assertThat(sale.requireRegistration(late.id()).status()).isEqualTo(Status.CONFIRMED);
    }

    @Test
    void late_money_with_a_removed_voucher_takes_no_reserved_seat() {
        SaleState before = sale(reserving(4, 6));
        Registration late = register(before, "a", "mine");
        expire(before, late);
        remove(before, "mine");
        SaleState sale = later(before, late);
        for (int i = 0; i < 4; i++) {
            register(sale, "a", null);
        }
        capture(sale, late);

        assertThat(sale.requireRegistration(late.id()).status()).isEqualTo(Status.EXPIRED);
        assertThat(sale.requireRegistration(late.id()).money().refunds()).hasSize(1);
        for (int i = 0; i < 6; i++) {
            register(sale, "a", "theirs");
        }
    }

    private static String reserving(int mine, int theirs) {
        return """
                "vouchers": [{"code": "MINE", "percentOff": 10, "uses": %d, "reserves": true},
                             {"code": "THEIRS", "uses": %d, "reserves": true}]""".formatted(mine, theirs);
    }

    private static SaleState sale(String moreTerms) {
        return sale(moreTerms, Map.of());
    }

    private static SaleState sale(String moreTerms, Map<QuotaKey, Inventory.Allocated> allocated) {
        return sale(Examples.json(Examples.small(moreTerms)), allocated);
    }

    private static SaleState sale(JsonNode source, Map<QuotaKey, Inventory.Allocated> allocated) {
        Conference conference = new Conference("small-1", 5, Examples.read(source), source, true, null);
        return TestDecisions.sale(
                new SaleState.Read(NOW, NOW, 0, conference, new HashMap<>(allocated), Map.of(), Map.of(), Set.of(), 0));
    }

    /** Returns the state a few seconds later, when freed seats are sold again. */
    private static SaleState later(SaleState before, Registration known) {
        Map<QuotaKey, Inventory.Allocated> allocated = new HashMap<>();
        before.inventory()
                .changed()
                .forEach((key, count) -> allocated.put(key, new Inventory.Allocated(count.held(), count.sold(), null)));
        return TestDecisions.sale(new SaleState.Read(
                NOW,
                NOW.plusSeconds(2),
                0,
                before.conference(),
                allocated,
                Map.of(known.id(), before.requireRegistration(known.id())),
                Map.of(),
                Set.of(),
                10));
    }

    private static Conference conference(SaleState sale) {
        return sale.requireConference();
    }

    private static ArrayNode sources(SaleState sale) {
        return (ArrayNode) conference(sale).source().at("/registration/vouchers");
    }

    private static Result.Done set(SaleState sale, String code, String body) {
        return done(new VoucherDecision(sale)
                .set(new Command.SetVoucher("small-1", KEY, NO_BODY, code, Examples.json(body), null, OLGA)));
    }

    private static Result.Done remove(SaleState sale, String code) {
        return done(
                new VoucherDecision(sale).remove(new Command.RemoveVoucher("small-1", KEY, NO_BODY, code, null, OLGA)));
    }

    private static Result.Done done(Result answer) {
        if (answer instanceof Result.Refused(Problem problem)) {
            throw problem;
        }
        return (Result.Done) answer;
    }

    private static Problem problem(ThrowingCallable call) {
        Problem[] found = new Problem[1];
        assertThatThrownBy(call).isInstanceOfSatisfying(Problem.class, problem -> found[0] = problem);
        return found[0];
    }

    private static List<String> fields(Problem problem) {
        assertThat(problem.code()).isEqualTo(CommonProblem.INVALID);
        return problem.errors().stream().map(FieldError::field).toList();
    }

    private Registration register(SaleState sale, String category, @Nullable String voucher) {
        ObjectNode body = (ObjectNode) Examples.json("""
                {"contact": {"name": "Ada Lovelace", "email": "ada@example.org"},
                 "attendees": [{"category": "%s", "givenName": "Ada", "familyName": "Lovelace", "email": "ada@example.org"}],
                 "acceptedCodeOfConduct": true}""".formatted(category));
        body.put("voucher", voucher);
        RegistrationRequest request = Examples.request(body);
        Result.Done done = done(new RegisterDecision(sale, ids, AddressForm.REHEARSAL, "http://localhost:8080")
                .register(new Command.Register(
                        "small-1", new IdempotencyKey("register", "k"), RequestHash.of(body), request)));
        return sale.requireRegistration(Objects.requireNonNull(done.registration()));
    }

    private void expire(SaleState sale, Registration held) {
        new Transitions(sale, ids)
                .move(sale.requireRegistration(held.id()), Trigger.HOLD_RAN_OUT, Guard.ALWAYS, Transitions.NOTHING);
    }

    private void capture(SaleState sale, Registration registration) {
        Money due = registration.total();
        new PaymentDecision(sale, new Transitions(sale, ids))
                .apply(
                        sale.requireRegistration(registration.id()),
                        new PaymentSnapshot(
                                registration.id(),
                                PaymentSnapshot.ReportedStatus.CAPTURED,
                                due,
                                due,
                                Money.zero(due.currency()),
                                List.of(new PaymentSnapshot.ReportedCapture(UUID.randomUUID(), due, NOW, false, null)),
                                List.of(),
                                List.of(),
                                List.of(),
                                null,
                                null,
                                List.of()));
    }
}
