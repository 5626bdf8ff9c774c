package org.openingminute.registration.sale;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Definitions and orders that tests start from. */
public final class Examples {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Examples() {}

    public static ObjectNode mlsysJson() {
        try (InputStream file = Objects.requireNonNull(
                Examples.class.getResourceAsStream("/conferences/mlsys-2026.json"), "the file of the conference")) {
            return (ObjectNode) JSON.readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Definition mlsys() {
        return read(mlsysJson());
    }

    public static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    public static RegistrationRequest request(JsonNode body) {
        return JSON.treeToValue(body, RegistrationRequest.class);
    }

    /** Returns the smallest valid definition, with further fields of {@code registration}. */
    public static String small(String moreTerms) {
        return """
                {"slug": "small-1", "name": "Small", "startsOn": "2026-06-01", "endsOn": "2026-06-02", "timeZone": "Europe/Berlin",
                 "registration": {"currency": "EUR", "capacity": 10,
                   "phases": [{"code": "only", "name": "Only", "from": "2026-01-01T00:00:00Z", "until": "2026-05-31T23:59:59Z"}],
                   "categories": [{"code": "a", "name": "A", "amounts": {"only": 1001}},
                                  {"code": "b", "name": "B", "amounts": {"only": 333}, "quota": 5},
                                  {"code": "v", "name": "V", "amounts": {"only": 100}, "countsAgainstCapacity": false},
                                  {"code": "i", "name": "I", "amounts": {"only": 0}, "needsVoucher": true}],
                   "addOns": [{"code": "x", "name": "X", "amount": 250, "quota": 3, "maxPerAttendee": 2}]
                   %s}}
                """.formatted(moreTerms.isEmpty() ? "" : ", " + moreTerms);
    }

    public static Definition smallWith(String moreTerms) {
        return read(json(small(moreTerms)));
    }

    public static Definition read(JsonNode body) {
        return switch (DefinitionReader.read(body, body.get("slug").stringValue())) {
            case DefinitionReader.ReadDefinition.Ok(Definition definition) -> definition;
            case DefinitionReader.ReadDefinition.Wrong wrong -> throw new AssertionError(wrong);
        };
    }

    public static DefinitionReader.ReadDefinition.Wrong wrong(JsonNode body) {
        return switch (DefinitionReader.read(body, "small-1")) {
            case DefinitionReader.ReadDefinition.Ok ok ->
                throw new AssertionError("nothing was found wrong with " + ok);
            case DefinitionReader.ReadDefinition.Wrong wrong -> wrong;
        };
    }

    /** Returns a percentage with up to four decimals that often leaves half a minor unit to round. */
    public static BigDecimal percent(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> BigDecimal.valueOf(random.nextInt(2) * 100L);
            case 1 -> BigDecimal.valueOf(random.nextInt(1_000_001), 4);
            default -> BigDecimal.valueOf(random.nextInt(41) * 25L, 1);
        };
    }

    /** Returns a request for this number of seats in one category. */
    public static RegistrationRequest seats(int count, String category, @Nullable String voucher) {
        RegistrationRequest.RequestedAttendee one = new RegistrationRequest.RequestedAttendee(
                category, "Ada", "Lovelace", "ada@example.org", null, null, null, null, null, null);
        return new RegistrationRequest(
                new RegistrationRequest.RequestedContact("Ada Lovelace", "ada@example.org", null),
                Collections.nCopies(count, one),
                voucher,
                null,
                null,
                true);
    }

    public static Order order(@Nullable String voucher, String... categories) {
        return new Order(
                List.of(categories).stream()
                        .map(category -> new Order.OrderLine(category, List.of()))
                        .toList(),
                voucher);
    }
}
