package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.JSON;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;
import static org.openingminute.notification.ServiceFixture.token;

import com.zaxxer.hikari.HikariDataSource;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.Rounds;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * Proves the list of mails and resends by organisers and registrants, over HTTP on the running service with its database and a mail trap.
 */
@NotificationServiceApplicationTest
class MailLogIT {

    private static final String CONFIRMATION = "{\"kind\": \"confirmation\"}";
    private static final String JSON_TYPE = "application/json";

    @Autowired
    private ServiceFixture service;

    @Autowired
    DataSource dataSource;

    @Test
    void only_an_organiser_sees_mails() {
        assertProblem(service.call("GET", "/api/admin/mails", null), 401, "unauthenticated");
        assertProblem(
                service.call("GET", "/api/admin/mails", null, "Authorization", "Bearer a.b.c"), 401, "unauthenticated");
        assertProblem(
                service.call("GET", "/api/admin/mails", null, "Authorization", "Basic abc"), 401, "unauthenticated");
        assertProblem(service.call("GET", "/api/admin/mails", null, bearer(STAFF.token("check-in"))), 403, "forbidden");
        assertProblem(
                service.call("GET", "/api/admin/mails", null, bearer(token(UUID.randomUUID(), "-", 0))),
                403,
                "forbidden");
        assertProblem(
                service.call(
                        "GET",
                        "/api/admin/mails",
                        null,
                        bearer(STAFF.token(
                                "https://elsewhere.example.org", Instant.now().plusSeconds(900), "organiser"))),
                401,
                "unauthenticated");
        assertProblem(
                service.call(
                        "GET",
                        "/api/admin/mails",
                        null,
                        bearer(STAFF.token(StaffIssuer.ISSUER, Instant.now().minusSeconds(900), "organiser"))),
                401,
                "unauthenticated");
        assertThat(service.call("GET", "/api/admin/mails", null, "Cookie", "staff=" + STAFF.token("organiser"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void mails_are_listed_newest_first_and_page_by_page() {
        Story story = confirmedStory();
        for (int i = 0; i < 4; i++) {
            assertThat(sendAgain(story, bearer(token(story.id, "-", 0))).statusCode())
                    .isEqualTo(200);
            nothingWaits(story);
        }
        Set<String> seen = new HashSet<>();
        String after = "";
        int pages = 0;
        do {
            JsonNode page = list("?limit=2&registration=" + story.id + after);
            page.path("items").forEach(mail -> seen.add(mail.path("id").asString()));
            after = page.path("next").isNull()
                    ? ""
                    : "&after=" + page.path("next").asString();
            pages++;
        } while (!after.isEmpty());

        assertThat(seen).hasSize(5);
        assertThat(pages).isEqualTo(3);
        soon(() -> assertThat(list("?state=sent&to=" + story.email.toUpperCase(java.util.Locale.ROOT))
                        .path("items"))
                .hasSize(5));
        assertThat(list("?state=bounced&registration=" + story.id).path("items"))
                .isEmpty();
        JsonNode oldest =
                list("?limit=200&registration=" + story.id).path("items").path(4);
        assertThat(oldest.path("kind").asString()).isEqualTo("confirmation");
        assertThat(oldest.path("requestedBy").isNull()).isTrue();
    }

    @Test
    void organiser_of_one_conference_sees_its_mails_alone() {
        Story story = confirmedStory();
        String mails = "/api/admin/mails?registration=" + story.id;
        String id = list("?registration=" + story.id).at("/items/0/id").asString();
        String[] here = bearer(STAFF.token("organiser:mlsys-2026"));
        String[] elsewhere = bearer(STAFF.token("organiser:elsewhere-2026"));

        assertThat(service.call("GET", mails, null, here).body()).contains(id);
        assertThat(service.call("GET", mails, null, elsewhere).body()).contains("\"items\":[]");
        assertThat(service.call("GET", "/api/admin/mails/" + id, null, here).statusCode())
                .isEqualTo(200);
        assertProblem(service.call("GET", "/api/admin/mails/" + id, null, elsewhere), 403, "forbidden");
        assertProblem(service.call("POST", "/api/admin/mails/" + id + "/resend", null, elsewhere), 403, "forbidden");
    }

    @Test
    void a_filter_that_makes_no_sense_is_invalid() {
        for (String filter :
                new String[] {"?state=lost", "?registration=1", "?limit=0", "?limit=x", "?after=1", "?to=%00"}) {
            assertProblem(service.call("GET", "/api/admin/mails" + filter, null, organiser()), 422, "invalid");
        }
        assertThat(list("?registration=&to=&state=&after=&limit=1").path("items"))
                .as("empty fields, as a form sends them")
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void a_mail_can_be_read_as_it_was_sent_but_for_its_token() {
        Story story = confirmedStory();
        String id = list("?registration=" + story.id)
                .path("items")
                .path(0)
                .path("id")
                .asString();

        JsonNode mail = JSON.readTree(
                service.call("GET", "/api/admin/mails/" + id, null, organiser()).body());
        assertThat(mail.path("subject").asString()).contains("you are registered");
        assertThat(mail.path("text").asString()).contains("Dear Ada Lovelace", "/open#•••");
        assertThat(mail.path("html").asString()).contains("/open#•••");
        assertThat(mail.path("attempts").asInt()).isEqualTo(1);
        assertThat(mail.path("lastAnswer").asString()).startsWith("250 ");
        assertThat(mail.path("reason").isNull()).isTrue();
        assertProblem(
                service.call("GET", "/api/admin/mails/" + UUID.randomUUID(), null, organiser()), 404, "not-found");
        assertProblem(service.call("GET", "/api/admin/mails/x", null, organiser()), 404, "not-found");
    }

    @Test
    void an_organiser_sends_a_mail_again_once_for_each_key() {
        Story story = confirmedStory();
        String path = "/api/admin/mails/"
                + list("?registration=" + story.id)
                        .path("items")
                        .path(0)
                        .path("id")
                        .asString() + "/resend";

        assertProblem(service.call("POST", path, null), 401, "unauthenticated");
        HttpResponse<String> first = service.call("POST", path, null, with(organiser(), "Idempotency-Key", "again-1"));
        HttpResponse<String> second = service.call("POST", path, null, with(organiser(), "Idempotency-Key", "again-1"));
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        assertThat(JSON.readTree(second.body())).isEqualTo(JSON.readTree(first.body()));
        assertThat(JSON.readTree(first.body()).path("requestedBy").asString()).isEqualTo("organiser");
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent", "confirmation sent"));
        assertThat(service.mailsTo(story.email))
                .extracting(mail -> mail.path("messageId").asString())
                .doesNotHaveDuplicates()
                .hasSize(2);
    }

    @Test
    void a_mail_about_a_state_that_has_passed_is_not_sent_again() {
        Story story = confirmedStory();
        String path = "/api/admin/mails/"
                + list("?registration=" + story.id)
                        .path("items")
                        .path(0)
                        .path("id")
                        .asString() + "/resend";
        NEIGHBOURS.publish(story.registration("registration.cancelled.v1", "cancelled", null));
        soon(() -> assertThat(service.rowsOf(story.id)).contains("cancelled sent"));

        assertProblem(service.call("POST", path, null, organiser()), 409, "not-allowed-now");
        assertProblem(sendAgain(story, bearer(token(story.id, "-", 0))), 409, "not-allowed-now");
    }

    @Test
    void a_registrant_has_the_confirmation_sent_again_so_often_an_hour() {
        Story story = confirmedStory();
        String[] ada = bearer(token(story.id, "-", 0));
        HttpResponse<String> first = sendAgain(story, with(ada, "Idempotency-Key", "k"));
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        for (int i = 0; i < 4; i++) {
            nothingWaits(story);
            assertThat(sendAgain(story, ada).statusCode()).isEqualTo(200);
        }
        nothingWaits(story);

        HttpResponse<String> sixth = sendAgain(story, ada);
        assertProblem(sixth, 429, "rate-limited");
        assertThat(Long.parseLong(sixth.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(3_000L, 3_600L);
        // A request repeated with its key does not count against the limit.
        assertThat(sendAgain(story, with(ada, "Idempotency-Key", "k")).body()).isEqualTo(first.body());
        assertProblem(
                service.call(
                        "POST",
                        path(story),
                        "{\"kind\": \"cancelled\"}",
                        with(with(ada, "Idempotency-Key", "k"), "Content-Type", JSON_TYPE)),
                422,
                "idempotency-key-reused");
    }

    @Test
    void waiting_mail_is_not_doubled_by_a_resend() {
        String slug = "conference-" + UUID.randomUUID().toString().substring(0, 8);
        Story story = new Story().with("conference", slug);
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation waiting"));

        for (int i = 0; i < 7; i++) {
            HttpResponse<String> again = sendAgain(story, bearer(token(story.id, "-", 0)));
            assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        }

        assertThat(service.rowsOf(story.id)).containsExactly("confirmation waiting");
        // Defines the conference, so that no mail keeps waiting after this test.
        NEIGHBOURS.publish(Story.conference(slug, 1));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
    }

    @Test
    void an_organiser_may_send_more_often_and_not_without_end() {
        Story story = confirmedStory();
        String id = list("?registration=" + story.id)
                .path("items")
                .path(0)
                .path("id")
                .asString();
        String resend = "/api/admin/mails/" + id + "/resend";
        for (int i = 0; i < 8; i++) {
            assertThat(service.call("POST", resend, null, organiser()).statusCode())
                    .isEqualTo(200);
            nothingWaits(story);
        }

        assertProblem(service.call("POST", resend, null, organiser()), 429, "rate-limited");
    }

    @Test
    void resend_is_refused_to_everybody_else() {
        Story story = confirmedStory();
        assertProblem(sendAgain(story), 401, "unauthenticated");
        assertProblem(sendAgain(story, bearer(token(story.id, "-", 0) + "x")), 401, "unauthenticated");
        assertProblem(sendAgain(story, bearer(token(UUID.randomUUID(), "-", 0))), 403, "forbidden");
        assertProblem(sendAgain(story, bearer(token(story.id, UUID.randomUUID().toString(), 0))), 403, "forbidden");
        assertProblem(sendAgain(new Story(), bearer(token(story.id, "-", 0))), 403, "forbidden");
        for (String role : List.of("check-in", "operator")) {
            assertProblem(sendAgain(story, bearer(STAFF.token(role))), 403, "forbidden");
        }
    }

    @Test
    void resend_is_an_organisers_too() {
        Story story = confirmedStory();
        assertProblem(sendAgain(new Story(), organiser()), 404, "not-found");
        assertThat(sendAgain(story, organiser()).statusCode()).isEqualTo(200);
    }

    @Test
    void organiser_waits_for_a_registration_just_made() {
        service.awaitReaders();
        HttpResponse<String> answer = Rounds.within(Duration.ofSeconds(2), () -> {
            Story story = new Story();
            CompletableFuture<HttpResponse<String>> asked = CompletableFuture.supplyAsync(
                    () -> sendAgain(story, organiser()),
                    task -> Thread.ofVirtual().start(task));
            NEIGHBOURS.publish(story.confirmed());
            return asked.join();
        });

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void a_token_of_an_earlier_generation_has_ended() {
        Story story = new Story();
        story.with("contactGeneration", 2);
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactlyInAnyOrder("confirmation sent", "link sent"));
        assertThat(service.mailsTo(story.email))
                .allSatisfy(mail -> assertThat(mail.path("text").asString()).contains("k1." + story.id + ".-.2."));

        assertProblem(sendAgain(story, bearer(token(story.id, "-", 1))), 401, "unauthenticated");
        assertThat(sendAgain(story, bearer(token(story.id, "-", 2))).statusCode())
                .isEqualTo(200);
    }

    @Test
    void registration_not_received_yet_is_a_503_with_retry_after() {
        Story story = new Story();
        HttpResponse<String> answer = sendAgain(story, bearer(token(story.id, "-", 0)));

        assertProblem(answer, 503, "unavailable");
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
    }

    @Test
    void a_write_by_cookie_comes_from_our_own_pages() {
        Story story = confirmedStory();
        String[] cookie = {"Cookie", "registration-" + story.id + "=" + token(story.id, "-", 0)};

        assertProblem(sendAgain(story, cookie), 403, "forbidden");
        assertProblem(sendAgain(story, with(cookie, "Origin", "https://elsewhere.example.org")), 403, "forbidden");
        assertProblem(
                sendAgain(story, with(cookie, "Referer", StaffIssuer.ISSUER + ".elsewhere.org/")), 403, "forbidden");
        assertThat(sendAgain(story, with(cookie, "Origin", StaffIssuer.ISSUER)).statusCode())
                .isEqualTo(200);
        assertThat(sendAgain(story, with(cookie, "Referer", StaffIssuer.ISSUER + "/registrations/x"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_request_is_checked_for_form_before_token_and_for_fields_after() {
        Story story = confirmedStory();
        String[] ada = with(bearer(token(story.id, "-", 0)), "Content-Type", JSON_TYPE);
        assertProblem(service.call("POST", path(story), "{", "Content-Type", JSON_TYPE), 400, "malformed");
        assertProblem(service.call("POST", path(story), "[]", "Content-Type", JSON_TYPE), 400, "malformed");
        assertProblem(service.call("POST", path(story), "{\"kind\": 1}", "Content-Type", JSON_TYPE), 400, "malformed");
        assertProblem(
                service.call("POST", path(story), "{\"kind\": \"x\"}", "Content-Type", JSON_TYPE),
                401,
                "unauthenticated");
        assertProblem(service.call("POST", path(story), "{\"kind\": \"x\"}", ada), 422, "invalid");
        assertProblem(service.call("POST", path(story), "{}", ada), 422, "invalid");
        assertProblem(
                service.call("POST", path(story), "{\"kind\": \"confirmation\", \"to\": \"eve@example.org\"}", ada),
                422,
                "invalid");
        assertProblem(
                service.call("POST", path(story), "kind=confirmation", "Content-Type", "text/plain"),
                415,
                "unsupported-media-type");
        assertProblem(
                service.call("POST", path(story), "{\"kind\": \"" + "x".repeat(20_000) + "\"}", ada), 413, "too-large");
        assertProblem(sendAgain(story, with(ada, "Idempotency-Key", "a b")), 400, "malformed");
        HttpResponse<String> noSuchCall = service.call("GET", path(story), null);
        assertProblem(noSuchCall, 404, "not-found");
        assertThat(noSuchCall.headers().firstValue("Allow")).hasValue("POST");
        assertProblem(
                service.call("GET", "/api/admin/mails", null, with(organiser(), "Accept", "text/csv")),
                415,
                "unsupported-media-type");
        assertProblem(service.call("GET", "/api/nothing", null), 404, "not-found");
    }

    @Test
    void a_browser_may_have_as_many_registrations_open_as_it_keeps_cookies() {
        StringBuilder cookies = new StringBuilder("staff=" + STAFF.token("organiser"));
        for (int i = 0; i < 179; i++) {
            UUID other = UUID.randomUUID();
            cookies.append("; registration-").append(other).append('=').append(token(other, "-", 0));
        }

        assertThat(cookies.length()).isBetween(20_000, 32 * 1024);
        assertThat(service.call("GET", "/api/admin/mails", null, "Cookie", cookies.toString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_database_that_falls_silent_is_not_waited_for_without_end() throws SQLException {
        HikariDataSource pool = dataSource.unwrap(HikariDataSource.class);
        assertThat(pool.getConnectionTimeout()).isEqualTo(5_000);
        assertThat(pool.getDataSourceProperties())
                .containsEntry("socketTimeout", "30")
                .containsEntry("tcpKeepAlive", "true");
    }

    @Test
    void operators_and_the_gateway_read_the_status() {
        JsonNode status =
                JSON.readTree(service.call("GET", "/internal/status", null).body());
        assertThat(status.path("service").asString()).isEqualTo("notification-service");
        assertThat(status.propertyNames())
                .contains("version", "outbox", "consumers", "deadLetters", "breakers", "oldestUnsentMailSeconds");
        assertThat(status.path("breakers").path(0).path("name").asString()).isEqualTo("mail-server");
        assertThat(service.call("GET", "/actuator/health/readiness", null).statusCode())
                .isEqualTo(200);
        assertThat(service.call("GET", "/actuator/health/liveness", null).statusCode())
                .isEqualTo(200);
        assertThat(service.call("GET", "/actuator/prometheus", null).body()).contains("mails_oldest_unsent_seconds");
        JsonNode openapi =
                JSON.readTree(service.call("GET", "/internal/openapi", null).body());
        assertThat(openapi.path("paths").propertyNames())
                .containsExactlyInAnyOrder(
                        "/api/admin/conferences/{slug}/announcements",
                        "/api/admin/conferences/{slug}/attendees/{attendeeId}/badge.pdf",
                        "/api/admin/conferences/{slug}/badges.pdf",
                        "/api/admin/conferences/{slug}/mails",
                        "/api/admin/conferences/{slug}/mails/{kind}/{locale}",
                        "/api/admin/conferences/{slug}/mails/{kind}/{locale}/preview",
                        "/api/admin/mails",
                        "/api/admin/mails/resend",
                        "/api/admin/mails/{id}",
                        "/api/admin/mails/{id}/resend",
                        "/api/conferences/{slug}/interest",
                        "/api/conferences/{slug}/mailbox-confirmations",
                        "/api/registrations/{id}/attendees/{attendeeId}/calendar.ics",
                        "/api/registrations/{id}/attendees/{attendeeId}/invitation-letter.pdf",
                        "/api/registrations/{id}/attendees/{attendeeId}/ticket.pdf",
                        "/api/registrations/{id}/mails",
                        "/mailbox/messages");
        assertThat(openapi.path("paths").properties())
                .filteredOn(path -> path.getKey().endsWith(".pdf"))
                .hasSize(4)
                .allSatisfy(path -> {
                    JsonNode content = path.getValue().at("/get/responses/200/content");
                    assertThat(content.propertyNames()).as(path.getKey()).containsExactly("application/pdf");
                    assertThat(content.at("/application~1pdf/schema/format").asString())
                            .isEqualTo("binary");
                });
        assertThat(openapi.path("paths")
                        .path("/api/admin/conferences/{slug}/badges.pdf")
                        .at("/get/responses/200/headers")
                        .propertyNames())
                .containsExactly("Link");
    }

    private Story confirmedStory() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        return story;
    }

    private JsonNode list(String filter) {
        HttpResponse<String> answer = service.call("GET", "/api/admin/mails" + filter, null, organiser());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private void nothingWaits(Story story) {
        soon(() -> assertThat(list("?state=waiting&registration=" + story.id).path("items"))
                .isEmpty());
    }

    private HttpResponse<String> sendAgain(Story story, String... headers) {
        return service.call("POST", path(story), CONFIRMATION, with(headers, "Content-Type", JSON_TYPE));
    }

    private static String path(Story story) {
        return "/api/registrations/" + story.id + "/mails";
    }

    private static String[] organiser() {
        return bearer(STAFF.token("organiser"));
    }

    private static String[] bearer(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private static String[] with(String[] headers, String name, String value) {
        String[] more = java.util.Arrays.copyOf(headers, headers.length + 2);
        more[headers.length] = name;
        more[headers.length + 1] = value;
        return more;
    }
}
