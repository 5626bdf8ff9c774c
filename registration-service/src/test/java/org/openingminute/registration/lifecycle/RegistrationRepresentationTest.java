package org.openingminute.registration.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.testing.PrintedTable;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.RegistrationRepresentation.PaymentView;
import org.openingminute.registration.lifecycle.RegistrationRepresentation.RegistrationLinks;
import org.openingminute.registration.lifecycle.RegistrationView.AttendeeView;
import org.openingminute.registration.lifecycle.RegistrationView.OfferView;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Pricing.Quote.PriceLine;
import tools.jackson.databind.JsonNode;

/** Proves which fields each caller sees and that a stored representation can be read again. */
class RegistrationRepresentationTest {

    private static final UUID ID = new UUID(0, 1);
    private static final UUID ADA = new UUID(0, 2);
    private static final UUID GRACE = new UUID(0, 3);
    private static final Money SUM = new Money(10_000, "USD");

    /** A representation in which every field has a value. */
    private static final RegistrationRepresentation WHOLE = new RegistrationRepresentation(
            whole("a reason"),
            new PaymentView("captured", SUM, SUM, SUM),
            new RegistrationLinks(
                    "self", "pay", "status", "self/attendees/" + ADA + "/ticket.pdf", "receipt", "cancel"));

    @Test
    void each_caller_sees_the_fields_of_the_table() {
        Map<String, Caller> callers = new LinkedHashMap<>();
        callers.put("attendee", attendeeCaller());
        callers.put("contact", new Caller.Registrant(AccessToken.ofContact(ID, 0)));
        for (Role role : List.of(Role.CHECK_IN, Role.OPERATOR, Role.FINANCE, Role.ORGANISER)) {
            callers.put(role.wireName(), staff(role));
        }
        PrintedTable table = new PrintedTable(
                """
                # What each caller sees of a registration
                Everything else is `null`. An attendee sees no other attendee. `reason` is an organiser's own words; all staff see ours.
                """,
                Stream.concat(Stream.of("field"), callers.keySet().stream()).toList());
        List<Map<String, String>> seen = callers.values().stream()
                .map(caller -> fields(WHOLE.seenBy(caller)))
                .toList();
        for (String field : fields(WHOLE).keySet()) {
            List<String> cells = new ArrayList<>(List.of(field));
            seen.forEach(fields -> cells.add(fields.containsKey(field) ? "yes" : ""));
            table.row(cells);
        }
        table.isIn("registration-fields.md");
    }

    @Test
    void all_staff_see_a_reason_in_our_words() {
        for (ReasonCode code : ReasonCode.values()) {
            RegistrationView ours =
                    because(code.inWords()).seenBy(staff(Role.OPERATOR)).registration();
            assertThat(ours.reason()).isEqualTo(code.inWords());
        }
        assertThat(because("ill, see mail")
                        .seenBy(staff(Role.OPERATOR, Role.CHECK_IN))
                        .registration()
                        .reason())
                .isNull();
    }

    @Test
    void complete_representation_has_every_field() {
        assertThat(Documents.json(WHOLE)).doesNotContain(":null", "[]");
    }

    private static RegistrationRepresentation because(String reason) {
        return new RegistrationRepresentation(whole(reason), WHOLE.payment(), WHOLE.links());
    }

    @Test
    void attendee_sees_no_other_attendee_and_the_own_ticket() {
        RegistrationRepresentation seen = WHOLE.seenBy(attendeeCaller());

        assertThat(seen.registration().attendees()).containsExactly(attendee(GRACE));
        assertThat(seen.links().ticket()).isEqualTo("self/attendees/" + GRACE + "/ticket.pdf");
    }

    @Test
    void roles_together_see_what_each_sees_and_no_role_nothing() {
        Set<String> together =
                fields(WHOLE.seenBy(staff(Role.CHECK_IN, Role.OPERATOR))).keySet();

        assertThat(together)
                .containsAll(fields(WHOLE.seenBy(staff(Role.CHECK_IN))).keySet())
                .containsAll(fields(WHOLE.seenBy(staff(Role.OPERATOR))).keySet())
                .doesNotContain("contact.email", "attendees.email", "attendees.dietary", "attendees.accessibility");
        assertThat(fields(WHOLE.seenBy(staff())).keySet())
                .containsExactly("id", "reference", "conference", "status", "attendees.id", "attendees.category");
    }

    @Test
    void representation_is_read_again_as_it_was_written() {
        assertThat(Documents.value(Documents.json(WHOLE), RegistrationRepresentation.class))
                .isEqualTo(WHOLE);
    }

    private static RegistrationView whole(String reason) {
        return new RegistrationView(
                ID,
                "ML26-7K3F9Q",
                "mlsys-2026",
                Status.CONFIRMED,
                SUM,
                SUM,
                SUM,
                List.of(line()),
                "early",
                Instant.EPOCH,
                reason,
                new Registration.Contact("Ada Lovelace", "ada@example.org", "en"),
                Registration.PaymentMethod.card,
                "VOUCHER",
                Instant.EPOCH,
                List.of(attendee(ADA), attendee(GRACE)),
                new OfferView(List.of(line()), SUM, SUM, SUM));
    }

    private static Caller attendeeCaller() {
        return new Caller.Registrant(new AccessToken(ID, GRACE, 0));
    }

    private static Caller staff(Role... roles) {
        return new Caller.Staff(
                new Person("somebody", "Somebody"),
                Arrays.stream(roles).map(Role.Grant::of).collect(Collectors.toSet()),
                Instant.MAX);
    }

    private static AttendeeView attendee(UUID id) {
        return new AttendeeView(
                id,
                "academic",
                "Ada",
                "Lovelace",
                "ada@example.org",
                "Analytical Engines",
                "GB",
                "Ada",
                "vegan",
                "ramp",
                List.of(new Attendee.BookedAddOn("tutorials", 1)),
                Attendee.Proof.accepted);
    }

    private static PriceLine line() {
        return new PriceLine("Academic", 0, 1, SUM, SUM);
    }

    /** Returns the fields that have a value; fields of several attendees or lines appear once. */
    private static Map<String, String> fields(RegistrationRepresentation representation) {
        Map<String, String> fields = new LinkedHashMap<>();
        collect("", Documents.treeOf(representation), fields);
        return fields;
    }

    private static void collect(String path, JsonNode node, Map<String, String> fields) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> collect(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), fields));
        } else if (node.isArray()) {
            node.forEach(one -> collect(path, one, fields));
        } else if (!node.isNull()) {
            fields.put(path, node.asString());
        }
    }
}
