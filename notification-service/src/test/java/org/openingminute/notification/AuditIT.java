package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.JSON;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.AuditMatrix;
import org.openingminute.messaging.testing.Parked;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Proves that every read and act of staff writes an audit row, on the running service with its database. */
@NotificationServiceApplicationTest
class AuditIT implements AuditMatrix {

    private static final String WORDING = """
            {"subject": "{conference}: welcome, {name}", "text": "See you there. Bring {reference}."}""";
    private static final String PLACE = "/mails/{kind}/{locale}";
    private static final String CONFERENCE = "/api/admin/conferences/{slug}";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Override
    public long rowsOf(String role) {
        return jdbc.sql("select count(*) from audit where role = ? and who is not null and person is not null")
                .param(role)
                .query(Long.class)
                .single();
    }

    @Override
    public Map<String, String> changeNothing() {
        return Map.of("POST " + CONFERENCE + PLACE + "/preview", "it composes a mail that nobody gets");
    }

    @Override
    public Map<String, Runnable> acts() {
        Map<String, Runnable> acts = new LinkedHashMap<>();
        acts.put("PUT " + CONFERENCE + PLACE, () -> wording(service.newConference()));
        acts.put("DELETE " + CONFERENCE + PLACE, () -> {
            String slug = service.newConference();
            wording(slug);
            call("DELETE", "/api/admin/conferences/" + slug + "/mails/confirmation/en", "organiser", null, 200);
        });
        acts.put("POST " + CONFERENCE + "/announcements", () -> announce(service.newConference()));
        acts.put(
                "POST /api/admin/mails/resend",
                () -> call(
                        "POST",
                        "/api/admin/mails/resend",
                        "organiser",
                        "{\"state\": \"bounced\", \"since\": \"2099-01-01T00:00:00Z\"}",
                        202));
        acts.put("POST /api/admin/mails/{id}/resend", () -> {
            String mail = mailOf(confirmed());
            call("POST", "/api/admin/mails/" + mail + "/resend", "organiser", null, 200);
        });
        acts.put(
                "POST /api/registrations/{id}/mails",
                () -> call(
                        "POST",
                        "/api/registrations/" + confirmed().id + "/mails",
                        "organiser",
                        "{\"kind\": \"confirmation\"}",
                        200));
        acts.put("POST /desk/{slug}/mails/{id}/resend (form)", () -> {
            String mail = mailOf(confirmed());
            assertThat(service.call(
                                    "POST",
                                    "/desk/mlsys-2026/mails/" + mail + "/resend",
                                    "step=do&key=" + UUID.randomUUID() + "&reason=mended",
                                    "Authorization",
                                    "Bearer " + STAFF.token("organiser"),
                                    "Content-Type",
                                    "application/x-www-form-urlencoded")
                            .statusCode())
                    .isEqualTo(303);
        });
        acts.put(
                "POST /desk/{slug}/mails/resend (form)",
                () -> assertThat(service.call(
                                        "POST",
                                        "/desk/mlsys-2026/mails/resend",
                                        "step=do&key=" + UUID.randomUUID()
                                                + "&state=all&kind=all&since=2099-01-01T00%3A00&reason=mended",
                                        "Authorization",
                                        "Bearer " + STAFF.token("organiser"),
                                        "Content-Type",
                                        "application/x-www-form-urlencoded")
                                .statusCode())
                        .isEqualTo(303));
        String operations = "/internal/ops/";
        acts.put(
                "POST " + operations + "dead-letters/{id}/discard",
                () -> operate("discard", "{\"reason\": \"mended\"}"));
        acts.put("POST " + operations + "dead-letters/{id}/replay", () -> operate("replay", null));
        acts.put(
                "POST " + operations + "outbox/relay-again",
                () -> call(
                        "POST",
                        operations + "outbox/relay-again",
                        "operator",
                        "{\"since\": \"2099-01-01T00:00:00Z\"}",
                        200));
        return acts;
    }

    @Test
    void change_of_a_wording_shows_both() {
        String slug = service.newConference();
        wording(slug);
        call("DELETE", "/api/admin/conferences/" + slug + "/mails/confirmation/en", "organiser", null, 200);

        JsonNode rows = call("GET", "/internal/audit?conference=" + slug, "organiser", null, 200)
                .at("/items");

        assertThat(rows).hasSize(2);
        assertThat(rows.at("/0/what").asString()).isEqualTo("restored a wording");
        assertThat(rows.at("/0/before/subject").asString()).isEqualTo("{conference}: welcome, {name}");
        assertThat(rows.at("/0/after/subject").isNull()).isTrue();
        assertThat(rows.at("/1/what").asString()).isEqualTo("changed a wording");
        assertThat(rows.at("/1/after/kind").asString()).isEqualTo("confirmation");
    }

    @Test
    void reading_mails_is_a_row() {
        Story story = confirmed();
        String ofRegistration = "/api/admin/mails?registration=" + story.id;
        String mail = call("GET", ofRegistration, "organiser", null, 200)
                .at("/items/0/id")
                .asString();
        call("GET", "/api/admin/mails/" + mail, "organiser", null, 200);
        call("GET", "/api/admin/mails?limit=1", "organiser", null, 200);
        call("GET", ofRegistration, "organiser:elsewhere-2026", null, 200);
        String told = "2026-02-02T17:18:59.123Z";
        assertThat(service.call(
                                "GET",
                                "/api/admin/mails/" + mail,
                                null,
                                "Authorization",
                                "Bearer " + STAFF.token("organiser"),
                                "Business-Time",
                                told)
                        .statusCode())
                .isEqualTo(200);

        JsonNode rows = call("GET", "/internal/audit?registration=" + story.id, "organiser", null, 200)
                .at("/items");
        assertThat(rows.at("/0/at").asString()).as("the gateway's time").isEqualTo(told);
        assertThat(Instant.parse(rows.at("/1/at").asString()))
                .as("without a time from the gateway")
                .isAfter(Instant.now().minusSeconds(600));
        assertThat(call("GET", "/internal/audit?registration=" + story.id, "organiser", null, 200)
                        .at("/items")
                        .valueStream()
                        .map(row -> row.at("/what").asString() + " "
                                + row.at("/conference").asString()))
                .containsExactly(
                        "opened a mail mlsys-2026",
                        "opened a mail mlsys-2026",
                        "opened the mails of a registration mlsys-2026");
    }

    private void wording(String slug) {
        call("PUT", "/api/admin/conferences/" + slug + "/mails/confirmation/en", "organiser", WORDING, 201);
    }

    private void announce(String slug) {
        call(
                "POST",
                "/api/admin/conferences/" + slug + "/announcements",
                "organiser",
                "{\"topic\": \"keynotes\", \"subject\": \"A keynote\", \"body\": \"It is settled.\"}",
                202);
    }

    private Story confirmed() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        return story;
    }

    /** Reads the mail's id from the database, because the API would write an audit row. */
    private String mailOf(Story story) {
        return jdbc.sql("select id from mail where registration_id = ?")
                .param(story.id)
                .query(String.class)
                .single();
    }

    private void operate(String what, @Nullable String body) {
        Story.Event event = new Story().held();
        String letter = new Parked(event.topic(), event.key(), event.type(), event.sequence(), event.body())
                .in(jdbc, "notification-service");
        call("POST", "/internal/ops/dead-letters/" + letter + "/" + what, "operator", body, 200);
    }

    private JsonNode call(String method, String path, String role, @Nullable String body, int status) {
        String authorization = "Bearer " + STAFF.token(role);
        HttpResponse<String> answer = body == null
                ? service.call(method, path, null, "Authorization", authorization)
                : service.call(method, path, body, "Authorization", authorization, "Content-Type", "application/json");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body());
    }
}
