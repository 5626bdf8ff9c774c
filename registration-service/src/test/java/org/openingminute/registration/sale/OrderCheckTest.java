package org.openingminute.registration.sale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.web.AddressForm;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves the validation of requests, without Spring. */
class OrderCheckTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ADA = """
            {"category": "academic", "givenName": "Ada", "familyName": "Lovelace", "email": "ada@example.org",
             "affiliation": "Analytical Engines", "country": "GB", "badgeName": "Ada", "dietary": "no nuts\\nno eggs",
             "accessibility": null, "addOns": [{"code": "tutorials", "quantity": 1}, {"code": "banquet", "quantity": 2}]}
            """;

    @Test
    void nothing_is_wrong_with_a_whole_request() {
        assertThat(wrongAfter(request -> {})).isEmpty();
    }

    @Test
    void all_missing_fields_are_reported_at_once() {
        assertThat(OrderCheck.check(Examples.mlsys(), request("{\"attendees\": [{}]}"), AddressForm.DEPLOYED))
                .extracting(FieldError::field)
                .containsExactly(
                        "contact",
                        "attendees[0].category",
                        "attendees[0].givenName",
                        "attendees[0].familyName",
                        "attendees[0].email",
                        "acceptedCodeOfConduct");
    }

    @ParameterizedTest
    @CsvSource({"0", "11"})
    void one_to_ten_attendees(int count) {
        assertThat(wrongAfter(request -> {
                    ArrayNode attendees = request.putArray("attendees");
                    for (int i = 0; i < count; i++) {
                        attendees.add(Examples.json(ADA));
                    }
                }))
                .containsExactly("attendees");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada",
                "ada@",
                "@example.org",
                "ada@example",
                "ada@localhost",
                "ada@example..org",
                "a b@example.org",
                "ada@-x.org",
                ".ada@example.org",
                "ada@example.org\\nBcc: b@example.org",
                "ada@@example.org",
                " ",
                "ada@example.org,b@c.de",
                "a1234567890123456789012345678901234567890123456789012345678901234@example.org",
                "a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org",
                "a@example.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "a@b-.org",
                "a@-b.org",
                "a@b.-org"
            })
    void invalid_addresses_are_refused(String email) {
        assertThat(wrongAfter(request -> ada(request).put("email", email.replace("\\n", "\n"))))
                .containsExactly("attendees[0].email");
    }

    @Test
    void rehearsal_mails_to_itself() {
        RegistrationRequest request = Examples.seats(1, "academic", null);
        RegistrationRequest here = new RegistrationRequest(
                new RegistrationRequest.RequestedContact("Ada Lovelace", "ada@localhost", null),
                request.attendees(),
                null,
                null,
                null,
                true);

        assertThat(OrderCheck.check(Examples.mlsys(), here, AddressForm.REHEARSAL))
                .isEmpty();
        assertThat(OrderCheck.check(Examples.mlsys(), here, AddressForm.DEPLOYED))
                .extracting(FieldError::field)
                .containsExactly("contact.email");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada@localhost.example.org",
                "ada.l+x@mail.example.org",
                "o'hara@example.co.uk",
                "a@xn--bcher-kva.example",
                "a@a--b.org",
                "a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org",
                "a@example.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb@example.org"
            })
    void valid_addresses_are_accepted(String email) {
        assertThat(wrongAfter(request -> ada(request).put("email", email))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "givenName, 200",
        "familyName, 200",
        "affiliation, 200",
        "badgeName, 200",
        "dietary, 500",
        "accessibility, 500"
    })
    void a_text_has_its_length_and_no_more(String field, int most) {
        String longest = "𝒳".repeat(most);
        assertThat(wrongAfter(request -> ada(request).put(field, longest))).isEmpty();
        assertThat(wrongAfter(request -> ada(request).put(field, longest + "x")))
                .containsExactly("attendees[0]." + field);
    }

    @Test
    void add_ons_beyond_all_measure_are_one_mistake_and_not_one_each() {
        assertThat(wrongAfter(request -> {
                    ArrayNode addOns = ada(request).putArray("addOns");
                    for (int i = 0; i < 51; i++) {
                        addOns.addNull();
                    }
                }))
                .containsExactly("attendees[0].addOns");
    }

    @Test
    void a_name_is_one_line() {
        assertThat(wrongAfter(request -> ada(request).put("givenName", "Ada\r\nBcc: x")))
                .containsExactly("attendees[0].givenName");
        assertThat(wrongAfter(request -> ada(request).put("dietary", "a\u0007")))
                .containsExactly("attendees[0].dietary");
    }

    @Test
    void categories_add_ons_and_countries_must_be_known() {
        assertThat(wrongAfter(request -> {
                    ada(request).put("category", "vip").put("country", "gb");
                    ArrayNode addOns = ada(request).putArray("addOns");
                    addOns.addObject().put("code", "nothing");
                    addOns.addObject().put("code", "banquet").put("quantity", 3);
                    addOns.addObject().put("code", "tutorials").put("quantity", 0);
                    addOns.addObject().put("code", "tutorials");
                    addOns.addObject();
                    addOns.addNull();
                }))
                .containsExactly(
                        "attendees[0].category",
                        "attendees[0].addOns[0].code",
                        "attendees[0].addOns[1].quantity",
                        "attendees[0].addOns[2].quantity",
                        "attendees[0].addOns[3].code",
                        "attendees[0].addOns[4].code",
                        "attendees[0].addOns[5]",
                        "attendees[0].country");
    }

    @Test
    void the_code_of_conduct_must_be_accepted() {
        assertThat(wrongAfter(request -> request.put("acceptedCodeOfConduct", false)))
                .containsExactly("acceptedCodeOfConduct");
    }

    @Test
    void an_invoice_is_there_only_where_the_conference_sends_one() {
        assertThat(wrongAfter(request -> request.put("paymentMethod", "invoice")))
                .isEmpty();
        assertThat(wrongAfter(request -> request.put("paymentMethod", "cash"))).containsExactly("paymentMethod");
        RegistrationRequest byInvoice =
                request(whole().put("paymentMethod", "invoice").toString());
        assertThat(OrderCheck.check(Examples.smallWith(""), byInvoice, AddressForm.DEPLOYED))
                .extracting(FieldError::field)
                .contains("paymentMethod");
    }

    @Test
    void an_address_comes_once_where_the_conference_says_so() {
        ObjectNode json = whole();
        ada(json).put("category", "a").putArray("addOns");
        ArrayNode attendees = json.withArray("attendees");
        attendees.add(ada(json).deepCopy().put("email", "ADA@example.org"));
        RegistrationRequest twice = request(json.toString());
        assertThat(OrderCheck.check(Examples.smallWith(""), twice, AddressForm.DEPLOYED))
                .isEmpty();
        assertThat(OrderCheck.check(Examples.smallWith("\"onePerAddress\": true"), twice, AddressForm.DEPLOYED))
                .extracting(FieldError::field)
                .containsExactly("attendees[1].email");
    }

    @Test
    void a_locale_is_a_language_tag() {
        assertThat(wrongAfter(request -> request.withObject("contact").put("locale", "de-CH")))
                .isEmpty();
        assertThat(wrongAfter(request -> request.withObject("contact").put("locale", "<de>")))
                .containsExactly("contact.locale");
    }

    @Test
    void a_quote_needs_categories_alone() {
        RegistrationRequest request = request("{\"attendees\": [{\"category\": \"academic\", \"email\": \"half@\"}]}");
        assertThat(OrderCheck.checkForQuote(Examples.mlsys(), request)).isEmpty();
        assertThat(OrderCheck.checkForQuote(Examples.mlsys(), request("{\"attendees\": [null, {}]}")))
                .extracting(FieldError::field)
                .containsExactly("attendees[0]", "attendees[1].category");
    }

    @Test
    void a_checked_request_becomes_an_order() {
        ObjectNode json = whole().put("voucher", " code ");
        ada(json).putArray("addOns").addObject().put("code", "tutorials");
        assertThat(OrderCheck.order(request(json.toString())))
                .isEqualTo(new Order(
                        List.of(new Order.OrderLine("academic", List.of(new Order.Extra("tutorials", 1)))), "code"));
    }

    private static List<String> wrongAfter(Consumer<ObjectNode> change) {
        ObjectNode json = whole();
        change.accept(json);
        return OrderCheck.check(Examples.mlsys(), request(json.toString()), AddressForm.DEPLOYED).stream()
                .map(FieldError::field)
                .toList();
    }

    private static ObjectNode whole() {
        return (ObjectNode) Examples.json("""
                {"contact": {"name": "Ada Lovelace", "email": "ada@example.org", "locale": "en"}, "attendees": [%s],
                 "voucher": null, "paymentMethod": "card",
                 "invoice": {"organization": null, "taxId": null, "address": null, "purchaseOrder": null},
                 "acceptedCodeOfConduct": true}
                """.formatted(ADA));
    }

    private static ObjectNode ada(ObjectNode request) {
        return (ObjectNode) request.withArray("attendees").get(0);
    }

    private static RegistrationRequest request(String json) {
        return JSON.readValue(json, RegistrationRequest.class);
    }
}
