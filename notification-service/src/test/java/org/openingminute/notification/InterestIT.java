package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.JSON;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.TRAP;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.testing.Rounds;
import org.openingminute.notification.subscription.InterestTokens;
import org.openingminute.notification.subscription.Topic;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Proves subscribing, confirming by mail and unsubscribing, over HTTP on the running service with its database and a mail trap. */
@NotificationServiceApplicationTest
class InterestIT {

    private static final Pattern CONFIRMATION = Pattern.compile("/interest/confirmation\\?token=([A-Za-z0-9._,-]+)");
    private static final Pattern LEAVE = Pattern.compile("/api/unsubscribe/([A-Za-z0-9._,-]+)");

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    InterestTokens tokens;

    private final String address = "ada-" + UUID.randomUUID() + "@example.org";

    @Test
    void a_mail_asks_once_and_only_the_button_of_its_page_subscribes() {
        assertThat(ask(address, "registration", "program").statusCode()).isEqualTo(202);
        assertThat(ask(address.toUpperCase(Locale.ROOT), "program").statusCode())
                .isEqualTo(202);
        String token = tokenOf(theMail(1));

        HttpResponse<String> page = browser("GET", "/interest/confirmation?token=" + token, null);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<form method=\"post\" action=\"/interest/confirmation\"", "the programme");
        assertThat(topics()).isEmpty();

        assertThat(browser("POST", "/interest/confirmation", "token=" + token).statusCode())
                .isEqualTo(200);
        assertThat(topics()).containsExactly("program", "registration");
        assertThat(browser("POST", "/interest/confirmation", "token=" + token).statusCode())
                .isEqualTo(200);
        assertThat(topics()).containsExactly("program", "registration");

        assertThat(ask(address, "registration").body())
                .isEqualTo(ask("never-seen-" + address, "registration").body());
        assertThat(optInRows()).isEqualTo(1);
    }

    @Test
    void later_topics_are_confirmed_by_another_mail_an_hour_later() {
        ask(address, "registration");
        String first = tokenOf(theMail(1));
        browser("POST", "/interest/confirmation", "token=" + first);
        ask(address, "keynotes", "registration");
        ask(address, "program");
        assertThat(optInRows()).isEqualTo(2);
        browser("POST", "/interest/confirmation", "token=" + first);
        assertThat(topics()).containsExactly("registration");

        anHourPasses();
        String second = tokenOf(theMail(2));
        browser("POST", "/interest/confirmation", "token=" + second);
        assertThat(topics()).containsExactly("keynotes", "program", "registration");
    }

    @Test
    void one_click_unsubscribes_and_asking_again_begins_anew() {
        ask(address, "registration");
        JsonNode mail = theMail(1);
        browser("POST", "/interest/confirmation", "token=" + tokenOf(mail));
        assertThat(TRAP.header(address, "List-Unsubscribe"))
                .isEqualTo("<" + StaffIssuer.ISSUER + "/api/unsubscribe/" + leaveTokenOf(mail) + ">");
        assertThat(TRAP.header(address, "List-Unsubscribe-Post")).isEqualTo("List-Unsubscribe=One-Click");

        HttpResponse<String> page = browser("GET", "/api/unsubscribe/" + leaveTokenOf(mail), null);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("value=\"One-Click\"");
        assertThat(topics()).containsExactly("registration");

        for (int click = 0; click < 2; click++) {
            HttpResponse<String> left = service.call(
                    "POST",
                    "/api/unsubscribe/" + leaveTokenOf(mail),
                    "List-Unsubscribe=One-Click",
                    "Content-Type",
                    "application/x-www-form-urlencoded");
            assertThat(left.statusCode()).isEqualTo(204);
            assertThat(left.headers().firstValue("Set-Cookie")).isEmpty();
        }
        assertThat(topics()).isEmpty();
        assertThat(jdbc.sql("select count(*) from subscriber where address = ?")
                        .param(address)
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(jdbc.sql("select count(*) from mail where lower(recipient) = ?")
                        .param(address)
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(browser("POST", "/interest/confirmation", "token=" + tokenOf(mail))
                        .body())
                .contains("This link has expired");
        assertThat(topics()).isEmpty();
        assertThat(browser("GET", "/api/unsubscribe/" + leaveTokenOf(mail), null)
                        .body())
                .contains("You are unsubscribed");

        ask(address, "registration");
        browser("POST", "/interest/confirmation", "token=" + tokenOf(theMail(2)));
        assertThat(topics()).containsExactly("registration");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k1.019c1f4b-fe80-7025-8065-5a1d316edc57.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "' or 1=1 --",
                "<script>alert(1)",
                "x\u2028Set-Cookie: a=b",
                "a"
            })
    void a_forged_token_is_refused_clearly_and_shown_nowhere(String token) {
        String path = "/api/unsubscribe/" + encoded(token);
        assertProblem(
                service.call(
                        "POST",
                        path,
                        "List-Unsubscribe=One-Click",
                        "Content-Type",
                        "application/x-www-form-urlencoded"),
                403,
                "forbidden");
        for (HttpResponse<String> page : List.of(
                browser("POST", path, "List-Unsubscribe=One-Click"),
                browser("GET", path, null),
                browser("GET", "/interest/confirmation?token=" + encoded(token), null),
                browser("POST", "/interest/confirmation", "token=" + encoded(token)))) {
            assertThat(page.statusCode()).isEqualTo(403);
            assertThat(page.body()).contains("This link is not valid").doesNotContain("<script>alert");
            assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
        }
    }

    @Test
    void a_link_that_was_not_answered_for_a_week_has_ended() {
        ask(address, "registration");
        JsonNode mail = theMail(1);
        UUID subscriber = jdbc.sql("select id from subscriber where address = ?")
                .param(address)
                .query(UUID.class)
                .single();
        String late = tokens.optIn(subscriber, Instant.now().minusSeconds(8 * 86_400), EnumSet.of(Topic.PROGRAM), "en");
        assertThat(tokenOf(mail)).isNotEqualTo(late);
        assertThat(browser("POST", "/interest/confirmation", "token=" + late).body())
                .contains("This link has expired");
        assertThat(topics()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"email\": \"ada\", \"topics\": [\"program\"]} | 422 | invalid | email",
                "{\"email\": \"ada@example.org\\r\\nBcc: e@example.org\", \"topics\": [\"program\"]} | 422 | invalid | email",
                "{\"topics\": [\"program\"]} | 422 | invalid | email",
                "{\"email\": \"ada@example.org\", \"topics\": []} | 422 | invalid | topics",
                "{\"email\": \"ada@example.org\"} | 422 | invalid | topics",
                "{\"email\": \"ada@example.org\", \"topics\": [\"program\", \"gossip\"]} | 422 | invalid | topics[1]",
                "{\"email\": \"ada@example.org\", \"topics\": [\"attendees\"]} | 422 | invalid | topics[0]",
                "{\"email\": \"ada@example.org\", \"topics\": [\"program\"], \"name\": \"Ada\"} | 422 | invalid | name",
                "{\"email\": 7, \"topics\": [\"program\"]} | 400 | malformed | ",
                "{\"email\": \"ada@example.org\", \"topics\": \"program\"} | 400 | malformed | ",
                "{\"email\": | 400 | malformed | "
            })
    void senseless_request_is_refused_by_its_field(String body, int status, String code, @Nullable String field) {
        HttpResponse<String> answer =
                service.call("POST", "/api/conferences/mlsys-2026/interest", body, "Content-Type", "application/json");
        assertProblem(answer, status, code);
        if (field != null) {
            assertThat(JSON.readTree(answer.body()).at("/errors/0/field").asString())
                    .isEqualTo(field);
        }
    }

    @Test
    void a_conference_that_is_none_is_not_found() {
        assertProblem(
                service.call(
                        "POST",
                        "/api/conferences/nowhere/interest",
                        body(address, "program"),
                        "Content-Type",
                        "application/json"),
                404,
                "not-found");
    }

    @Test
    void conference_just_made_is_waited_for() {
        service.newConference(); // The service reads them now.
        HttpResponse<String> answer = Rounds.within(Duration.ofSeconds(2), () -> {
            String slug = "conference-" + UUID.randomUUID().toString().substring(0, 8);
            CompletableFuture<HttpResponse<String>> asked = CompletableFuture.supplyAsync(
                    () -> service.call(
                            "POST",
                            "/api/conferences/" + slug + "/interest",
                            body(address, "program"),
                            "Content-Type",
                            "application/json"),
                    task -> Thread.ofVirtual().start(task));
            NEIGHBOURS.publish(Story.conference(slug, 1));
            return asked.join();
        });

        assertThat(answer.statusCode()).isEqualTo(202);
    }

    @Test
    void a_form_does_the_same_in_the_readers_language() {
        HttpResponse<String> page = service.call(
                "POST",
                "/conferences/mlsys-2026/interest",
                "email=" + encoded(" " + address + " ") + "&topics=keynotes&topics=program",
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Accept",
                "text/html",
                "Accept-Language",
                "de");
        assertThat(page.statusCode()).isEqualTo(202);
        assertThat(page.body()).contains("Bitte sehen Sie in Ihrem Postfach nach", "lang=\"de\"");
        JsonNode mail = theMail(1);
        assertThat(mail.path("subject").asString()).isEqualTo("MLSys 2026: Bitte bestätigen Sie Ihr Abonnement");

        HttpResponse<String> wrong = browser("POST", "/conferences/mlsys-2026/interest", "email=ada");
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body())
                .contains("We cannot send email to this address", "at least one topic", "/conferences/mlsys-2026");
    }

    private HttpResponse<String> ask(String email, String... topics) {
        return service.call(
                "POST",
                "/api/conferences/mlsys-2026/interest",
                body(email, topics),
                "Content-Type",
                "application/json");
    }

    private static String body(String email, String... topics) {
        return "{\"email\": \"" + email + "\", \"topics\": [\"" + String.join("\", \"", topics) + "\"]}";
    }

    private HttpResponse<String> browser(String method, String path, @Nullable String form) {
        return form == null
                ? service.call(method, path, null, "Accept", "text/html,*/*", "Accept-Language", "en")
                : service.call(
                        method,
                        path,
                        form,
                        "Accept",
                        "text/html,*/*",
                        "Accept-Language",
                        "en",
                        "Content-Type",
                        "application/x-www-form-urlencoded");
    }

    /** Waits for this number of mails; returns the newest. */
    private JsonNode theMail(int count) {
        soon(() -> assertThat(service.mailsTo(address)).hasSize(count));
        return service.mailsTo(address).getLast();
    }

    private static String tokenOf(JsonNode mail) {
        return found(CONFIRMATION, mail);
    }

    private static String leaveTokenOf(JsonNode mail) {
        return found(LEAVE, mail);
    }

    private static String found(Pattern link, JsonNode mail) {
        Matcher matcher = link.matcher(mail.path("text").asString());
        assertThat(matcher.find()).as(mail.toString()).isTrue();
        return matcher.group(1);
    }

    private List<String> topics() {
        return jdbc.sql("""
                select topic from interest join subscriber on subscriber.id = subscriber_id where address = ? order by topic
                """).param(address).query(String.class).list();
    }

    private int optInRows() {
        return jdbc.sql("select count(*) from mail where kind = 'interest-opt-in' and lower(recipient) = ?")
                .param(address)
                .query(Integer.class)
                .single();
    }

    private void anHourPasses() {
        jdbc.sql("""
                update mail set due_since = due_since - interval '1 hour', next_try_at = next_try_at - interval '1 hour'
                 where kind = 'interest-opt-in' and state = 'waiting' and lower(recipient) = ?
                """).param(address).update();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
