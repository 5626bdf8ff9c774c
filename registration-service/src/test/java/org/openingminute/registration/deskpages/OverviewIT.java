package org.openingminute.registration.deskpages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.desk.RegistrationFilter;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

/** Proves the overview, pausing the sale and the page of needs, as a browser without scripts gets them from the running service. */
@RegistrationServiceTest
class OverviewIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int PARTS = 20;

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    private String slug = "";

    @BeforeEach
    void conference() {
        slug = service.putConference(100, 600);
    }

    @Test
    void overview_shows_seats_money_prices_and_the_sale() throws Exception {
        service.register(slug, "seat").expect(201);
        Reply paid = service.register(slug, "seat").expect(201);
        service.pay(paid, 10_000, 1);
        service.awaitStatus(paid, "confirmed");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(get("", "en").body()).matches("(?s).*: 2</title>.*: USD\\h100.00</title>.*"));

        HttpResponse<String> answer = get("", "en");

        assertThat(answer.headers().firstValue("Cache-Control")).contains("private, no-store");
        assertThat(answer.body())
                .contains("<title>Overview of Test Conference</title>", "aria-current=\"page\">Overview</a>");
        assertThat(text(answer))
                .contains("On sale All, until")
                .contains("Confirmed 1 of 100 seats Held 1 not paid yet Free 98 Received USD 100.00 Refunded USD 0.00")
                .contains("Nothing waits for you.")
                .contains("Registrations by hour, of the last two days", "Money received by hour")
                .contains("Seat USD 100.00 plenty 1 1 – Free USD 0.00 plenty 0 0 –")
                .contains("count everything up to ");
        assertThat(text(get("", "de")))
                .contains("Im Verkauf All, bis", "Bestätigt 1 von 100 Plätzen Reserviert 1", "Nichts wartet auf Sie.");
        assertThat(text(get("?step=minute", "en"))).contains("Registrations by minute, of the last hour");
        assertThat(text(get("?step=day", "en"))).contains("Registrations by day, of the last 30 days");
        assertThat(get("?step=week", "en").statusCode()).isEqualTo(422);
    }

    @Test
    void confirmed_attendees_without_a_seat_are_counted_beside_the_seats() throws Exception {
        String conference = "/api/admin/conferences/" + slug;
        ObjectNode definition = (ObjectNode)
                service.get(conference, staffToken("organiser")).expect(200).body();
        ((ObjectNode) definition.at("/registration/categories/1")).put("countsAgainstCapacity", false);
        service.put(conference, staffToken("organiser"), definition.toString()).expect(200);
        service.register(slug, "free").expect(201);

        assertThat(text(get("", "en"))).contains("Confirmed 0 of 100 seats, plus 1 without a seat");
        assertThat(text(get("", "de"))).contains("Bestätigt 0 von 100 Plätzen, dazu 1 ohne Platz");
    }

    @Test
    void part_that_loads_itself_is_small_and_asks_for_itself_by_its_own_step() throws Exception {
        HttpResponse<String> part = send(request("?step=minute", "en").header("HX-Request", "true"), "organiser");

        assertThat(part.body())
                .doesNotContain("<html", "<header", "sale-form")
                .contains(
                        "id=\"overview-live\"", "hx-get=\"/desk/" + slug + "?step=minute\"", "hx-trigger=\"every 2s\"");
        assertThat(gzipped(part.body())).isLessThan(5_000);
        assertThat(part.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(text(send(request("?step=minute", "de").header("HX-Request", "true"), "organiser")))
                .as("in another language")
                .contains("Nichts wartet auf Sie.");
        assertThat(part.headers().firstValue("Cache-Control")).contains("private, no-store");
    }

    /** The cost must not grow with the number of open screens. */
    @Test
    void parts_that_load_themselves_are_counted_once_for_all() throws Exception {
        StatementCounts counts = StatementCounts.of(jdbc);
        StatementCounts.Counts before = counts.now();

        for (int i = 0; i < PARTS; i++) {
            assertThat(text(send(request("", "en").header("HX-Request", "true"), "organiser")))
                    .contains("Free 100");
        }

        StatementCounts.Counts used = counts.now().since(before);
        for (String part : List.of("from sale_minute", "n.kind, count(*)", "from sale_count")) {
            assertThat(used.sum(text -> text.contains(part))).as(part).isBetween(1.0, PARTS / 2.0);
        }
    }

    @Test
    void screen_on_a_wall_has_no_navigation_and_no_form() throws Exception {
        HttpResponse<String> wall = get("?wall", "en");

        assertThat(wall.body())
                .contains("class=\"wall\"", "hx-get=\"/desk/" + slug + "?step=hour&amp;wall\"", "Confirmed")
                .doesNotContain("class=\"sections\"", "Sign out", "sale-form");
    }

    @Test
    void organiser_pauses_the_sale_with_a_reason_and_continues_it() throws Exception {
        assertThat(get("", "en").body()).contains("id=\"sale-form\"", "value=\"paused\"");
        String key = newKey();
        Map<String, String> pause = Map.of("state", "paused", "message", "The card provider is down.", "key", key);

        assertThat(location(post(pause, "organiser"))).isEqualTo("/desk/" + slug);
        assertThat(location(post(pause, "organiser"))).as("a double click").isEqualTo("/desk/" + slug);

        HttpResponse<String> paused = get("", "en");
        assertThat(text(paused)).contains("Paused The card provider is down.", "Continue the sale");
        assertThat(service.register(slug, "seat")
                        .expectProblem(409, "paused")
                        .raw()
                        .body())
                .contains("The card provider is down.");
        assertThat(location(post(Map.of("state", "open", "key", newKey()), "organiser")))
                .isEqualTo("/desk/" + slug);
        assertThat(text(get("", "en"))).contains("On sale").doesNotContain("The card provider is down.");
        await().atMost(SOON).until(() -> service.register(slug, "seat").status() == 201);
        assertThat(jdbc.sql("select what || ': ' || coalesce(why, '') from audit where conference = ? order by id")
                        .param(slug)
                        .query(String.class)
                        .list())
                .containsExactly(
                        "put a conference on: ", "paused the sale: The card provider is down.", "opened the sale: ");
    }

    @Test
    void refused_pause_stays_on_the_page_with_what_was_typed() throws Exception {
        HttpResponse<String> empty = post(Map.of("state", "paused", "message", " "), "organiser");
        assertThat(empty.statusCode()).isEqualTo(422);
        assertThat(empty.body())
                .contains(
                        "role=\"alert\"", "<a href=\"#sale-message\">Please fill this in</a>", "aria-invalid=\"true\"");
        String typed = "<b>" + "x".repeat(500);
        HttpResponse<String> tooLong = post(Map.of("state", "paused", "message", typed), "organiser");
        assertThat(tooLong.statusCode()).isEqualTo(422);
        assertThat(tooLong.body())
                .contains("Please use at most 500 characters", "value=\"&lt;b&gt;" + "x".repeat(500) + "\"");

        String key = newKey();
        post(Map.of("state", "paused", "message", "One", "key", key), "organiser");
        post(Map.of("state", "open", "key", newKey()), "organiser");
        HttpResponse<String> changed = post(Map.of("state", "paused", "message", "Two", "key", key), "organiser");
        assertThat(changed.statusCode()).isEqualTo(422);
        assertThat(changed.body())
                .contains("sent before with another text", "value=\"Two\"")
                .doesNotContain(key);
        assertThat(post(Map.of("state", "gone"), "organiser").statusCode()).isEqualTo(422);
    }

    @Test
    void finance_sees_the_overview_and_pauses_nothing() throws Exception {
        assertThat(send(request("", "en"), "finance").body())
                .contains("Confirmed")
                .doesNotContain("sale-form");
        assertThat(post(Map.of("state", "paused", "message", "No"), "finance").statusCode())
                .isEqualTo(403);
        assertThat(send(request("", "en"), "check-in").statusCode()).isEqualTo(403);
        assertThat(send(request("/needs", "en"), "check-in").statusCode()).isEqualTo(403);
    }

    @Test
    void what_waits_is_shown_by_kind_the_oldest_first() throws Exception {
        Reply first = service.register(slug, "seat").expect(201);
        Reply second = service.register(slug, "seat").expect(201);
        awaitIndexed(2);
        assertThat(text(get("/needs", "en"))).contains("Nothing waits for you.");
        needs(first, List.of("proof", "mail-failed"), "2026-02-02T16:00:00Z", "2026-02-02T16:30:00Z");
        needs(second, List.of("proof"), "2026-02-02T15:00:00Z", "2026-02-05T17:00:00Z");

        HttpResponse<String> page = get("/needs", "en");

        assertThat(page.body())
                .contains("<section id=\"proof\"", "<section id=\"mail-failed\"")
                .containsSubsequence(second.text("reference"), first.text("reference"))
                .contains("<a href=\"/desk/" + slug + "/registrations/" + first.text("id") + "\">")
                .contains("<span class=\"tag bad\">Feb 2, 2026, 8:30");
        assertThat(text(page))
                .contains("Proofs to review: 2", "Emails that failed or came back: 1", "Ada Lovelace", "2 hours");
        assertThat(get("", "en").body())
                .contains("<a href=\"/desk/" + slug + "/registrations?need=proof&amp;sort=need\">Proofs to review</a>");
        assertThat(text(get("", "en")))
                .contains("Proofs to review 2 2 hours", "Emails that failed or came back 1 1 hour");
        assertThat(text(get("/needs", "de"))).contains("Nachweise zu prüfen: 2");
        String again = "<a href=\"/desk/" + slug + "/mails/resend\">Send these emails again</a>";
        assertThat(page.body()).containsSubsequence("<section id=\"mail-failed\"", again);
        assertThat(send(request("/needs", "en"), "finance").body())
                .contains("<section id=\"mail-failed\"")
                .doesNotContain("/mails/resend");
    }

    @Test
    void each_kind_has_a_name_in_both_languages() throws Exception {
        Reply made = service.register(slug, "seat").expect(201);
        awaitIndexed(1);
        List<String> kinds = List.copyOf(RegistrationFilter.NEEDS);
        needs(made, kinds, "2026-02-02T16:00:00Z", "infinity");
        for (String language : List.of("en", "de")) {
            HttpResponse<String> page = get("/needs", language);
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body())
                    .as("where a transfer is noted")
                    .containsSubsequence(
                            "id=\"refund-to-transfer\"",
                            "<a href=\"/desk/" + slug + "/registrations/" + made.text("id") + "/money\">");
            assertThat(kinds).allSatisfy(kind -> assertThat(page.body()).contains("id=\"" + kind + "\""));
        }
    }

    private void awaitIndexed(int registrations) {
        await().atMost(SOON)
                .until(() -> jdbc.sql("select count(*) from desk_registration where conference = ?")
                                .param(slug)
                                .query(Integer.class)
                                .single()
                        == registrations);
    }

    private void needs(Reply registration, List<String> kinds, String since, String due) {
        jdbc.sql("""
                update desk_registration set needs = :kinds::text[], needs_since = array_fill(:since::timestamptz, array[:count::int]),
                       needs_due = array_fill(:due::timestamptz, array[:count::int]), oldest_need = :since::timestamptz
                 where id = :id::uuid
                """)
                .param("kinds", kinds.toArray(String[]::new))
                .param("count", kinds.size())
                .param("since", since)
                .param("due", due)
                .param("id", registration.text("id"))
                .update();
    }

    private HttpResponse<String> get(String path, String language) throws IOException, InterruptedException {
        return send(request(path, language), "organiser");
    }

    private HttpResponse<String> post(Map<String, String> form, String role) throws IOException, InterruptedException {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(
                request("", "en")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(body)),
                role);
    }

    private HttpRequest.Builder request(String path, String language) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + "/desk/" + slug + path))
                .header("Accept", "text/html")
                .header("Accept-Language", language);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request, String role)
            throws IOException, InterruptedException {
        return HTTP.send(
                request.header("Authorization", "Bearer " + staffToken(role)).build(), BodyHandlers.ofString());
    }

    private static String location(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
        return answer.headers().firstValue("Location").orElseThrow();
    }

    /** Returns the visible text with single spaces. */
    private static String text(HttpResponse<String> page) {
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return page.body().replaceAll("<[^>]*>", " ").replaceAll("[\\s\\h]+", " ");
    }

    private static int gzipped(String text) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return compressed.size();
    }
}
