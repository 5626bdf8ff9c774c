package org.openingminute.registration.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.kit.testing.StaffIssuer.nameOf;
import static org.openingminute.registration.StaffIssuer.staffToken;
import static org.openingminute.registration.pages.Browser.header;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.Settings;
import org.openingminute.registration.pages.Browser;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Proves the waiting room's settings by API and on the page, on the running service. */
@RegistrationServiceTest
class RoomSettingsIT {

    private static final String KEYS = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void rehearsal_begins_without_a_room_and_an_organiser_sets_one() {
        String slug = service.putConference(10, 600);
        assertThat(get(slug)).isEqualTo(json("off", "null", "null"));
        assertThat(put(slug, json("auto", "\"2026-02-03T09:00:00Z\"", "16"))
                        .expect(200)
                        .body())
                .isEqualTo(get(slug));

        assertThat(get(slug)).isEqualTo(json("auto", "\"2026-02-03T09:00:00Z\"", "16.0"));
        put(slug, json("on", "null", "0.5e1")).expect(200);
        put(slug, "{\"mode\": \"off\"}").expect(200);
        assertThat(get(slug)).isEqualTo(json("off", "null", "null"));
    }

    @Test
    void settings_are_for_organisers() {
        String slug = service.putConference(10, 600);
        String path = "/api/admin/waiting-room/" + slug;
        for (String role : List.of("finance", "check-in", "operator")) {
            service.get(path, staffToken(role)).expectProblem(403, "forbidden");
            service.put(path, staffToken(role), "{\"mode\": \"on\"}").expectProblem(403, "forbidden");
        }
        assertThat(get(slug)).isEqualTo(json("off", "null", "null"));
    }

    @Test
    void deployment_begins_with_a_room_that_opens_by_itself() {
        Settings deployed = new Settings(
                Settings.Mode.DEPLOYED,
                "https://conference.example.org",
                KEYS,
                KEYS,
                KEYS,
                "http://gateway/keys",
                "",
                "");
        assertThat(new RoomRepository(jdbc, jdbc, deployed)
                        .settings("nothing-here")
                        .mode())
                .isEqualTo(RoomSettings.Mode.AUTO);
    }

    @Test
    void change_is_audited_with_subject_person_before_and_after() {
        String slug = service.putConference(10, 600);
        put(slug, json("on", "null", "16")).expect(200);

        jdbc.sql(
                        "select what, who, person, before::text, after::text from audit where conference = ? order by at desc limit 1")
                .param(slug)
                .query(row -> {
                    assertThat(row.getString("what")).isEqualTo("set the waiting room");
                    assertThat(row.getString("who")).isEqualTo("organiser");
                    assertThat(row.getString("person")).isEqualTo(nameOf("organiser"));
                    assertThat(ServiceFixture.JSON.readTree(row.getString("before")))
                            .isEqualTo(json("off", "null", "null"));
                    assertThat(ServiceFixture.JSON.readTree(row.getString("after")))
                            .isEqualTo(json("on", "null", "16.0"));
                });
    }

    @Test
    void settings_that_cannot_be_are_refused() {
        String slug = service.putConference(10, 600);

        invalid(slug, "{}", "mode");
        invalid(slug, "{\"mode\": \"often\"}", "mode");
        invalid(slug, json("on", "null", "0"), "perSecond");
        invalid(slug, json("on", "null", "0.5"), "perSecond");
        invalid(slug, json("on", "null", "10001"), "perSecond");
        invalid(slug, json("on", "\"2026-02-02T09:00:00Z\"", "null"), "drawAt");
        invalid(slug, json("on", "\"tomorrow\"", "null"), "drawAt");
        invalid(slug, json("on", "\"+12345-01-01T00:00:00Z\"", "null"), "drawAt");
        invalid(slug, "{\"mode\": \"on\", \"speed\": 1}", "speed");
        put(slug, "{\"mode\": 1}").expectProblem(400, "malformed");
        put("nothing-here", "{\"mode\": \"on\"}").expectProblem(404, "not-found");
        assertThat(get(slug)).isEqualTo(json("off", "null", "null"));
    }

    @Test
    void draw_that_has_been_stays_with_its_settings() {
        String slug = service.putConference(10, 600);
        String drawAt = "\"" + service.businessTime().plusSeconds(60) + "\"";
        put(slug, json("on", drawAt, "16")).expect(200);
        service.moveTo(service.businessTime().plusSeconds(120).toString());

        put(slug, json("on", drawAt, "32")).expect(200);
        put(slug, json("on", "null", "32")).expect(200);
        invalid(slug, json("on", drawAt, "32"), "drawAt");
    }

    @Test
    void organiser_sets_a_room_on_its_page_in_the_conferences_time() {
        String slug = service.putConference(10, 600);
        Browser browser = as("organiser");
        HttpResponse<String> first = browser.get(page(slug));
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(header(first, "Cache-Control")).isEqualTo("private, no-store");
        assertThat(first.body())
                .contains("<title>Waiting room of Test Conference</title>", "aria-current=\"page\">Waiting room</a>")
                .contains("Local time in America/Los_Angeles", "<option value=\"off\" selected=\"selected\">Never")
                .contains("<a href=\"" + page(slug) + "/report\">")
                .doesNotContain("Saved.", "role=\"alert\"", "??");

        HttpResponse<String> sent =
                browser.post(page(slug), Map.of("mode", "auto", "drawAt", " 2026-02-03T01:00 ", "perSecond", "2,5"));

        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(303);
        assertThat(header(sent, "Location")).isEqualTo(page(slug) + "?saved");
        assertThat(get(slug)).isEqualTo(json("auto", "\"2026-02-03T09:00:00Z\"", "2.5"));
        assertThat(browser.get(page(slug) + "?saved").body())
                .contains("<p>Saved.</p>", "value=\"2026-02-03T01:00\"", "value=\"2.5\"", "selected=\"selected\">When");
        assertThat(browser.get(page(slug) + "?saved", "de").body())
                .contains("Warteraum: Test Conference", "<p>Gespeichert.</p>", "Zeit der Auslosung")
                .doesNotContain("??");
        assertThat(browser.getWith(page(slug), "HX-Request", "true").body().strip())
                .startsWith("<h1>Waiting room of Test Conference</h1>");
        browser.post(page(slug), Map.of("mode", "on", "drawAt", "", "perSecond", ""));
        assertThat(get(slug)).isEqualTo(json("on", "null", "null"));
    }

    /** The form does not show milliseconds or a third decimal, so unchanged values must not be rounded. */
    @Test
    void unchanged_settings_keep_their_exact_values() {
        String slug = service.putConference(10, 600);
        String drawAt = "\"" + service.businessTime().plusSeconds(60) + "\"";
        JsonNode set = put(slug, json("on", drawAt, "16.125")).expect(200).body();
        service.moveTo(service.businessTime().plusSeconds(120).toString());
        Browser browser = as("organiser");
        String page = browser.get(page(slug)).body();

        HttpResponse<String> sent = browser.post(
                page(slug),
                Map.of("mode", "on", "drawAt", value(page, "drawAt"), "perSecond", value(page, "perSecond")));

        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(303);
        assertThat(get(slug)).isEqualTo(set);
    }

    @Test
    void refusal_keeps_what_was_typed_on_the_page() {
        String slug = service.putConference(10, 600);
        Browser browser = as("organiser");

        HttpResponse<String> refused =
                browser.post(page(slug), Map.of("mode", "on", "drawAt", "2026-02-02T08:59", "perSecond", "0.5"));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains(
                        "role=\"alert\"",
                        "<a href=\"#room-drawAt\">Time of the draw: Please choose a time that is still")
                .contains(
                        "<a href=\"#room-perSecond\">Registrations a second: Between 1 and 10000, or leave it empty</a>")
                .contains("value=\"2026-02-02T08:59\"", "value=\"0.5\"", "<option value=\"on\" selected=\"selected\">")
                .contains("id=\"room-drawAt-error\"", "id=\"room-perSecond-error\"");
        for (String number : List.of("10001", "1.000", "-5", "often")) {
            refused(browser, slug, Map.of("mode", "on", "perSecond", number), "room-perSecond", "value=\"" + number);
        }
        String script = "<script>";
        // On March 8 clocks go from 2:00 to 3:00.
        for (String time : List.of("2026-03-08T02:30", "+12345-01-01T00:00", "tomorrow")) {
            refused(browser, slug, Map.of("mode", "on", "drawAt", time), "room-drawAt", "value=\"" + time);
        }
        refused(browser, slug, Map.of("mode", script, "drawAt", script), "room-mode", "value=\"&lt;script&gt;\"");
        refused(browser, slug, Map.of(), "room-mode", "Please choose one from the list");
        assertThat(get(slug)).isEqualTo(json("off", "null", "null"));
    }

    @Test
    void page_is_denied_to_other_roles() {
        String slug = service.putConference(10, 600);
        for (String role : List.of("finance", "check-in", "operator")) {
            HttpResponse<String> denied = as(role).get(page(slug));
            assertThat(denied.statusCode()).as(role).isEqualTo(403);
            assertThat(denied.body())
                    .contains("You do not have access to this.")
                    .doesNotContain("room-mode");
            assertThat(as(role).post(page(slug), Map.of("mode", "on")).statusCode())
                    .as(role)
                    .isEqualTo(403);
        }
        assertThat(as("organiser").get(page("nothing-here")).statusCode()).isEqualTo(404);
        assertThat(get(slug)).isEqualTo(json("off", "null", "null"));
    }

    private void refused(Browser browser, String slug, Map<String, String> form, String field, String said) {
        HttpResponse<String> refused = browser.post(page(slug), form);
        assertThat(refused.statusCode()).as(form.toString()).isEqualTo(422);
        assertThat(refused.body())
                .contains("<a href=\"#" + field + "\">", "id=\"" + field + "-error\"", said)
                .doesNotContain("<script>");
    }

    private Browser as(String role) {
        Browser browser = new Browser(service.port());
        browser.become("staff", staffToken(role));
        return browser;
    }

    private static String page(String slug) {
        return "/desk/" + slug + "/waiting-room";
    }

    /** Returns a field's value as a browser sends it. */
    private static String value(String page, String field) {
        Matcher found = Pattern.compile("name=\"" + field + "\"[^>]* value=\"([^\"]+)\"")
                .matcher(page);
        assertThat(found.find()).as(field).isTrue();
        return found.group(1);
    }

    private void invalid(String slug, Object body, String field) {
        assertThat(put(slug, body).expectProblem(422, "invalid").text("errors.0.field"))
                .isEqualTo(field);
    }

    private Reply put(String slug, Object body) {
        return service.put("/api/admin/waiting-room/" + slug, staffToken("organiser"), body.toString());
    }

    private JsonNode get(String slug) {
        return service.get("/api/admin/waiting-room/" + slug, staffToken("organiser"))
                .expect(200)
                .body();
    }

    private static JsonNode json(String mode, String drawAt, String perSecond) {
        return ServiceFixture.JSON.readTree(
                "{\"mode\": \"%s\", \"drawAt\": %s, \"perSecond\": %s}".formatted(mode, drawAt, perSecond));
    }
}
