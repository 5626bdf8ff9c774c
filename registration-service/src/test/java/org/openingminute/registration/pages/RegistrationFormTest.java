package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.registration.sale.SaleTerms.AddOn;
import tools.jackson.databind.JsonNode;

/** Proves how the form becomes the API's body and how errors find their fields. */
class RegistrationFormTest {

    private static final List<AddOn> ADD_ONS =
            List.of(new AddOn("tutorials", "Tutorials", 100, null, 1), new AddOn("banquet", "Banquet", 100, null, 2));

    @Test
    void a_form_has_the_body_of_the_api() {
        JsonNode body = form(Map.of(
                        "contact.name", "Ada",
                        "attendees[0].givenName", "Ada",
                        "attendees[0].addOns[banquet]", "2",
                        "attendees[0].addOns[unknown]", "1",
                        "acceptedCodeOfConduct", "true"))
                .body(ADD_ONS);

        assertThat(body.at("/contact/name").asString()).isEqualTo("Ada");
        assertThat(body.at("/contact/email").isNull())
                .as("an empty field is absent")
                .isTrue();
        assertThat(body.at("/attendees").size()).isEqualTo(1);
        assertThat(body.at("/attendees/0/addOns").toString()).isEqualTo("[{\"code\":\"banquet\",\"quantity\":2}]");
        assertThat(body.at("/acceptedCodeOfConduct").asBoolean()).isTrue();
    }

    @Test
    void a_quantity_that_is_no_number_is_refused_and_none_is_none() {
        JsonNode body = form(Map.of("attendees[0].addOns[tutorials]", "0", "attendees[0].addOns[banquet]", "many"))
                .body(ADD_ONS);
        assertThat(body.at("/attendees/0/addOns").toString()).isEqualTo("[{\"code\":\"banquet\",\"quantity\":-1}]");
    }

    @Test
    void an_attendee_leaves_and_those_behind_move_up() {
        RegistrationForm three = new RegistrationForm(
                Map.of(
                        "attendees[0].givenName", "Ada",
                        "attendees[1].givenName", "Grace",
                        "attendees[2].givenName", "Edsger",
                        "contact.name", "Ada"),
                3,
                Map.of());
        RegistrationForm two = three.without(1);

        assertThat(two.attendees()).isEqualTo(2);
        assertThat(two.values())
                .containsOnly(
                        Map.entry("attendees[0].givenName", "Ada"),
                        Map.entry("attendees[1].givenName", "Edsger"),
                        Map.entry("contact.name", "Ada"));
        assertThat(two.without(0).without(0).attendees())
                .as("the last attendee stays")
                .isEqualTo(1);
        assertThat(three.without(7)).isEqualTo(three);
    }

    @Test
    void there_is_room_for_one_to_ten() {
        assertThat(new RegistrationForm(Map.of(), 0, Map.of()).attendees()).isEqualTo(1);
        assertThat(new RegistrationForm(Map.of(), 99, Map.of()).attendees()).isEqualTo(10);
        assertThat(new RegistrationForm(Map.of(), 10, Map.of()).withOneMore().attendees())
                .isEqualTo(10);
    }

    @Test
    void an_error_of_an_add_on_stands_at_the_add_ons_and_knows_its_label() {
        RegistrationForm wrong = form(Map.of())
                .withErrors(
                        List.of(
                                FieldError.of("attendees[0].addOns[1].quantity", "not-one", "must be 1"),
                                FieldError.of("attendees[0].givenName", "required", "is required")),
                        MessagesTest.english(),
                        TimeFormat.utc(MessagesTest.english()));

        assertThat(wrong.error("attendees[0].addOns")).isEqualTo("At most one");
        assertThat(wrong.labelKey("attendees[0].givenName")).isEqualTo("form.given-name");
        assertThat(wrong.attendeeOf("attendees[0].givenName")).isEqualTo(1);
        assertThat(wrong.attendeeOf("contact.name")).isNull();
        assertThat(wrong.id("attendees[0].givenName")).isEqualTo("attendees-0-givenName");
    }

    private static RegistrationForm form(Map<String, String> values) {
        return new RegistrationForm(values, 1, Map.of());
    }
}
