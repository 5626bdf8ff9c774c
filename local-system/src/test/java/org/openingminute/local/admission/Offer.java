package org.openingminute.local.admission;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.DefinitionReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * A conference on sale that uses every rule: phases, categories with quotas and one outside the capacity, a scarce and a plentiful add-on,
 * vouchers that discount and one that reserves seats, tax.
 *
 * @param phases the number of phases, each with its own prices
 * @param each the length of a phase
 */
record Offer(String slug, Instant from, int phases, Duration each, int holdSeconds, Limits limits) {

    Offer {
        from = from.truncatedTo(ChronoUnit.SECONDS);
    }

    static final String TEN_OFF = "TENOFF";
    static final String FLAT = "FLAT";
    static final String SPONSOR = "SPONSOR";

    /**
     * The limits.
     *
     * @param online places outside the capacity
     * @param banquet units of the scarce add-on
     * @param tenOff uses of the voucher that discounts a tenth
     * @param flat uses of the voucher that discounts a fixed amount on a student's ticket
     * @param sponsor uses of the voucher that pays for everything, for which places are reserved
     */
    record Limits(
            int capacity,
            int industry,
            int academic,
            int student,
            int online,
            int banquet,
            int tenOff,
            int flat,
            int sponsor) {}

    static String newSlug(String name) {
        return name + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    Offer with(Limits others) {
        return new Offer(slug, from, phases, each, holdSeconds, others);
    }

    /** The first instant of a phase; phases are counted from 0. */
    Instant start(int phase) {
        return from.plus(each.multipliedBy(phase));
    }

    String json() {
        List<String> spans = new ArrayList<>();
        for (int i = 0; i < phases; i++) {
            spans.add("{\"code\": \"p%d\", \"name\": \"Phase %d\", %s\"until\": \"%s\"}"
                    .formatted(
                            i,
                            i,
                            i == 0 ? "\"from\": \"" + from + "\", " : "",
                            start(i + 1).minusSeconds(1)));
        }
        return """
                {"slug": "%s", "name": "Proof", "startsOn": "2031-05-18", "endsOn": "2031-05-19",
                 "timeZone": "Europe/Berlin", "sample": true,
                 "registration": {"currency": "EUR", "capacity": %d, "taxPercent": 8.25, "holdSeconds": %d,
                  "phases": [%s],
                  "categories": [%s, %s, %s, %s],
                  "addOns": [{"code": "banquet", "name": "Banquet", "amount": 7333, "quota": %d, "maxPerAttendee": 2},
                             {"code": "tutorial", "name": "Tutorial", "amount": 4999, "maxPerAttendee": 3}],
                  "vouchers": [
                   {"code": "%s", "percentOff": 10, "uses": %d},
                   {"code": "%s", "categories": ["student"], "amountOff": 1234, "uses": %d},
                   {"code": "%s", "categories": ["industry"], "percentOff": 100, "uses": %d, "reserves": true}]}}
                """.formatted(
                        slug,
                        limits.capacity(),
                        holdSeconds,
                        String.join(", ", spans),
                        category("industry", 90_017, limits.industry(), true),
                        category("academic", 60_011, limits.academic(), true),
                        category("student", 20_003, limits.student(), true),
                        category("online", 10_007, limits.online(), false),
                        limits.banquet(),
                        TEN_OFF,
                        limits.tenOff(),
                        FLAT,
                        limits.flat(),
                        SPONSOR,
                        limits.sponsor());
    }

    private String category(String code, int amount, int quota, boolean counts) {
        List<String> amounts = new ArrayList<>();
        for (int i = 0; i < phases; i++) {
            amounts.add("\"p%d\": %d".formatted(i, amount + i * 1_009));
        }
        return """
                {"code": "%s", "name": "%s", "amounts": {%s}, "quota": %d, "countsAgainstCapacity": %b}""".formatted(code, code, String.join(", ", amounts), quota, counts);
    }

    /** The definition as the rules read it. */
    Definition definition() {
        return read(json());
    }

    /** Parses a stored definition. */
    static Definition read(String json) {
        var tree = JsonMapper.builder().build().readTree(json);
        return switch (DefinitionReader.read(tree, tree.get("slug").asString())) {
            case DefinitionReader.ReadDefinition.Ok(Definition definition) -> definition;
            case DefinitionReader.ReadDefinition.Wrong wrong -> throw new IllegalArgumentException(wrong.toString());
        };
    }
}
