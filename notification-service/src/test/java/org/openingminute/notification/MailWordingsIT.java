package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.JSON;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.notification.due.MailKind;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Proves reading, previewing and changing organisers' wordings, over HTTP on the running service with its database and a mail trap. */
@NotificationServiceApplicationTest
class MailWordingsIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    private String slug;
    private String mails;
    private String confirmation;
    private String payNow;

    @BeforeEach
    void conference() {
        slug = service.newConference();
        mails = "/api/admin/conferences/" + slug + "/mails";
        confirmation = mails + "/confirmation/en";
        payNow = mails + "/pay-now/de";
    }

    @Test
    void mail_uses_the_words_of_organisers_while_there_are_any() {
        assertThat(put(confirmation, "{conference}: welcome, {name}", "See you there.\n\nBring <b>{reference}</b>.")
                        .statusCode())
                .isEqualTo(201);
        JsonNode theirs = confirmationOf(new Story());

        assertThat(theirs.path("subject").asString()).isEqualTo("MLSys 2026: welcome, Ada Lovelace");
        assertThat(theirs.path("text").asString().replace("\r\n", "\n"))
                .startsWith("Dear Ada Lovelace,\n\nSee you there.\n\nBring <b>ML26-7K3F9Q</b>.\n\n")
                .contains("/open#", "Reference: ML26-7K3F9Q", "USD 800.00")
                .doesNotContain("is confirmed");
        assertThat(theirs.path("html").asString())
                .contains("See you there.</p>", "Bring &lt;b&gt;ML26-7K3F9Q&lt;/b&gt;.</p>", "/open#");

        HttpResponse<String> removed = service.call("DELETE", confirmation, null, organiser());
        assertThat(removed.statusCode()).isEqualTo(200);
        assertThat(read(removed).path("subject").asString()).isEqualTo("{conference}: welcome, {name}");
        assertThat(confirmationOf(new Story()).path("subject").asString())
                .isEqualTo("MLSys 2026: you are registered (ML26-7K3F9Q)");
        assertProblem(service.call("DELETE", confirmation, null, organiser()), 404, "not-found");
        assertProblem(service.call("GET", confirmation, null, organiser()), 404, "not-found");
    }

    @Test
    void words_are_set_read_and_listed() {
        HttpResponse<String> first = put(payNow, "{conference}: Platz frei", "{total} bis {deadline}");
        assertThat(first.statusCode()).isEqualTo(201);
        HttpResponse<String> second = put(payNow, "{conference}: bitte zahlen", "Bitte {total} bis {deadline}.");
        assertThat(second.statusCode()).isEqualTo(200);

        HttpResponse<String> found = service.call("GET", payNow, null, organiser());
        assertThat(found.statusCode()).isEqualTo(200);
        assertThat(read(found)).isEqualTo(read(second));
        assertThat(found.headers().firstValue("ETag"))
                .isEqualTo(second.headers().firstValue("ETag"))
                .isNotEqualTo(first.headers().firstValue("ETag"));
        assertThat(read(found).path("subject").asString()).isEqualTo("{conference}: bitte zahlen");
        assertThat(read(found).path("text").asString()).isEqualTo("Bitte {total} bis {deadline}.");
        assertThat(read(found).path("changedBy").asString()).isNotEmpty();
        assertThat(read(found).propertyNames())
                .containsExactlyInAnyOrder("kind", "locale", "subject", "text", "changedAt", "changedBy");

        JsonNode kinds = read(service.call("GET", mails, null, organiser())).path("items");
        assertThat(kinds).hasSize(MailKind.values().length);
        JsonNode payNow = kinds.valueStream()
                .filter(kind -> kind.path("kind").asString().equals("pay-now"))
                .findFirst()
                .orElseThrow();
        assertThat(payNow.path("overridden").toString()).isEqualTo("[\"de\"]");
        assertThat(payNow.path("placeholders").toString())
                .contains("{\"name\":\"conference\",\"neededIn\":[\"subject\"]}")
                .contains("{\"name\":\"deadline\",\"neededIn\":[\"text\"]}")
                .contains("{\"name\":\"name\",\"neededIn\":[]}");
        assertThat(jdbc.sql("select subject from mail_wording where conference = ? order by revision")
                        .param(slug)
                        .query(String.class)
                        .list())
                .as("the wordings before are kept")
                .containsExactly("{conference}: Platz frei", "{conference}: bitte zahlen");
    }

    @Test
    void words_that_withhold_something_or_cannot_be_filled_in_are_refused() {
        assertInvalid(put(payNow, "{conference}", "Bitte zahlen Sie {total}."), "text", "must have {deadline}");
        assertInvalid(put(payNow, "Bitte zahlen", "{total} {deadline}"), "subject", "must have {conference}");
        assertInvalid(
                put(payNow, "{conference}", "{total} {deadline} {dedline}"),
                "text",
                "{dedline} is not a placeholder of this mail");
        assertInvalid(put(payNow, "{conference}\r\nBcc: eve@example.org", "{total} {deadline}"), "subject", "one line");
        for (String ofTheOrder : List.of("{total}", "{seats}")) {
            assertInvalid(
                    put(mails + "/contact-changed/de", "{conference}", ofTheOrder),
                    "text",
                    ofTheOrder + " is not a placeholder of this mail");
        }
        assertInvalid(
                service.call("PUT", payNow, "{\"subject\": \"{conference}\", \"words\": \"x\"}", typed(organiser())),
                "words",
                "is not a known field");
        assertInvalid(
                service.call("PUT", payNow, "{}", typed(organiser())), "subject", "must have 1 to 150 characters");
        assertProblem(service.call("GET", payNow, null, organiser()), 404, "not-found");
    }

    @Test
    void a_request_is_checked_for_form_before_token_and_for_fields_after() {
        assertProblem(service.call("PUT", payNow, "{", typed()), 400, "malformed");
        assertProblem(service.call("PUT", payNow, "{\"subject\": 1}", typed()), 400, "malformed");
        assertProblem(
                service.call("PUT", payNow, "{\"text\": \"" + "x".repeat(20_000) + "\"}", typed()), 413, "too-large");
        for (String path : List.of(mails, payNow)) {
            assertProblem(service.call("GET", path, null), 401, "unauthenticated");
            assertProblem(service.call("GET", path, null, bearer("check-in")), 403, "forbidden");
        }
        assertProblem(service.call("PUT", payNow, "{}", typed()), 401, "unauthenticated");
        assertProblem(service.call("PUT", payNow, "{}", typed(bearer("operator"))), 403, "forbidden");
        assertProblem(service.call("DELETE", payNow, null), 401, "unauthenticated");
        assertProblem(service.call("POST", payNow + "/preview", "{}", typed()), 401, "unauthenticated");
        for (String path : List.of(
                "/api/admin/conferences/nowhere/mails/pay-now/en", mails + "/love-letter/en", mails + "/pay-now/fr")) {
            assertProblem(service.call("PUT", path, "{}", typed(organiser())), 404, "not-found");
            assertProblem(service.call("POST", path + "/preview", "{}", typed(organiser())), 404, "not-found");
        }
        assertProblem(service.call("GET", "/api/admin/conferences/nowhere/mails", null, organiser()), 404, "not-found");
    }

    @ParameterizedTest
    @EnumSource(MailKind.class)
    void every_kind_has_a_preview_in_ours_and_in_given_words(MailKind kind) {
        String path = mails + "/" + kind.code() + "/en/preview";
        HttpResponse<String> ours = service.call("POST", path, "{}", typed(organiser()));
        assertThat(ours.statusCode()).as(ours.body()).isEqualTo(200);
        assertThat(read(ours).propertyNames()).containsExactlyInAnyOrder("subject", "text", "html");
        assertThat(read(ours).path("subject").asString())
                .startsWith("MLSys 2026: ")
                .endsWith("(SAMPLE-0000)");
        assertThat(read(ours).path("text").asString()).doesNotContain("{", "null");
        assertThat(read(ours).path("text").asString().contains("/open#•••"))
                .as("a former contact gets no link")
                .isNotEqualTo(kind == MailKind.CONTACT_CHANGED);

        boolean ofFormer = kind == MailKind.CONTACT_CHANGED;
        String written = "<i>Own words</i> " + (ofFormer ? "{conference}" : "{total}");
        String filled = "Own words</i> " + (ofFormer ? "MLSys 2026" : "USD 800.00");
        HttpResponse<String> theirs =
                service.call("POST", path, body("{conference} <1>", written + needed(kind)), typed(organiser()));
        assertThat(theirs.statusCode()).as(theirs.body()).isEqualTo(200);
        assertThat(read(theirs).path("subject").asString()).isEqualTo("MLSys 2026 <1>");
        assertThat(read(theirs).path("text").asString()).contains("<i>" + filled);
        assertThat(read(theirs).path("html").asString()).contains("&lt;i&gt;" + filled.replace("</i>", "&lt;/i&gt;"));
        assertThat(jdbc.sql("select count(*) from mail_wording where conference = ?")
                        .param(slug)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void preview_shows_the_current_words_and_refuses_unusable_ones() {
        put(payNow, "{conference}: los", "{total} bis {deadline}, {name}");

        assertThat(read(service.call("POST", payNow + "/preview", "{}", typed(organiser())))
                        .path("text")
                        .asString())
                .contains("800,00 USD bis 18. April 2026, 12:00 PDT, Ada Lovelace");
        assertInvalid(
                service.call("POST", payNow + "/preview", body("{conference}", "{total}"), typed(organiser())),
                "text",
                "must have {deadline}");
    }

    @Test
    void put_with_if_match_changes_the_named_revision_alone() {
        String[] organiser = typed(organiser());
        String[] anything = with(organiser, "If-Match", "*");
        assertProblem(service.call("PUT", confirmation, body("{conference}", "a"), anything), 412, "changed");
        String tag = put(confirmation, "{conference}", "a")
                .headers()
                .firstValue("ETag")
                .orElseThrow();
        assertThat(service.call("PUT", confirmation, body("{conference}", "b"), with(organiser, "If-Match", tag))
                        .statusCode())
                .isEqualTo(200);
        assertProblem(
                service.call("PUT", confirmation, body("{conference}", "c"), with(organiser, "If-Match", tag)),
                412,
                "changed");
        assertProblem(service.call("DELETE", confirmation, null, with(organiser(), "If-Match", tag)), 412, "changed");
        assertThat(service.call("PUT", confirmation, body("{conference}", "d"), anything)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void concurrent_changes_each_count_on_their_own() throws ExecutionException, InterruptedException {
        List<CompletableFuture<Integer>> all = IntStream.range(0, 8)
                .mapToObj(n -> CompletableFuture.supplyAsync(
                        () -> put(confirmation, "{conference} " + n, "x").statusCode(), Thread::startVirtualThread))
                .toList();
        for (CompletableFuture<Integer> one : all) {
            assertThat(one.get()).isIn(200, 201);
        }

        assertThat(all.stream().map(CompletableFuture::join).filter(status -> status == 201))
                .hasSize(1);
        assertThat(jdbc.sql("select count(*) from mail_wording where conference = ?")
                        .param(slug)
                        .query(Long.class)
                        .single())
                .isEqualTo(8);
    }

    private static String needed(MailKind kind) {
        return switch (kind) {
            case PAY_NOW, PROOF_ACCEPTED, PAYMENT_FAILED, PROOF_WANTED -> " {deadline}";
            case REFUND_MADE, REFUND_FAILED, LATE_PAYMENT_REFUNDED, PAYMENT_DISPUTED, DISPUTE_SETTLED -> " {amount}";
            case CONFIRMATION, EXPIRED, CANCELLED, PROOF_REFUSED, LINK, CONTACT_CHANGED -> "";
        };
    }

    private JsonNode confirmationOf(Story story) {
        NEIGHBOURS.publish(story.with("conference", slug).confirmed());
        soon(() -> assertThat(service.mailsTo(story.email)).hasSize(1));
        return service.mailsTo(story.email).getFirst();
    }

    private HttpResponse<String> put(String path, String subject, String text) {
        return service.call("PUT", path, body(subject, text), typed(organiser()));
    }

    private static String body(String subject, String text) {
        return JSON.writeValueAsString(Map.of("subject", subject, "text", text));
    }

    private static JsonNode read(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    private static void assertInvalid(HttpResponse<String> answer, String field, String message) {
        assertProblem(answer, 422, "invalid");
        assertThat(read(answer).path("errors").valueStream()).anySatisfy(error -> {
            assertThat(error.path("field").asString()).isEqualTo(field);
            assertThat(error.path("message").asString()).contains(message);
        });
    }

    private static String[] organiser() {
        return bearer("organiser");
    }

    private static String[] bearer(String role) {
        return new String[] {"Authorization", "Bearer " + STAFF.token(role)};
    }

    private static String[] typed(String... headers) {
        return with(headers, "Content-Type", "application/json");
    }

    private static String[] with(String[] headers, String name, String value) {
        return Stream.concat(Stream.of(headers), Stream.of(name, value)).toArray(String[]::new);
    }
}
