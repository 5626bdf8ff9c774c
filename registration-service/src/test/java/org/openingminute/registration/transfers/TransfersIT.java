package org.openingminute.registration.transfers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.messaging.testing.StatementCounts;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

/** Proves that lines of a bank statement find registrations and change nothing, on the running service with its database. */
@RegistrationServiceTest
class TransfersIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    private String slug = "";

    @BeforeEach
    void conference() {
        slug = service.putConference(100, 600);
        String path = "/api/admin/conferences/" + slug;
        ObjectNode definition = (ObjectNode)
                service.get(path, staffToken("organiser")).expect(200).body();
        ((ObjectNode) definition.path("registration")).put("invoiceDays", 14);
        service.put(path, staffToken("organiser"), definition.toString()).expect(200);
    }

    @Test
    void line_leads_to_a_registration_by_its_reference_before_the_index_has_it() {
        Reply made = register("Ada", "Lovelace");
        String reference = made.text("reference");
        String typed = "fee te 26 " + reference.substring(5).replace('0', 'O').toLowerCase() + " thank you";

        assertThat(matches(
                        line(reference, null, 10_000),
                        line(typed, null, 10_000),
                        line(null, reference.replace("-", ""), 4_000),
                        line(reference, null, 10_001),
                        line(reference, null, null),
                        line("fee", null, 10_000)))
                .containsExactly("exact 1", "exact 1", "part 1", "over 1", "unknown 1", "unknown 0");
        Reply found = match(line(reference, null, 10_000));
        assertThat(found.text("items.0.candidates.0.registration")).isEqualTo(made.text("id"));
        assertThat(found.text("items.0.candidates.0.reference")).isEqualTo(reference);
        assertThat(found.text("items.0.candidates.0.name")).isEqualTo("Ada Lovelace");
        assertThat(found.number("items.0.candidates.0.due.amount")).isEqualTo(10_000);
        assertThat(found.number("items.0.line")).isZero();
        assertThat(service.read(made).text("status")).isEqualTo("pending-payment");
    }

    @Test
    void line_leads_to_a_registration_by_amount_and_name() {
        register("Jürgen", "Weiß");
        register("Grace", "Hopper");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(matches(
                                line("WEISS JUERGEN ticket", null, 10_000),
                                line("Grace Hopper", "4711", 10_000),
                                line("Grace Hopper", null, 9_000),
                                line("Grace Weiß", null, 10_000)))
                        .containsExactly("exact 1", "exact 1", "unknown 0", "unknown 0"));
    }

    @Test
    void marked_transfer_is_known_and_its_part_no_longer_due() {
        Reply made = register("Ada", "Lovelace");
        String reference = made.text("reference");
        markPaid(made, "SEPA 1", 4_000);

        assertThat(matches(
                        line(reference, "sepa 1", 4_000),
                        line(reference, "SEPA 2", 6_000),
                        line(reference, "SEPA 2", 10_000)))
                .containsExactly("known 1", "exact 1", "over 1");
        // Only the desk's index can find this registration.
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(matches(line("refers to nothing", "SEPA 1", 4_000)))
                        .containsExactly("known 1"));
    }

    @Test
    void marked_transfer_is_known_where_more_fit_than_are_offered() {
        Reply made = register("Ada", "Lovelace");
        for (int more = 0; more < 7; more++) {
            made = register("Ada", "Lovelace");
        }
        String line = line("Ada Lovelace", null, 10_000);
        await().atMost(SOON).untilAsserted(() -> assertThat(matches(line)).containsExactly("exact 6"));

        markPaid(made, "Ada Lovelace", 10_000);

        await().atMost(SOON).untilAsserted(() -> assertThat(matches(line)).containsExactly("known 1"));
        assertThat(match(line).text("items.0.candidates.0.registration")).isEqualTo(made.text("id"));
    }

    private void markPaid(Reply made, String reference, int amount) {
        service.post(
                        "/api/admin/registrations/" + made.text("id") + "/mark-paid",
                        staffToken("finance"),
                        newKey(),
                        """
                {"reference": "%s", "amount": {"amount": %d, "currency": "USD"}, "receivedAt": "2026-02-02T17:00:00Z"}""".formatted(reference, amount))
                .expect(200);
    }

    @Test
    void statements_are_two_however_many_lines_there_are() {
        Reply made = register("Ada", "Lovelace");
        StatementCounts counts = StatementCounts.of(jdbc);
        List<String> lines =
                new ArrayList<>(Collections.nCopies(498, line("Grace Hopper " + "x".repeat(400), null, 10_000)));
        lines.add(line(made.text("reference"), null, 10_000));
        lines.add(line("Ada Lovelace", null, 1));

        double before = ofTransfers(counts);
        assertThat(match(lines.toArray(String[]::new)).text("items.498.match")).isEqualTo("exact");
        assertThat(ofTransfers(counts) - before).isEqualTo(2);
        match(line("Grace Hopper", null, 10_000));
        assertThat(ofTransfers(counts) - before).isEqualTo(4);
    }

    private static double ofTransfers(StatementCounts counts) {
        return counts.now().sum(text -> text.contains("with ordinality as q") || text.contains("number = any"));
    }

    @Test
    void another_conferences_registration_is_not_found() {
        Reply elsewhere = register("Ada", "Lovelace");
        conference();

        assertThat(matches(line(elsewhere.text("reference"), null, 10_000))).containsExactly("unknown 0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | lines",
                "{\"lines\": null} | lines",
                "{\"lines\": [null]} | lines[0]",
                "{\"lines\": [{\"text\": \"a\"}, {\"text\": \" \"}]} | lines[1].text",
                "{\"lines\": [{\"text\": \"a\", \"receivedAt\": \"today\"}]} | lines[0].receivedAt",
                "{\"lines\": [{\"text\": \"a\", \"receivedAt\": \"+999999999-12-31T00:00:00Z\"}]} | lines[0].receivedAt",
                "{\"lines\": [{\"text\": \"a\", \"reference\": \"\\u0007\"}]} | lines[0].reference",
                "{\"lines\": [{\"text\": \"a\", \"iban\": \"\"}]} | lines[0].iban"
            })
    void what_is_no_line_is_refused(String body, String field) {
        Reply refused =
                service.post(path(), staffToken("organiser"), null, body).expectProblem(422, "invalid");
        assertThat(refused.text("errors.0.field")).isEqualTo(field);
    }

    @Test
    void lines_are_bounded_and_their_amounts_are_money() {
        String one = line("a", null, 1);
        assertThat(matches(Collections.nCopies(500, one).toArray(String[]::new)))
                .hasSize(500);
        service.post(path(), staffToken("organiser"), null, body(Collections.nCopies(501, one).stream()))
                .expectProblem(422, "invalid");
        service.post(path(), staffToken("organiser"), null, body(Stream.of(line("a".repeat(501), null, 1))))
                .expectProblem(422, "invalid");
        assertThat(service.post(
                                path(),
                                staffToken("organiser"),
                                null,
                                body(Stream.of(one)).replace("USD", "XXX"))
                        .expectProblem(422, "invalid")
                        .text("errors.0.field"))
                .isEqualTo("lines[0].amount.currency");
        assertThat(matches()).isEmpty();
    }

    private Reply register(String given, String family) {
        return service.post("/api/conferences/" + slug + "/registrations", null, newKey(), """
                {"contact": {"name": "%1$s %2$s", "email": "a@example.org"}, "paymentMethod": "invoice",
                 "attendees": [{"category": "seat", "givenName": "%1$s", "familyName": "%2$s", "email": "a@example.org"}],
                 "acceptedCodeOfConduct": true}""".formatted(given, family))
                .expect(201);
    }

    private static String line(@Nullable String text, @Nullable String reference, @Nullable Integer amount) {
        return "{\"text\": %s, \"reference\": %s, \"amount\": %s, \"receivedAt\": \"2026-02-03T00:00:00Z\"}"
                .formatted(
                        text == null ? null : '"' + text + '"',
                        reference == null ? null : '"' + reference + '"',
                        amount == null ? null : "{\"amount\": " + amount + ", \"currency\": \"USD\"}");
    }

    /** Each line's match and how many candidates there are. */
    private List<String> matches(String... lines) {
        List<String> matches = new ArrayList<>();
        match(lines)
                .body()
                .get("items")
                .forEach(item -> matches.add(item.get("match").asString() + " "
                        + item.get("candidates").size()));
        return matches;
    }

    private Reply match(String... lines) {
        return service.post(path(), staffToken("finance"), null, body(Stream.of(lines)))
                .expect(200);
    }

    private static String body(Stream<String> lines) {
        return "{\"lines\": [" + lines.collect(Collectors.joining(",")) + "]}";
    }

    private String path() {
        return "/api/admin/conferences/" + slug + "/transfers";
    }
}
