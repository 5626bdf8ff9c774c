package org.openingminute.registration.sale;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.FieldError;
import tools.jackson.databind.node.ObjectNode;

/** Proves defaults and errors of a definition, without Spring. */
class DefinitionReaderTest {

    @Test
    void the_least_that_a_definition_may_say_has_every_default() {
        Definition definition = Examples.smallWith("");
        SaleTerms terms = definition.registration();
        assertThat(terms.holdTime()).isEqualTo(Duration.ofMinutes(15));
        assertThat(terms.offerHours()).isEqualTo(24);
        assertThat(terms.proofHours()).isEqualTo(24);
        assertThat(terms.reviewDays()).isEqualTo(5);
        assertThat(terms.taxPercent()).isEqualTo(BigDecimal.ZERO);
        assertThat(terms.invoiceDays()).isNull();
        assertThat(terms.cancellationPolicy()).isEmpty();
        assertThat(terms.vouchers()).isEmpty();
        assertThat(definition.themes()).isEmpty();
        assertThat(definition.program().keynotes()).isEmpty();
        assertThat(definition.sample()).isFalse();
    }

    @Test
    void all_that_is_missing_is_said_at_once() {
        DefinitionReader.ReadDefinition.Wrong wrong = Examples.wrong(Examples.json("{\"registration\": {}}"));
        assertThat(wrong.malformed()).isEmpty();
        assertThat(wrong.invalid())
                .extracting(FieldError::field)
                .containsExactly(
                        "slug",
                        "name",
                        "startsOn",
                        "endsOn",
                        "timeZone",
                        "registration.currency",
                        "registration.capacity",
                        "registration.phases",
                        "registration.categories");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\t", "\u2028", "\u2029"})
    void names_have_one_line(String lineBreak) {
        String name = "MLSys" + lineBreak + "2026";
        ObjectNode body =
                Examples.mlsysJson().put("name", name).put("fullName", name).put("city", name);
        body.withArray("audiences").add(name);
        body.withArray("themes").addObject().put("name", name).put("about", "one\nand another line");
        body.withObject("program").withArray("keynotes").addObject().put("speaker", name);
        ObjectNode terms = body.withObject("registration");
        ((ObjectNode) terms.at("/categories/0")).put("name", name);
        ((ObjectNode) terms.at("/phases/0")).put("name", name);
        ((ObjectNode) terms.at("/addOns/0")).put("name", name);
        body.put("summary", "one\nand another line");

        assertThat(DefinitionReader.read(body, "mlsys-2026"))
                .isInstanceOfSatisfying(DefinitionReader.ReadDefinition.Wrong.class, wrong -> {
                    assertThat(wrong.malformed()).isEmpty();
                    assertThat(wrong.invalid())
                            .hasSize(9)
                            .allSatisfy(error -> assertThat(error.code()).isEqualTo("not-one-line"));
                });
        assertThat(DefinitionReader.readStored(body, "mlsys-2026"))
                .isInstanceOfSatisfying(DefinitionReader.ReadDefinition.Ok.class, ok -> {
                    assertThat(ok.definition().name()).isEqualTo("MLSys 2026");
                    assertThat(ok.definition().summary()).isEqualTo("one\nand another line");
                });
        assertThat(DefinitionReader.readStored(body.put("country", "XX"), "mlsys-2026"))
                .isInstanceOf(DefinitionReader.ReadDefinition.Wrong.class);
    }

    @Test
    void wrong_types_stand_apart_from_wrong_values() {
        DefinitionReader.ReadDefinition.Wrong wrong = Examples.wrong(Examples.json(
                Examples.small("""
                "taxPercent": "7", "onePerAddress": 1, "addOns": {}, "offerHours": 1.5, "vouchers": [3, {"code": "K", "unlocks": [7]}],
                "reviewDays": 0
                """.strip()).replaceFirst("\"addOns\": \\[\\{.*}]\\n", "\"codeOfConduct\": 5")));
        assertThat(wrong.malformed())
                .extracting(FieldError::field)
                .containsExactlyInAnyOrder(
                        "registration.taxPercent",
                        "registration.onePerAddress",
                        "registration.addOns",
                        "registration.offerHours",
                        "registration.vouchers[0]",
                        "registration.vouchers[1].unlocks[0]",
                        "registration.codeOfConduct");
        assertThat(wrong.invalid()).extracting(FieldError::field).containsExactly("registration.reviewDays");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/slug | \"other\" | slug",
                "/nickname | 1 | nickname",
                "/_about | \"x\" | _about",
                "/endsOn | \"2026-05-31\" | endsOn",
                "/startsOn | \"2026-02-30\" | startsOn",
                "/timeZone | \"Mars/Olympus\" | timeZone",
                "/timeZone | \"+05:07\" | timeZone",
                "/timeZone | \"UTC-00:01\" | timeZone",
                "/country | \"UK\" | country",
                "/website | \"javascript:alert(1)\" | website",
                "/name | \" \" | name",
                "/summary | \"a\\u0000b\" | summary",
                "/audiences | [\"a\", \"\\ud800\"] | audiences[1]",
                "/themes | [{\"about\": \"x\"}] | themes[0].name",
                "/program | {\"keynotes\": [{\"room\": \"1\"}]} | program.keynotes[0].title",
                "/registration/currency | \"ZZZ\" | registration.currency",
                "/registration/capacity | 0 | registration.capacity",
                "/registration/capacity | 1000001 | registration.capacity",
                "/registration/capacity | 4 | registration.categories[1].quota",
                "/registration/capacity | 99999999999999999999 | registration.capacity",
                "/registration/holdSeconds | 0 | registration.holdSeconds",
                "/registration/taxPercent | 100.1 | registration.taxPercent",
                "/registration/taxPercent | 1e999 | registration.taxPercent",
                "/registration/taxPercent | 1e-300 | registration.taxPercent",
                "/registration/taxPercent | -1 | registration.taxPercent",
                "/registration/transfersUntil | \"2026-05-10\" | registration.transfersUntil",
                "/registration/transfersUntil | \"2026-05-10T00:00:00.5Z\" | registration.transfersUntil",
                "/registration/transfersUntil | \"2026-05-10T23:59:59\" | registration.transfersUntil",
                "/registration/transfersUntil | \"2026-05-10T23:59-12:00\" | registration.transfersUntil",
                "/registration/transfersUntil | \"2026-05-10T23:59:59-19:00\" | registration.transfersUntil",
                "/registration/transfersUntil | \"2026-05-10T23:59:59 America/Los_Angeles\" | registration.transfersUntil",
                "/registration/phases | [] | registration.phases",
                "/registration/phases/0/from | null | registration.phases[0].from",
                "/registration/phases/0/until | \"2025-12-31T23:59:59Z\" | registration.phases[0].until",
                "/registration/phases/0/code | \"a b\" | registration.phases[0].code",
                "/registration/categories/1/code | \"a\" | registration.categories[1].code",
                "/registration/categories/0/otherwise | \"a\" | registration.categories[0].otherwise",
                "/registration/categories/0/otherwise | \"z\" | registration.categories[0].otherwise",
                "/registration/categories/0/otherwise | \"i\" | registration.categories[0].otherwise",
                "/registration/categories/0/amounts | {} | registration.categories[0].amounts.only",
                "/registration/categories/0/amounts | {\"only\": -1} | registration.categories[0].amounts.only",
                "/registration/categories/0/amounts | {\"only\": 1, \"b\": 1} | registration.categories[0].amounts.b",
                "/registration/addOns/0/amount | null | registration.addOns[0].amount",
                "/registration/addOns/0/maxPerAttendee | 0 | registration.addOns[0].maxPerAttendee",
                "/registration/vouchers | [{\"code\": \"K\"}] | registration.vouchers[0].percentOff",
                "/registration/vouchers | [{\"code\": \"K\", \"unlocks\": []}] | registration.vouchers[0].percentOff",
                "/registration/vouchers | [{\"code\": \"K\", \"percentOff\": 101}] | registration.vouchers[0].percentOff",
                "/registration/vouchers | [{\"code\": \"K\", \"percentOff\": 1, \"amountOff\": 1}] | registration.vouchers[0].amountOff",
                "/registration/vouchers | [{\"code\": \"K\", \"unlocks\": [\"z\"]}] | registration.vouchers[0].unlocks[0]",
                "/registration/vouchers | [{\"code\": \"K\", \"reserves\": true}] | registration.vouchers[0].uses",
                "/registration/vouchers | [{\"code\": \"K\", \"percentOff\": 1}, {\"code\": \"k\", \"percentOff\": 1}] | registration.vouchers[1].code",
                "/registration/cancellationPolicy | [{\"until\": \"2026-01-02T00:00:00Z\", \"refundPercent\": 9}, {\"until\": \"2026-01-02T00:00:00Z\", \"refundPercent\": 8}] | registration.cancellationPolicy[1].until",
                "/registration/cancellationPolicy | [{\"until\": \"2026-01-02T00:00:00Z\"}] | registration.cancellationPolicy[0].refundPercent"
            })
    void a_wrong_value_is_named_by_its_path(String pointer, String value, String field) {
        assertThat(Examples.wrong(changed(pointer, value)).invalid())
                .extracting(FieldError::field)
                .containsExactly(field);
    }

    @Test
    void prices_are_looked_at_in_their_order_though_their_phase_cannot_be_read() {
        ObjectNode definition =
                changed("/registration/categories/0/amounts", "{\"z\": -1, \"only\": -1, \"b\": -1, \"a\": -1}");
        ((ObjectNode) definition.at("/registration/phases/0")).put("until", "2025-12-31T23:59:59Z");

        assertThat(Examples.wrong(definition).invalid())
                .extracting(FieldError::field)
                .containsExactly(
                        "registration.phases[0].until",
                        "registration.categories[0].amounts.z",
                        "registration.categories[0].amounts.only",
                        "registration.categories[0].amounts.b",
                        "registration.categories[0].amounts.a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-05-31T23:59:59Z", "2026-05-31T23:59:58Z"})
    void a_phase_ends_after_the_one_before(String until) {
        ObjectNode body = (ObjectNode) Examples.json(Examples.small(""));
        body.withObject("registration")
                .withArray("phases")
                .addObject()
                .put("code", "p")
                .put("name", "P")
                .put("until", until);
        assertThat(Examples.wrong(body).invalid())
                .extracting(FieldError::field)
                .contains("registration.phases[1].until");
    }

    @Test
    void a_hold_is_in_minutes_or_in_seconds() {
        assertThat(Examples.smallWith("\"holdSeconds\": 7").registration().holdTime())
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(Examples.smallWith("\"holdMinutes\": 7").registration().holdTime())
                .isEqualTo(Duration.ofMinutes(7));
        assertThat(Examples.wrong(Examples.json(Examples.small("\"holdSeconds\": 7, \"holdMinutes\": 7")))
                        .invalid())
                .extracting(FieldError::field)
                .containsExactly("registration.holdSeconds");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-05-10T23:59:59-12:00",
                "2026-05-11T11:59:59Z",
                "2026-05-11t11:59:59z",
                "2026-05-12T01:59:59+14:00",
                "2026-05-11T17:44:59.000+05:45"
            })
    void a_deadline_may_be_written_anywhere_on_earth(String text) {
        assertThat(Examples.smallWith("\"transfersUntil\": \"" + text + "\"")
                        .registration()
                        .transfersUntil())
                .isEqualTo("2026-05-11T11:59:59Z");
    }

    @Test
    void tax_may_have_decimals() {
        assertThat(Examples.smallWith("\"taxPercent\": 7.75").registration().taxPercent())
                .isEqualTo("7.75");
    }

    @Test
    void a_quota_above_the_capacity_is_right_where_no_seat_is_needed() {
        ObjectNode body = changed("/registration/categories/2/quota", "5000");
        assertThat(Examples.read(body)
                        .registration()
                        .category("v")
                        .orElseThrow()
                        .quota())
                .isEqualTo(5000);
    }

    private static ObjectNode changed(String pointer, String value) {
        ObjectNode body = (ObjectNode) Examples.json(Examples.small(""));
        int slash = pointer.lastIndexOf('/');
        ((ObjectNode) body.at(pointer.substring(0, slash))).set(pointer.substring(slash + 1), Examples.json(value));
        return body;
    }
}
