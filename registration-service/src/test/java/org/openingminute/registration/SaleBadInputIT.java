package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Proves that invalid definitions, vouchers and orders are refused by field and store nothing in any table, on the running service with its
 * database.
 */
@RegistrationServiceTest
@Import(ServiceFixture.Alone.class)
class SaleBadInputIT {

    private static final String ORGANISER = staffToken("organiser");
    private static final String SLUG = "bad-input";
    private static final String PATH = "/api/admin/conferences/" + SLUG;

    /** Held below: 3 seats, 2 of them in seat and 1 in student; 2 of x; 2 uses of TEAM and the one use of SPENT. */
    private static final String DEFINITION = """
            {"slug": "bad-input", "name": "Bad Input", "startsOn": "2026-05-18", "endsOn": "2026-05-22",
             "timeZone": "America/Los_Angeles",
             "registration": {"currency": "USD", "capacity": 6, "holdMinutes": 600, "taxPercent": 7.5,
              "phases": [{"code": "early", "name": "Early", "from": "2026-01-01T00:00:00Z", "until": "2026-04-01T23:59:59-12:00"},
                         {"code": "late", "name": "Late", "until": "2026-05-22T12:00:00-07:00"}],
              "categories": [{"code": "seat", "name": "Seat", "amounts": {"early": 100, "late": 200}, "quota": 2},
                             {"code": "student", "name": "Student", "amounts": {"early": 50, "late": 60}, "quota": 2},
                             {"code": "guest", "name": "Guest", "amounts": {"early": 0, "late": 0}, "needsVoucher": true},
                             {"code": "open", "name": "Open", "amounts": {"early": 100, "late": 200}}],
              "addOns": [{"code": "x", "name": "X", "amount": 10, "quota": 3, "maxPerAttendee": 2}],
              "vouchers": [{"code": "TEAM", "percentOff": 10, "uses": 3},
                           {"code": "SPENT", "percentOff": 10, "uses": 1},
                           {"code": "ENDED", "percentOff": 10, "until": "2026-01-31T23:59:59-12:00"},
                           {"code": "STUDENTS", "percentOff": 10, "categories": ["student"]},
                           {"code": "UNLOCKS", "unlocks": ["guest"], "uses": 0}],
              "cancellationPolicy": [{"until": "2026-04-18T23:59:59-12:00", "refundPercent": 100},
                                     {"until": "2026-05-04T23:59:59-12:00", "refundPercent": 50}]}}
            """;

    private static final List<String> TABLES =
            List.of("conference", "quota", "registration", "attendee", "timeline", "idempotency", "audit");

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ServiceFixture service;

    private Map<String, String> before = Map.of();

    @BeforeEach
    void someSeatsAreHeld() {
        if (service.get(PATH, ORGANISER).status() == 404) {
            service.put(PATH, ORGANISER, DEFINITION).expect(201);
            register(order("seat,seat", "TEAM", "x", 2)).expect(201);
            register(order("student", "SPENT", "", 0)).expect(201);
        }
        // Waits until the opening of the sale was published and the next check was saved. That also happens
        // after each move of the clock, as before a test.
        await().pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(20))
                .until(() -> jdbc.sql(
                                        "select count(*) from conference where notices_due_at = '-infinity' or slug not in (select conference from conference_news)")
                                .query(Integer.class)
                                .single()
                        == 0);
        before = stored();
    }

    @AfterEach
    void nothingIsStored() {
        assertThat(stored()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // phases that overlap, leave a gap or run backwards
                "/registration/phases/1/from | \"2026-03-01T00:00:00Z\" | registration.phases[1].from",
                "/registration/phases/1/from | \"2026-04-01T23:59:59-12:00\" | registration.phases[1].from",
                "/registration/phases/1/from | \"2026-04-02T00:00:01-12:00\" | registration.phases[1].from",
                "/registration/phases/1/until | \"2026-04-01T23:59:59-12:00\" | registration.phases[1].until",
                "/registration/phases/1/until | \"2026-03-01T00:00:00Z\" | registration.phases[1].until",
                "/registration/phases/0/until | \"2025-12-31T23:59:59Z\" | registration.phases[0].until",
                "/registration/phases/0/until | \"2026-04-01T23:59:59\" | registration.phases[0].until",
                "/registration/phases/1/code | \"early\" | registration.phases[1].code",
                // prices
                "/registration/categories/0/amounts/early | -1 | registration.categories[0].amounts.early",
                "/registration/categories/0/amounts/early | null | registration.categories[0].amounts.early",
                "/registration/categories/0/amounts/never | 100 | registration.categories[0].amounts.never",
                "/registration/addOns/0/amount | -1 | registration.addOns[0].amount",
                "/registration/taxPercent | 100.5 | registration.taxPercent",
                "/registration/currency | \"XXX\" | registration.currency",
                // codes that are taken
                "/registration/categories/3/code | \"seat\" | registration.categories[3].code",
                "/registration/vouchers/3/code | \"team\" | registration.vouchers[3].code",
                // limits
                "/registration/categories/0/quota | 7 | registration.categories[0].quota",
                "/registration/categories/0/quota | -1 | registration.categories[0].quota",
                "/registration/capacity | 0 | registration.capacity",
                "/registration/capacity | 2 | registration.capacity",
                "/registration/categories/0/quota | 1 | registration.categories[0].quota",
                "/registration/categories/1/quota | 0 | registration.categories[1].quota",
                "/registration/addOns/0/quota | 1 | registration.addOns[0].quota",
                "/registration/vouchers/0/uses | 1 | registration.vouchers[0].uses",
                "/registration/vouchers/1/uses | 0 | registration.vouchers[1].uses",
                "/registration/addOns/0/maxPerAttendee | 0 | registration.addOns[0].maxPerAttendee",
                // vouchers
                "/registration/vouchers/0/percentOff | 101 | registration.vouchers[0].percentOff",
                "/registration/vouchers/0/percentOff | -1 | registration.vouchers[0].percentOff",
                "/registration/vouchers/0/amountOff | 5 | registration.vouchers[0].amountOff",
                "/registration/vouchers/0/categories | [\"nobody\"] | registration.vouchers[0].categories[0]",
                "/registration/vouchers/3 | {\"code\": \"K\", \"reserves\": true} | registration.vouchers[3].uses",
                "/registration/vouchers/3 | {\"code\": \"K\", \"uses\": 4, \"reserves\": true, \"categories\": [\"open\"]} | registration.capacity",
                // the rest of a sale
                "/timeZone | \"Mars/Olympus\" | timeZone",
                "/registration/holdSeconds | 30 | registration.holdSeconds",
                "/registration/cancellationPolicy/1/until | \"2026-04-18T23:59:59-12:00\" | registration.cancellationPolicy[1].until",
                "/registration/cancellationPolicy/1/refundPercent | 101 | registration.cancellationPolicy[1].refundPercent",
                "/registration/cancellationPolicy/1/keeps | -1 | registration.cancellationPolicy[1].keeps"
            })
    void a_definition_that_is_wrong_is_refused_by_its_field(String pointer, String value, String field) {
        assertProblem(service.put(PATH, ORGANISER, changed(pointer, value)), 422, "invalid", field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/registration/capacity | \"6\" | registration.capacity",
                "/registration/capacity | 6.5 | registration.capacity",
                "/registration/phases | {} | registration.phases",
                "/registration/categories/0/amounts/early | 1.5 | registration.categories[0].amounts.early",
                "/registration/vouchers/0/reserves | \"yes\" | registration.vouchers[0].reserves",
                "/timeZone | 8 | timeZone"
            })
    void a_wrong_type_is_malformed_by_its_field(String pointer, String value, String field) {
        assertProblem(service.put(PATH, ORGANISER, changed(pointer, value)), 400, "malformed", field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TEAM | {\"percentOff\": 10, \"uses\": 1} | uses",
                "team | {\"percentOff\": 101} | percentOff",
                "team | {\"percentOff\": 10, \"amountOff\": 10} | amountOff",
                "team | {\"code\": \"other\", \"percentOff\": 10} | code",
                "new | {\"unlocks\": [\"nobody\"]} | unlocks[0]",
                "new | {\"uses\": 4, \"reserves\": true} | uses",
                "new | {\"uses\": 1, \"reserves\": true, \"categories\": [\"seat\"]} | uses",
                "new | {\"reserves\": true} | uses",
                "new | {\"percentOff\": 10, \"until\": \"2026-13-01T00:00:00Z\"} | until",
                "new | {\"percentOff\": 10, \"colour\": \"red\"} | colour",
                "-new | {\"percentOff\": 10} | code"
            })
    void a_voucher_that_is_wrong_is_refused_by_its_field(String code, String body, String field) {
        assertProblem(service.put(PATH + "/vouchers/" + code, ORGANISER, body), 422, "invalid", field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                // vouchers: used up, not enough for all, for others, ended, unknown, missing
                "open | SPENT | '' | 0 | 422 | voucher-invalid | voucher",
                "open,open | team | '' | 0 | 422 | voucher-invalid | voucher",
                "seat,seat,seat | team | '' | 0 | 422 | voucher-invalid | voucher",
                "guest | UNLOCKS | '' | 0 | 422 | voucher-invalid | voucher",
                "open | STUDENTS | '' | 0 | 422 | voucher-invalid | voucher",
                "open | ended | '' | 0 | 422 | voucher-invalid | voucher",
                "open | NEVER | '' | 0 | 422 | voucher-invalid | voucher",
                "open,guest | none | '' | 0 | 422 | voucher-invalid | voucher",
                "guest | TEAM | '' | 0 | 422 | voucher-invalid | voucher",
                // add-ons: over the maximum, none, unknown
                "open | none | x | 3 | 422 | invalid | attendees[0].addOns[0].quantity",
                "open | none | x | 0 | 422 | invalid | attendees[0].addOns[0].quantity",
                "open | none | x | -1 | 422 | invalid | attendees[0].addOns[0].quantity",
                "open | none | y | 1 | 422 | invalid | attendees[0].addOns[0].code",
                "nobody | none | '' | 0 | 422 | invalid | attendees[0].category",
                "open,open,open,open,open,open,open,open,open,open,open | none | '' | 0 | 422 | invalid | attendees"
            })
    void an_order_that_is_wrong_is_refused_by_its_field(
            String categories, String voucher, String addOn, int quantity, int status, String code, String field) {
        assertProblem(register(order(categories, voucher, addOn, quantity)), status, code, field);
    }

    @ParameterizedTest
    @CsvSource({"seat, '', 0, category:seat", "open, x, 2, add-on:x", "'open,open,open,open', '', 0, capacity"})
    void valid_order_that_does_not_fit_gets_the_limit(String categories, String addOn, int quantity, String limit) {
        Reply refused = register(order(categories, null, addOn, quantity)).expectProblem(409, "sold-out");
        assertThat(refused.text("limit")).isEqualTo(limit);
    }

    private static void assertProblem(Reply reply, int status, String code, String field) {
        reply.expectProblem(status, code);
        List<String> fields = new ArrayList<>();
        reply.body().get("errors").forEach(error -> {
            fields.add(error.get("field").asString());
            assertThat(error.get("message").asString()).isNotBlank();
            assertThat(error.get("code").asString()).matches("[a-z0-9-]+");
        });
        assertThat(fields).as(reply.raw().body()).containsExactly(field);
    }

    private Reply register(String body) {
        return service.post("/api/conferences/" + SLUG + "/registrations", null, newKey(), body);
    }

    /** Returns an order in which the first attendee has the add-on. */
    private static String order(String categories, String voucher, String addOn, int quantity) {
        ObjectNode order = (ObjectNode) ServiceFixture.JSON.readTree(ServiceFixture.body("seat"));
        order.put("voucher", voucher);
        ArrayNode attendees = order.withArray("attendees");
        ObjectNode ada = (ObjectNode) attendees.remove(0);
        for (String category : categories.split(",")) {
            attendees.add(ada.deepCopy().put("category", category));
        }
        if (!addOn.isEmpty()) {
            attendees.get(0).withArray("/addOns").addObject().put("code", addOn).put("quantity", quantity);
        }
        return order.toString();
    }

    private static String changed(String pointer, String value) {
        JsonNode definition = ServiceFixture.JSON.readTree(DEFINITION);
        int slash = pointer.lastIndexOf('/');
        String last = pointer.substring(slash + 1);
        JsonNode changed = ServiceFixture.JSON.readTree(value);
        if (definition.at(pointer.substring(0, slash)) instanceof ArrayNode list) {
            list.set(Integer.parseInt(last), changed);
        } else {
            ((ObjectNode) definition.at(pointer.substring(0, slash))).set(last, changed);
        }
        return definition.toString();
    }

    /** Returns the definition, the statistics and every row of the service's tables. */
    private Map<String, String> stored() {
        Map<String, String> stored = new TreeMap<>();
        Reply definition = service.get(PATH, ORGANISER).expect(200);
        stored.put("definition", definition.raw().body());
        stored.put("tag", definition.raw().headers().firstValue("ETag").orElseThrow());
        stored.put("statistics", service.statistics(SLUG).raw().body());
        for (String table : TABLES) {
            stored.put(
                    table,
                    jdbc.sql(
                                    "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from "
                                            + table + " t")
                            .query(String.class)
                            .single());
        }
        stored.put(
                "said",
                jdbc.sql("select coalesce(last_value, 0) from pg_sequences where sequencename like 'outbox%'")
                        .query(String.class)
                        .single());
        return stored;
    }
}
