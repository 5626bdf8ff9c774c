package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.access.StaffTrust;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.inventory.Unpaid;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Attendee.Proof;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.openingminute.registration.sale.Examples;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.RegistrationRequest;
import tools.jackson.databind.JsonNode;

/** Runs commands on a sale with proofs in memory, each as a batch of its own. */
abstract class ReviewBatches {

    static final Instant START = Instant.parse("2026-02-02T17:00:00Z");
    static final String SLUG = "reviews-1";

    /** Students at 300.00 fall back to seats at 1000.00, alumni to none; both prices rise in the second phase. */
    static final String DEFINITION = """
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

    static final TicketSigner SIGNER = TicketSigner.of("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");

    final Ids ids = Ids.timeOrdered();
    final Decisions decisions =
            new Decisions(ids, new AccessSettings("http://localhost:8080", "", StaffTrust.NONE), AddressForm.REHEARSAL);

    /** The allocation saved by the batches so far. */
    final Map<QuotaKey, Inventory.Allocated> quotas = new HashMap<>();

    final Map<UUID, Registration> registrations = new HashMap<>();
    final Map<Unpaid.Part, Integer> unpaid = new HashMap<>();
    final Set<SaleState.Place> placesTaken = new HashSet<>();
    final Map<IdempotencyKey, SaleState.StoredReply> keys = new HashMap<>();
    final List<OutgoingMessage> messages = new ArrayList<>();
    final List<String> notes = new ArrayList<>();
    final List<SaleState.AuditEntry> audit = new ArrayList<>();
    int nextReference;
    Instant now = START;
    long sequencesBegin;
    JsonNode definition = Examples.json(DEFINITION);

    UUID register(@Nullable String voucher, String... categories) {
        List<RegistrationRequest.@Nullable RequestedAttendee> attendees = new ArrayList<>();
        for (String category : categories) {
            attendees.add(new RegistrationRequest.RequestedAttendee(
                    category, "Ada", "Lovelace", "ada@example.org", null, null, null, null, null, List.of()));
        }
        RegistrationRequest request = new RegistrationRequest(
                new RegistrationRequest.RequestedContact("Ada Lovelace", "ada@example.org", "en"),
                attendees,
                voucher,
                null,
                null,
                true);
        return Objects.requireNonNull(done(new Command.Register(SLUG, key("register"), hash(), request))
                .registration());
    }

    UUID sendProof(UUID id, int attendee) {
        UUID file = ids.next();
        done(new Command.ProofReceived(SLUG, id, key("proof"), hash(), attendee(id, attendee), file, null));
        return file;
    }

    void refusesProof(UUID id, UUID attendee, ProblemCode code) {
        Registration before = registrations.get(id);
        assertThatThrownBy(() ->
                        done(new Command.ProofReceived(SLUG, id, key("proof"), hash(), attendee, ids.next(), null)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
        assertThat(registrations.get(id)).isSameAs(before);
    }

    void review(UUID id, boolean accept, @Nullable UUID attendee, @Nullable String reason) {
        done(new Command.Review(SLUG, id, key("review"), hash(), accept, attendee, reason, OLGA));
    }

    void accept(UUID id) {
        done(new Command.AcceptOffer(SLUG, id, key("offer"), hash(), null));
    }

    void cancel(UUID id) {
        done(new Command.Cancel(SLUG, id, key("cancel"), hash(), null, null));
    }

    Result.Done done(Command command) {
        return (Result.Done) decide(command);
    }

    /** Runs one batch: reads the saved state, decides, and saves. */
    Result decide(Command command) {
        SaleState sale = sale();
        Result answer = decisions.decide(sale, command);
        if (answer instanceof Result.Refused(Problem problem)) {
            assertThat(sale.changed()).as("a refusal changes nothing").isEmpty();
            assertThat(sale.inventory().changed()).isEmpty();
            assertThat(sale.unpaid().changes()).isEmpty();
            throw problem;
        }
        sale.created().forEach(registration -> registrations.put(registration.id(), registration));
        sale.changed().forEach(registration -> registrations.put(registration.id(), registration));
        // Batches are seconds apart, so freed seats are sold again by the next one.
        sale.inventory()
                .changed()
                .forEach((key, count) -> quotas.put(key, new Inventory.Allocated(count.held(), count.sold(), null)));
        sale.unpaid().changes().forEach(change -> unpaid.merge(change.getKey(), change.getValue(), Integer::sum));
        unpaid.values().removeIf(count -> count == 0);
        sale.used().values().forEach(admission -> placesTaken.add(SaleState.Place.of(admission)));
        keys.putAll(sale.newKeys());
        messages.addAll(sale.messages(SIGNER));
        sale.timeline().forEach(entry -> notes.add(entry.note().what()));
        audit.addAll(sale.auditEntries());
        nextReference = sale.nextReference();
        return answer;
    }

    /** Returns the saved state. */
    SaleState sale() {
        Conference conference = new Conference(SLUG, 1, Examples.read(definition), definition, true, null);
        return TestDecisions.sale(new SaleState.Read(
                now,
                now,
                sequencesBegin,
                conference,
                quotas,
                registrations,
                keys,
                Set.of(),
                unpaid,
                placesTaken,
                nextReference));
    }

    IdempotencyKey key(String scope) {
        return new IdempotencyKey(scope, ids.next().toString());
    }

    static RequestHash hash() {
        return RequestHash.of(Examples.json("{}"));
    }

    UUID attendee(UUID id, int index) {
        return registrations.get(id).attendees().get(index).id();
    }

    Status status(UUID id) {
        return registrations.get(id).status();
    }

    Registration.Offer offer(UUID id) {
        return Objects.requireNonNull(registrations.get(id).offer(), "there is an offer");
    }

    Instant end(UUID id) {
        return Objects.requireNonNull(registrations.get(id).hold().expiresAt(), "something is held");
    }

    List<@Nullable Proof> proofs(UUID id) {
        return registrations.get(id).attendees().stream()
                .map(Attendee::proof)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    Inventory.Allocated allocated(String quota) {
        return quotas.getOrDefault(QuotaKey.of(quota), Inventory.Allocated.NOTHING);
    }

    List<String> published() {
        return messages.stream()
                .filter(message -> message.topic().equals("registration.events.v1"))
                .map(OutgoingMessage::type)
                .toList();
    }

    long paymentRequests() {
        return messages.stream()
                .filter(message -> message.type().equals("payment.request.v1"))
                .count();
    }

    JsonNode lastRequest() {
        return last("payment.request.v1");
    }

    JsonNode lastEventBody() {
        return last("registration.");
    }

    private JsonNode last(String types) {
        return messages.stream()
                .filter(message -> message.type().startsWith(types))
                .reduce((before, last) -> last)
                .map(message -> Documents.treeOf(message.body()))
                .orElseThrow();
    }

    static Money usd(long amount) {
        return new Money(amount, "USD");
    }
}
