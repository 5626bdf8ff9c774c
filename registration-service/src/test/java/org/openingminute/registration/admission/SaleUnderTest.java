package org.openingminute.registration.admission;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.decision.Answer;
import org.openingminute.registration.decision.Ask;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.form.DefinitionReader;
import org.openingminute.registration.form.RegistrationRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A conference of its own for a test, and what its people ask: one seat each, unless said otherwise. */
record SaleUnderTest(String slug) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static SaleUnderTest of(Admissions admissions, int capacity) {
        return of(admissions, capacity, "");
    }

    /** @param more fields of the definition's {@code registration}, each with a comma before it */
    static SaleUnderTest of(Admissions admissions, int capacity, String more) {
        SaleUnderTest sale = notYet();
        sale.define(admissions, capacity, more);
        return sale;
    }

    /** One that is not defined. */
    static SaleUnderTest notYet() {
        return new SaleUnderTest("sale-" + UUID.randomUUID().toString().substring(0, 8));
    }

    Answer define(Admissions admissions, int capacity, String more) {
        return define(admissions, definition(capacity, more));
    }

    /** A definition to be changed before it is put. */
    ObjectNode definition(int capacity, String more) {
        return (ObjectNode) JSON.readTree("""
                {"slug": "%s", "name": "A Sale", "startsOn": "2026-05-18", "endsOn": "2026-05-22", "timeZone": "UTC",
                 "registration": {"currency": "EUR", "capacity": %d,
                  "phases": [{"code": "all", "name": "All", "from": "2026-01-15T00:00:00Z", "until": "2026-05-22T00:00:00Z"}],
                  "categories": [{"code": "seat", "name": "Seat", "amounts": {"all": 10000}},
                                 {"code": "online", "name": "Online", "amounts": {"all": 1000}, "countsAgainstCapacity": false}],
                  "vouchers": [{"code": "HALF", "percentOff": 50}]%s}}
                """.formatted(slug, capacity, more));
    }

    Answer define(Admissions admissions, JsonNode body) {
        return switch (DefinitionReader.read(body, slug)) {
            case DefinitionReader.Read.Ok(var definition) ->
                admissions.ask(
                        new Ask.Define(key("define"), RequestHash.of(body), definition, body, null, "organiser"));
            case DefinitionReader.Read.Wrong wrong -> throw new IllegalArgumentException(wrong.toString());
        };
    }

    Ask.SetVoucher setVoucher(String code) {
        return new Ask.SetVoucher(
                slug,
                key("set-voucher"),
                new RequestHash(code),
                code,
                JSON.readTree("{\"percentOff\": 10}"),
                null,
                "organiser");
    }

    Ask.RemoveVoucher removeVoucher(String code) {
        return new Ask.RemoveVoucher(slug, key("remove-voucher"), new RequestHash(code), code, null, "organiser");
    }

    private IdempotencyKey key(String call) {
        return new IdempotencyKey(call + ":" + slug, UUID.randomUUID().toString());
    }

    /** More than may come together. */
    Ask.Register group(int attendees) {
        RegistrationRequest one = seat().request();
        return new Ask.Register(
                slug,
                key("register"),
                new RequestHash("group"),
                new RegistrationRequest(
                        one.contact(),
                        Collections.nCopies(
                                attendees, requireNonNull(one.attendees()).getFirst()),
                        null,
                        null,
                        null,
                        null));
    }

    Ask.Register seat() {
        return ask(UUID.randomUUID().toString(), "seat", "ada@example.org", null);
    }

    Ask.Register online() {
        return ask(UUID.randomUUID().toString(), "online", "ada@example.org", null);
    }

    Ask.Register withVoucher() {
        return ask(UUID.randomUUID().toString(), "seat", "ada@example.org", "HALF");
    }

    Ask.Register of(String email) {
        return ask(UUID.randomUUID().toString(), "seat", email, null);
    }

    private Ask.Register ask(String key, String category, String email, @Nullable String voucher) {
        return new Ask.Register(
                slug,
                new IdempotencyKey("register:" + slug, key),
                new RequestHash(category + email),
                new RegistrationRequest(
                        new RegistrationRequest.Contact("Ada Lovelace", "ada@example.org", null),
                        List.of(new RegistrationRequest.Attendee(
                                category, "Ada", "Lovelace", email, null, null, null, null, null, null)),
                        voucher,
                        null,
                        null,
                        true));
    }

    Ask.Cancel cancel(Answer made) {
        UUID id = id(made);
        return new Ask.Cancel(
                slug,
                id,
                new IdempotencyKey("cancel:" + id, UUID.randomUUID().toString()),
                new RequestHash(""),
                null,
                null);
    }

    /** What became of an ask: {@code 201}, or the code of the problem. */
    static String outcome(CompletableFuture<Answer> answer) {
        return outcome(answer.join());
    }

    static String outcome(Answer answer) {
        return switch (answer) {
            case Answer.Done done -> Integer.toString(Replies.status(done.how()));
            case Answer.Refused(Problem problem) -> problem.code().wireName();
            case Answer.Noted ignored -> "noted";
            case Answer.NotYet ignored -> "not yet";
        };
    }

    static UUID id(Answer answer) {
        return UUID.fromString(
                Documents.tree(((Answer.Done) answer).body()).get("id").asString());
    }
}
