package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.messaging.Ids;
import org.openingminute.messaging.OutgoingMessage;
import org.openingminute.registration.access.AccessSettings;
import org.openingminute.registration.form.RegistrationRequest;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Attendee.Proof;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.quota.QuotaKey;
import org.openingminute.registration.quota.Stock;
import org.openingminute.registration.sale.Examples;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.web.Problem;
import org.openingminute.registration.web.ProblemCode;
import tools.jackson.databind.JsonNode;

/** What becomes of proofs, decided in memory; each ask is a batch of its own. */
class ReviewDecisionTest {

    private static final Instant START = Instant.parse("2026-02-02T17:00:00Z");
    private static final String SLUG = "reviews-1";

    /** Students at 300.00 fall back to seats at 1000.00, alumni to nothing; both prices rise in the second phase. */
    private static final String DEFINITION = """
            {"slug": "reviews-1", "name": "Reviews", "startsOn": "2026-06-01", "endsOn": "2026-06-02", "timeZone": "UTC",
             "registration": {"currency": "USD", "capacity": 4, "offerHours": 12, "proofHours": 24, "reviewDays": 5,
               "phases": [{"code": "early", "name": "Early", "from": "2026-01-01T00:00:00Z", "until": "2026-02-03T17:00:00Z"},
                          {"code": "late", "name": "Late", "until": "2026-05-01T00:00:00Z"}],
               "categories": [
                 {"code": "seat", "name": "Seat", "amounts": {"early": 100000, "late": 120000}, "quota": 2},
                 {"code": "student", "name": "Student", "amounts": {"early": 30000, "late": 40000}, "needsProof": true,
                  "otherwise": "seat"},
                 {"code": "alumni", "name": "Alumni", "amounts": {"early": 50000, "late": 50000}, "needsProof": true},
                 {"code": "guest", "name": "Guest", "amounts": {"early": 0, "late": 0}},
                 {"code": "child", "name": "Child", "amounts": {"early": 0, "late": 0}, "needsProof": true,
                  "otherwise": "guest"}],
               "addOns": [{"code": "banquet", "name": "Banquet", "amount": 11000}],
               "vouchers": [{"code": "HALF", "categories": ["student"], "percentOff": 50, "uses": 5},
                            {"code": "TEN", "percentOff": 10, "uses": 5, "until": "2026-02-02T18:00:00Z"}]}}
            """;

    private final Ids ids = Ids.timeOrdered();
    private final Decisions decisions = new Decisions(ids, new AccessSettings("http://localhost:8080", "", "", ""));

    /** What the batches have saved so far. */
    private final Map<QuotaKey, Stock.Taken> quotas = new HashMap<>();

    private final Map<UUID, Registration> registrations = new HashMap<>();
    private final Map<ScopedKey, SaleState.Remembered> keys = new HashMap<>();
    private final List<OutgoingMessage> messages = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<SaleState.AuditEntry> audit = new ArrayList<>();
    private int nextReference;
    private Instant now = START;
    private JsonNode definition = Examples.json(DEFINITION);

    @Test
    void seats_are_held_for_the_proof_and_then_for_the_review() {
        UUID id = register(null, "student", "seat", "student");
        assertThat(proofs(id)).containsExactly(Proof.wanted, null, Proof.wanted);
        assertThat(status(id)).isEqualTo(Status.PENDING_REVIEW);
        assertThat(end(id)).isEqualTo(START.plus(Duration.ofHours(24)));

        now = START.plus(Duration.ofHours(3));
        sendProof(id, 0);
        assertThat(proofs(id)).containsExactly(Proof.received, null, Proof.wanted);
        assertThat(end(id)).as("one is still wanted").isEqualTo(START.plus(Duration.ofHours(24)));
        assertThat(said()).endsWith("registration.changed.v1");

        now = START.plus(Duration.ofHours(4));
        long requests = paymentRequests();
        sendProof(id, 2);
        assertThat(end(id)).as("all are there").isEqualTo(now.plus(Duration.ofDays(5)));
        assertThat(paymentRequests()).as("payment-service hears of the new end").isEqualTo(requests + 1);
        assertThat(status(id)).isEqualTo(Status.PENDING_REVIEW);
    }

    @Test
    void a_proof_that_is_sent_in_again_takes_the_place_of_the_former_and_neither_lengthens_nor_shortens_the_hold() {
        UUID id = register(null, "student");
        UUID first = sendProof(id, 0);
        Instant end = end(id);
        now = START.plus(Duration.ofHours(30));
        UUID second = sendProof(id, 0);

        assertThat(end(id)).isEqualTo(end);
        assertThat(second).isNotEqualTo(first);
        assertThat(registrations.get(id).attendees().getFirst().proofFile()).isEqualTo(second);
    }

    @Test
    void the_days_of_a_review_never_shorten_the_hours_for_the_proof() {
        definition = Examples.json(
                DEFINITION.replace("\"proofHours\": 24, \"reviewDays\": 5", "\"proofHours\": 240, \"reviewDays\": 1"));
        UUID id = register(null, "student");
        Instant end = end(id);
        sendProof(id, 0);

        assertThat(end(id)).isEqualTo(end);
    }

    @Test
    void a_proof_is_taken_only_from_who_needs_one_and_while_it_is_looked_at() {
        UUID id = register(null, "student", "seat");
        refusesProof(id, registrations.get(id).attendees().get(1).id(), ProblemCode.NOT_ALLOWED_NOW);
        refusesProof(id, UUID.fromString("00000000-0000-0000-0000-000000000001"), ProblemCode.NOT_FOUND);
        sendProof(id, 0);
        now = end(id);
        refusesProof(id, attendee(id, 0), ProblemCode.NOT_ALLOWED_NOW);
        now = now.minusSeconds(1);
        review(id, true, null, null);
        refusesProof(id, attendee(id, 0), ProblemCode.NOT_ALLOWED_NOW);
    }

    @Test
    void accepted_is_to_be_paid_within_the_hours_of_an_offer_at_the_prices_of_the_first_hold() {
        UUID id = register(null, "student");
        sendProof(id, 0);
        now = START.plus(Duration.ofDays(3));
        review(id, true, null, null);

        assertThat(status(id)).isEqualTo(Status.PENDING_PAYMENT);
        assertThat(proofs(id)).containsExactly(Proof.accepted);
        assertThat(registrations.get(id).total()).isEqualTo(usd(30_000));
        assertThat(end(id)).isEqualTo(now.plus(Duration.ofHours(12)));
        assertThat(said()).endsWith("registration.held.v1");
        assertThat(lastRequest().get("payable").asBoolean()).isTrue();
        assertThat(lastRequest().at("/due/amount").asLong()).isEqualTo(30_000);
        assertThat(lastRequest().get("revision").asLong()).isEqualTo(3);
        assertThat(audit).extracting(SaleState.AuditEntry::who).containsExactly("olga");
    }

    @Test
    void one_of_two_accepted_goes_on_waiting_for_the_other() {
        UUID id = register(null, "student", "student");
        sendProof(id, 0);
        Instant end = end(id);
        review(id, true, attendee(id, 0), null);
        assertThat(status(id)).isEqualTo(Status.PENDING_REVIEW);
        assertThat(proofs(id)).containsExactly(Proof.accepted, Proof.wanted);
        assertThat(end(id)).isEqualTo(end);
        long revision = registrations.get(id).revision();
        review(id, true, attendee(id, 0), null);
        assertThat(registrations.get(id).revision())
                .as("accepted before: nothing new")
                .isEqualTo(revision);

        review(id, true, attendee(id, 1), "saw it at the desk");
        assertThat(status(id)).isEqualTo(Status.PENDING_PAYMENT);
    }

    @Test
    void an_accepted_proof_that_was_the_last_one_missing_holds_the_seats_for_the_review_of_the_others() {
        UUID id = register(null, "student", "student");
        sendProof(id, 0);
        review(id, true, attendee(id, 1), "saw it at the desk");

        assertThat(proofs(id)).containsExactly(Proof.received, Proof.accepted);
        assertThat(end(id)).isEqualTo(now.plus(Duration.ofDays(5)));
    }

    @Test
    void accepted_with_nothing_to_pay_is_confirmed() {
        UUID id = register(null, "child");
        review(id, true, null, null);

        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(taken("category:child")).isEqualTo(new Stock.Taken(0, 1, null));
        assertThat(said()).endsWith("registration.confirmed.v1");
    }

    @Test
    void refused_is_offered_the_other_category_at_the_prices_of_the_first_hold() {
        UUID id = register(null, "student");
        now = START.plus(Duration.ofDays(1)).minusSeconds(1);
        sendProof(id, 0);
        now = START.plus(Duration.ofDays(3));
        review(id, false, null, "The card has ended.");

        Registration rejected = registrations.get(id);
        assertThat(rejected.status()).isEqualTo(Status.REJECTED);
        assertThat(rejected.reason()).isEqualTo("The card has ended.");
        assertThat(proofs(id)).containsExactly(Proof.refused);
        assertThat(offer(id).price().total()).isEqualTo(usd(100_000));
        assertThat(end(id)).isEqualTo(now.plus(Duration.ofHours(12)));
        assertThat(taken("category:student")).isEqualTo(Stock.Taken.NOTHING);
        assertThat(taken("category:seat")).isEqualTo(new Stock.Taken(1, 0, null));
        assertThat(taken("capacity")).isEqualTo(new Stock.Taken(1, 0, null));
        assertThat(said()).endsWith("registration.rejected.v1");
        JsonNode told = Documents.treeOf(messages.getLast().body());
        assertThat(told.at("/offer/total/amount").asLong()).isEqualTo(100_000);
        assertThat(told.at("/attendees/0/proof").asString()).isEqualTo("refused");
    }

    @Test
    void an_accepted_offer_becomes_the_order_and_a_request_of_its_own() {
        UUID id = register(null, "student", "guest");
        review(id, false, null, "No card.");
        now = now.plus(Duration.ofHours(11));
        accept(id);

        Registration accepted = registrations.get(id);
        assertThat(accepted.status()).isEqualTo(Status.PENDING_PAYMENT);
        assertThat(accepted.total()).isEqualTo(usd(100_000));
        assertThat(accepted.attendees()).extracting(Attendee::category).containsExactly("seat", "guest");
        assertThat(proofs(id)).containsOnlyNulls();
        assertThat(accepted.offer()).isNull();
        assertThat(accepted.reason()).isNull();
        assertThat(accepted.takes().amounts())
                .isEqualTo(Map.of("capacity", 2, "category:seat", 1, "category:guest", 1));
        assertThat(end(id)).isEqualTo(now.plus(Duration.ofHours(12)));
        assertThat(lastRequest().at("/due/amount").asLong()).isEqualTo(100_000);
        assertThat(lastRequest().get("revision").asLong()).isEqualTo(2);
        assertThat(taken("category:seat")).isEqualTo(new Stock.Taken(1, 0, null));
        assertThat(notes).contains("Proof refused", "Offer made", "Offer accepted");
    }

    @Test
    void an_accepted_offer_with_nothing_to_pay_is_confirmed() {
        UUID id = register(null, "child");
        review(id, false, null, "Too old.");
        accept(id);

        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(taken("category:guest")).isEqualTo(new Stock.Taken(0, 1, null));
        assertThat(taken("category:child")).isEqualTo(Stock.Taken.NOTHING);
    }

    @Test
    void who_was_not_accepted_yet_goes_to_the_other_category_with_the_refused_and_who_was_accepted_stays() {
        UUID id = register(null, "student", "student", "student");
        review(id, true, attendee(id, 0), null);
        review(id, false, attendee(id, 1), "No card.");

        assertThat(proofs(id)).containsExactly(Proof.accepted, Proof.refused, Proof.wanted);
        assertThat(offer(id).categories()).containsExactly("student", "seat", "seat");
        assertThat(offer(id).price().total()).isEqualTo(usd(230_000));
        accept(id);
        assertThat(proofs(id)).containsExactly(Proof.accepted, null, null);
    }

    @Test
    void a_voucher_that_is_for_nobody_any_more_is_dropped_and_its_use_is_free() {
        UUID id = register("HALF", "student");
        assertThat(taken("voucher:HALF")).isEqualTo(new Stock.Taken(1, 0, null));
        review(id, false, null, "No card.");

        assertThat(offer(id).price().voucher()).isNull();
        assertThat(offer(id).price().total()).isEqualTo(usd(100_000));
        assertThat(taken("voucher:HALF")).isEqualTo(Stock.Taken.NOTHING);
    }

    @Test
    void a_voucher_that_still_touches_somebody_stays_though_it_has_ended_since() {
        UUID id = register("TEN", "student");
        now = START.plus(Duration.ofHours(20));
        review(id, false, null, "No card.");

        assertThat(offer(id).price().voucher()).isEqualTo("TEN");
        assertThat(offer(id).price().total()).isEqualTo(usd(90_000));
        assertThat(taken("voucher:TEN")).isEqualTo(new Stock.Taken(1, 0, null));
    }

    @Test
    void without_room_in_the_other_category_there_is_no_offer_and_nothing_is_held() {
        UUID id = register(null, "student");
        register(null, "seat", "seat");
        review(id, false, null, "No card.");

        assertThat(status(id)).isEqualTo(Status.REJECTED);
        assertThat(registrations.get(id).offer()).isNull();
        assertThat(registrations.get(id).hold().expiresAt()).isNull();
        assertThat(taken("capacity")).isEqualTo(new Stock.Taken(2, 0, null));
        assertThat(taken("category:student")).isEqualTo(Stock.Taken.NOTHING);
        assertThat(messages.stream().map(OutgoingMessage::type)).contains("payment.close.v1");
        assertThatThrownBy(() -> accept(id)).isInstanceOf(Problem.class).hasMessageContaining("no offer");
        cancel(id);
        assertThat(taken("capacity")).as("freed once").isEqualTo(new Stock.Taken(2, 0, null));
    }

    @Test
    void what_is_given_back_makes_room_for_the_offer() {
        UUID id = register(null, "student", "student");
        register(null, "student", "student");
        assertThat(taken("capacity").held()).as("all seats are held").isEqualTo(4);
        review(id, false, null, "No cards.");

        assertThat(offer(id).categories()).containsExactly("seat", "seat");
        assertThat(taken("capacity").held()).isEqualTo(4);
    }

    @Test
    void a_category_without_another_has_no_offer_not_even_for_others_of_the_order() {
        UUID id = register(null, "student", "alumni");
        review(id, false, attendee(id, 0), "No card.");

        assertThat(registrations.get(id).offer()).isNull();
        assertThat(taken("capacity")).isEqualTo(Stock.Taken.NOTHING);
    }

    @Test
    void an_offer_that_runs_out_frees_what_it_held_and_cannot_be_accepted() {
        UUID id = register(null, "student");
        review(id, false, null, "No card.");
        now = end(id);
        assertThatThrownBy(() -> accept(id))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ALLOWED_NOW));
        decide(new Ask.HoldEnded(SLUG, id));

        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        assertThat(registrations.get(id).offer()).isNull();
        assertThat(quotas.values()).containsOnly(Stock.Taken.NOTHING);
    }

    @Test
    void a_cancelled_offer_frees_what_it_held() {
        UUID id = register(null, "student");
        review(id, false, null, "No card.");
        cancel(id);

        assertThat(status(id)).isEqualTo(Status.CANCELLED);
        assertThat(quotas.values()).containsOnly(Stock.Taken.NOTHING);
    }

    @Test
    void a_proof_that_does_not_come_frees_the_seats() {
        UUID id = register(null, "student");
        now = end(id);
        decide(new Ask.HoldEnded(SLUG, id));

        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        assertThat(registrations.get(id).reason()).isEqualTo("the time for the proof ran out");
        assertThat(quotas.values()).containsOnly(Stock.Taken.NOTHING);
    }

    @ParameterizedTest
    @CsvSource({"true, 1, NOT_ALLOWED_NOW", "false, 1, NOT_ALLOWED_NOW", "true, 9, NOT_FOUND", "false, 9, NOT_FOUND"})
    void only_a_proof_that_is_needed_is_judged(boolean accept, int attendee, ProblemCode code) {
        UUID id = register(null, "student", "seat");
        UUID judged = attendee == 9 ? id : attendee(id, attendee);
        assertThatThrownBy(() -> review(id, accept, judged, "because"))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
    }

    @Test
    void what_is_not_in_review_is_not_judged() {
        UUID id = register(null, "seat");
        assertThatThrownBy(() -> review(id, true, null, null)).isInstanceOf(Problem.class);
        UUID refused = register(null, "student");
        review(refused, false, null, "No card.");
        assertThatThrownBy(() -> review(refused, true, null, null)).isInstanceOf(Problem.class);
    }

    @Test
    void a_registration_that_was_kept_before_there_were_proofs_is_read() {
        UUID id = register(null, "student");
        String old = Documents.json(registrations.get(id))
                .replaceAll(",\"proof\":\"wanted\"|,\"proofFile\":null|,\"offer\":null", "");

        assertThat(old).doesNotContain("proof", "offer");
        Registration read = Documents.registration(old);
        assertThat(read.offer()).isNull();
        assertThat(read.attendees()).extracting(Attendee::proof).containsOnlyNulls();
    }

    @Test
    void what_is_kept_is_read_as_it_was() {
        UUID id = register("TEN", "student", "guest");
        sendProof(id, 0);
        review(id, false, null, "No card.");

        Registration kept = registrations.get(id);
        assertThat(Documents.registration(Documents.json(kept))).isEqualTo(kept);
    }

    private UUID register(@Nullable String voucher, String... categories) {
        List<RegistrationRequest.@Nullable Attendee> attendees = new ArrayList<>();
        for (String category : categories) {
            attendees.add(new RegistrationRequest.Attendee(
                    category, "Ada", "Lovelace", "ada@example.org", null, null, null, null, null, List.of()));
        }
        RegistrationRequest request = new RegistrationRequest(
                new RegistrationRequest.Contact("Ada Lovelace", "ada@example.org", "en"),
                attendees,
                voucher,
                null,
                null,
                true);
        return Objects.requireNonNull(
                done(new Ask.Register(SLUG, key("register"), hash(), request)).registration());
    }

    private UUID sendProof(UUID id, int attendee) {
        UUID file = ids.next();
        done(new Ask.ProofReceived(SLUG, id, key("proof"), hash(), attendee(id, attendee), file, null));
        return file;
    }

    private void refusesProof(UUID id, UUID attendee, ProblemCode code) {
        Registration before = registrations.get(id);
        assertThatThrownBy(
                        () -> done(new Ask.ProofReceived(SLUG, id, key("proof"), hash(), attendee, ids.next(), null)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
        assertThat(registrations.get(id)).isSameAs(before);
    }

    private void review(UUID id, boolean accept, @Nullable UUID attendee, @Nullable String reason) {
        done(new Ask.Review(SLUG, id, key("review"), hash(), accept, attendee, reason, "olga"));
    }

    private void accept(UUID id) {
        done(new Ask.AcceptOffer(SLUG, id, key("offer"), hash(), null));
    }

    private void cancel(UUID id) {
        done(new Ask.Cancel(SLUG, id, key("cancel"), hash(), null, null));
    }

    private Answer.Done done(Ask ask) {
        return (Answer.Done) decide(ask);
    }

    /** One batch: reads what the others saved, decides, and saves. */
    private Answer decide(Ask ask) {
        Conference conference = new Conference(SLUG, 1, Examples.read(definition), definition, true, null);
        SaleState sale = new SaleState(
                new SaleState.Read(now, now, conference, quotas, registrations, keys, Set.of(), nextReference));
        Answer answer = decisions.decide(sale, ask);
        if (answer instanceof Answer.Refused(Problem problem)) {
            assertThat(sale.changed()).as("a refusal changes nothing").isEmpty();
            assertThat(sale.stock().changed()).isEmpty();
            throw problem;
        }
        sale.created().forEach(registration -> registrations.put(registration.id(), registration));
        sale.changed().forEach(registration -> registrations.put(registration.id(), registration));
        // Each batch is seconds after the one before: what was freed is for sale by then.
        sale.stock()
                .changed()
                .forEach((key, count) -> quotas.put(key, new Stock.Taken(count.held(), count.sold(), null)));
        keys.putAll(sale.newKeys());
        messages.addAll(sale.messages());
        sale.timeline().forEach(entry -> notes.add(entry.what()));
        audit.addAll(sale.auditEntries());
        nextReference = sale.nextReference();
        return answer;
    }

    private ScopedKey key(String scope) {
        return new ScopedKey(scope, ids.next().toString());
    }

    private static BodyHash hash() {
        return BodyHash.of(Examples.json("{}"));
    }

    private UUID attendee(UUID id, int index) {
        return registrations.get(id).attendees().get(index).id();
    }

    private Status status(UUID id) {
        return registrations.get(id).status();
    }

    private Registration.Offer offer(UUID id) {
        return Objects.requireNonNull(registrations.get(id).offer(), "there is an offer");
    }

    private Instant end(UUID id) {
        return Objects.requireNonNull(registrations.get(id).hold().expiresAt(), "something is held");
    }

    private List<@Nullable Proof> proofs(UUID id) {
        return registrations.get(id).attendees().stream()
                .map(Attendee::proof)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private Stock.Taken taken(String quota) {
        return quotas.getOrDefault(QuotaKey.of(quota), Stock.Taken.NOTHING);
    }

    private List<String> said() {
        return messages.stream()
                .filter(message -> message.topic().equals("registration.events.v1"))
                .map(OutgoingMessage::type)
                .toList();
    }

    private long paymentRequests() {
        return messages.stream()
                .filter(message -> message.type().equals("payment.request.v1"))
                .count();
    }

    private JsonNode lastRequest() {
        return messages.stream()
                .filter(message -> message.type().equals("payment.request.v1"))
                .reduce((before, last) -> last)
                .map(message -> Documents.treeOf(message.body()))
                .orElseThrow();
    }

    private static Money usd(long amount) {
        return new Money(amount, "USD");
    }
}
