package org.openingminute.registration.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.kit.testing.StaffIssuer.nameOf;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.Settings;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

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
        assertThat(new RoomRepository(jdbc, deployed).settings("nothing-here").mode())
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
