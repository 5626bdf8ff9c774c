package org.openingminute.registration.admission;

import static java.util.Objects.requireNonNull;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.sale.DefinitionReader;
import org.openingminute.registration.sale.RegistrationRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A conference for one test, and the commands of its registrants: one seat each unless stated otherwise. */
record SaleUnderTest(String slug) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(10);

    static SaleUnderTest of(Admissions admissions, int capacity) {
        return of(admissions, capacity, "");
    }

    /** @param more fields of the definition's {@code registration}, each with a comma before it */
    static SaleUnderTest of(Admissions admissions, int capacity, String more) {
        SaleUnderTest sale = notYet();
        sale.define(admissions, capacity, more);
        return sale;
    }

    /** Returns a conference that is not defined yet. */
    static SaleUnderTest notYet() {
        return new SaleUnderTest("sale-" + UUID.randomUUID().toString().substring(0, 8));
    }

    Result define(Admissions admissions, int capacity, String more) {
        return define(admissions, definition(capacity, more));
    }

    /** Returns a definition that can be changed before it is published. */
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

    /** A field of the definition's {@code registration}: a dinner that can be sold once. */
    static String dinnerForOne(int price) {
        return """
                , "addOns": [{"code": "dinner", "name": "Dinner", "amount": %d, "quota": 1}]""".formatted(price);
    }

    Result define(Admissions admissions, JsonNode body) {
        return switch (DefinitionReader.read(body, slug)) {
            case DefinitionReader.ReadDefinition.Ok(var definition) ->
                admissions.execute(
                        new Command.Define(key("define"), RequestHash.of(body), definition, body, null, OLGA));
            case DefinitionReader.ReadDefinition.Wrong wrong -> throw new IllegalArgumentException(wrong.toString());
        };
    }

    Command.SetVoucher setVoucher(String code) {
        return new Command.SetVoucher(
                slug,
                key("set-voucher"),
                new RequestHash(code),
                code,
                JSON.readTree("{\"percentOff\": 10}"),
                null,
                OLGA);
    }

    Command.RemoveVoucher removeVoucher(String code) {
        return new Command.RemoveVoucher(slug, key("remove-voucher"), new RequestHash(code), code, null, OLGA);
    }

    private IdempotencyKey key(String call) {
        return new IdempotencyKey(call + ":" + slug, UUID.randomUUID().toString());
    }

    /** More attendees than one registration may have. */
    Command.Register group(int attendees) {
        RegistrationRequest one = seat().request();
        return new Command.Register(
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

    Command.Register seat() {
        return execute(UUID.randomUUID().toString(), "seat", "ada@example.org", null);
    }

    Command.Register online() {
        return execute(UUID.randomUUID().toString(), "online", "ada@example.org", null);
    }

    Command.Register withVoucher() {
        return execute(UUID.randomUUID().toString(), "seat", "ada@example.org", "HALF");
    }

    Command.Register withDinner() {
        return execute(
                UUID.randomUUID().toString(),
                "seat",
                "ada@example.org",
                null,
                List.of(new RegistrationRequest.AddOnChoice("dinner", 1)));
    }

    Command.Register of(String email) {
        return execute(UUID.randomUUID().toString(), "seat", email, null);
    }

    private Command.Register execute(String key, String category, String email, @Nullable String voucher) {
        return execute(key, category, email, voucher, List.of());
    }

    private Command.Register execute(
            String key,
            String category,
            String email,
            @Nullable String voucher,
            List<RegistrationRequest.@Nullable AddOnChoice> addOns) {
        return new Command.Register(
                slug,
                new IdempotencyKey("register:" + slug, key),
                new RequestHash(category + email),
                new RegistrationRequest(
                        new RegistrationRequest.RequestedContact("Ada Lovelace", "ada@example.org", null),
                        List.of(new RegistrationRequest.RequestedAttendee(
                                category, "Ada", "Lovelace", email, null, null, null, null, null, addOns)),
                        voucher,
                        null,
                        null,
                        true));
    }

    /** Repeats the command with its key while the outcome is {@code unavailable}, as a client does. */
    static Result persistently(Admissions instance, Command.Register command) {
        return persistently(instance, command, new HashSet<>());
    }

    /** @param outcomes receives every outcome */
    static Result persistently(Admissions instance, Command.Register command, Set<String> outcomes) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Result answer = instance.submit(command).join();
            outcomes.add(outcome(answer));
            if (!outcome(answer).equals("unavailable") || System.nanoTime() > deadline) {
                return answer;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    Command.Cancel cancel(Result made) {
        UUID id = id(made);
        return new Command.Cancel(
                slug,
                id,
                new IdempotencyKey("cancel:" + id, UUID.randomUUID().toString()),
                new RequestHash(""),
                null,
                null);
    }

    /** Returns {@code 201} or the code of the problem. */
    static String outcome(CompletableFuture<Result> answer) {
        return outcome(answer.join());
    }

    static String outcome(Result answer) {
        return switch (answer) {
            case Result.Done done -> Integer.toString(Replies.status(done.how()));
            case Result.Refused(Problem problem) -> problem.code().wireName();
            case Result.Noted ignored -> "noted";
        };
    }

    static UUID id(Result answer) {
        return UUID.fromString(
                Documents.tree(((Result.Done) answer).body()).get("id").asString());
    }
}
