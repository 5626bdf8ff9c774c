package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.JSON;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.TRAP;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;
import static org.openingminute.notification.ServiceFixture.within;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.notification.subscription.InterestTokens;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * Proves that announcements of organisers and sale notices reach each reader exactly once. Uses the running service, its database and
 * broker, and a mail trap.
 */
@NotificationServiceApplicationTest
class AnnouncementIT {

    private static final String WRITTEN = "{\"topic\": \"%s\", \"subject\": \"The first keynote\","
            + " \"body\": \"It is settled.\\n\\nSee https://example.org/keynotes.\"}";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    InterestTokens tokens;

    private String slug;

    @BeforeEach
    void conference() {
        slug = service.newConference();
    }

    @Test
    void each_subscriber_of_the_topic_has_one_mail_and_nobody_else_any() {
        List<Subscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            subscribers.add(subscriber("keynotes", i % 2 == 0 ? "en" : "de"));
        }
        Subscriber other = subscriber("program", "en");
        HttpResponse<String> first = announce("keynotes", "key-1");
        assertThat(first.statusCode()).as(first.body()).isEqualTo(202);
        Subscriber late = subscriber("keynotes", "en");
        assertThat(id(announce("keynotes", "key-1"))).isEqualTo(id(first));
        assertProblem(announce("program", "key-1"), 422, "idempotency-key-reused");

        soon(() -> assertThat(counts(id(first))).isEqualTo("25 recipients, 0 waiting, 25 sent"));
        assertThat(announce("keynotes", "key-1").body()).isEqualTo(first.body());
        soon(() -> assertThat(jdbc.sql("select sent from announcement where id = ? and counted_at is not null")
                        .param(id(first))
                        .query(Integer.class)
                        .list())
                .containsExactly(25));
        assertThat(counts(id(first))).isEqualTo("25 recipients, 0 waiting, 25 sent");
        for (Subscriber one : subscribers) {
            assertThat(service.mailsTo(one.address())).hasSize(1);
        }
        assertThat(announce("keynotes", "key-1").body()).as("the first reply").isEqualTo(first.body());
        assertThat(service.mailsTo(other.address())).isEmpty();
        assertThat(service.mailsTo(late.address())).isEmpty();

        JsonNode mail = service.mailsTo(subscribers.getFirst().address()).getFirst();
        assertThat(mail.path("subject").asString()).isEqualTo("MLSys 2026: The first keynote");
        assertThat(mail.path("html").asString()).contains("href=\"https://example.org/keynotes\"");
        assertThat(TRAP.header(subscribers.getFirst().address(), "List-Unsubscribe"))
                .isEqualTo("<" + StaffIssuer.ISSUER + "/api/unsubscribe/"
                        + tokens.unsubscribe(subscribers.getFirst().id()) + ">");
        assertThat(TRAP.header(subscribers.getFirst().address(), "Precedence")).isEqualTo("bulk");
        assertThat(TRAP.header(subscribers.getFirst().address(), "List-Id")).startsWith("<keynotes." + slug + ".");
        assertThat(service.mailsTo(subscribers.get(1).address())
                        .getFirst()
                        .path("text")
                        .asString())
                .contains("Guten Tag", "Diese E-Mails abbestellen");
    }

    @Test
    @DisturbsOthers
    void unsubscribed_reader_gets_no_waiting_and_no_later_mail() {
        Subscriber stays = subscriber("program", "en");
        Subscriber leaves = subscriber("program", "en");
        // Keeps the mail waiting, so that its reader unsubscribes before it is sent.
        TRAP.stop();
        UUID announcement;
        try {
            announcement = id(announce("program", null));
            soon(() -> assertThat(counts(announcement)).isEqualTo("2 recipients, 2 waiting, 0 sent"));
            assertThat(service.call(
                                    "POST",
                                    "/api/unsubscribe/" + tokens.unsubscribe(leaves.id()),
                                    "List-Unsubscribe=One-Click",
                                    "Content-Type",
                                    "application/x-www-form-urlencoded")
                            .statusCode())
                    .isEqualTo(204);
            // An attempt that began earlier may still be on its way to the server, no longer than its lease.
            within(
                    Duration.ofMinutes(2),
                    () -> assertThat(jdbc.sql("""
                            select count(*) from mail where subscriber_id = ? and leased_until > clock_timestamp()
                            """)
                                    .param(leaves.id())
                                    .query(Integer.class)
                                    .single())
                            .isZero());
        } finally {
            TRAP.startAgain();
        }
        within(
                Duration.ofSeconds(60),
                () -> assertThat(counts(announcement)).isEqualTo("2 recipients, 0 waiting, 1 sent"));
        assertThat(service.mailsTo(stays.address())).hasSize(1);
        assertThat(service.mailsTo(leaves.address())).isEmpty();
    }

    @Test
    void each_attendee_of_a_confirmed_registration_has_one_mail() {
        Story confirmed = storyOf(2).with("conference", slug);
        Story held = storyOf(1).with("conference", slug);
        Story elsewhere = storyOf(1);
        Story cancelled = storyOf(1).with("conference", slug);
        NEIGHBOURS.publish(confirmed.confirmed());
        NEIGHBOURS.publish(elsewhere.confirmed());
        NEIGHBOURS.publish(held.held());
        NEIGHBOURS.publish(cancelled.confirmed());
        NEIGHBOURS.publish(cancelled.registration("registration.cancelled.v1", "cancelled", null));
        for (Story story : List.of(confirmed, held, elsewhere, cancelled)) {
            soon(() -> assertThat(service.rowsOf(story.id)).isNotEmpty());
        }
        soon(() -> assertThat(jdbc.sql("select state::json ->> 'status' from projection where id = ?")
                        .param(cancelled.id)
                        .query(String.class)
                        .single())
                .isEqualTo("cancelled"));

        UUID announcement = id(announce("attendees", null));
        soon(() -> assertThat(counts(announcement)).isEqualTo("2 recipients, 0 waiting, 2 sent"));
        assertThat(announcementsTo("0-" + confirmed.email)).hasSize(1);
        assertThat(announcementsTo("1-" + confirmed.email)).hasSize(1);
        assertThat(announcementsTo("0-" + held.email)).isEmpty();
        assertThat(announcementsTo("0-" + elsewhere.email)).isEmpty();
        assertThat(announcementsTo("0-" + cancelled.email)).isEmpty();
        JsonNode mail = announcementsTo("0-" + confirmed.email).getFirst();
        assertThat(TRAP.header("0-" + confirmed.email, "List-Unsubscribe")).isNull();
        assertThat(mail.path("text").asString()).contains("because you are registered");
        // Announcements must not enter the registration's timeline, not even with its next mail event.
        NEIGHBOURS.publish(confirmed.registration("registration.cancelled.v1", "cancelled", null));
        soon(() -> assertThat(NEIGHBOURS.received(confirmed.id.toString()))
                .anySatisfy(event -> assertThat(new String(event.value(), StandardCharsets.UTF_8))
                        .contains("\"cancelled\"")));
        assertThat(NEIGHBOURS.received(confirmed.id.toString()))
                .allSatisfy(event -> assertThat(new String(event.value(), StandardCharsets.UTF_8))
                        .doesNotContain("announcement"));
    }

    @Test
    void sale_notices_are_mailed_once_and_not_after_they_passed() {
        Subscriber opening = subscriber("registration", "en");
        Subscriber deadlines = subscriber("price-deadline", "de");
        publish("conference.sale-opened.v1", 1, List.of(notice("sale-opened", "early", 72)), Instant.now());
        soon(() -> assertThat(service.mailsTo(opening.address())).hasSize(1));

        List<Map<String, Object>> both =
                List.of(notice("sale-opened", "early", 72), notice("deadline-near", "early", 72));
        publish("conference.deadline-near.v1", 2, both, Instant.now());
        publish("conference.deadline-near.v1", 2, both, Instant.now());
        soon(() -> assertThat(service.mailsTo(deadlines.address())).hasSize(1));
        List<Map<String, Object>> moved = new ArrayList<>(both);
        moved.add(notice("deadline-near", "early", 96));
        publish("conference.deadline-near.v1", 3, moved, Instant.now());
        soon(() -> assertThat(service.mailsTo(deadlines.address()))
                .as("a moved deadline is announced again")
                .hasSize(2));
        List<Map<String, Object>> passed = new ArrayList<>(moved);
        passed.add(notice("deadline-near", "passed", 1));
        publish("conference.deadline-near.v1", 4, passed, Instant.now().minusSeconds(2 * 3600));
        soon(() -> assertThat(jdbc.sql("""
                select count(*) from mail join announcement on announcement.id = announcement_id
                 where announcement.conference = ? and announcement.about like 'passed %' and state = 'superseded'
                """).param(slug).query(Integer.class).single())
                .isEqualTo(1));

        assertThat(service.mailsTo(opening.address())).hasSize(1);
        assertThat(service.mailsTo(deadlines.address())).hasSize(2);
        assertThat(service.mailsTo(opening.address()).getFirst().path("subject").asString())
                .isEqualTo("MLSys 2026: registration is open");
        assertThat(service.mailsTo(deadlines.address()).getFirst().path("text").asString())
                .contains("„Early“", "„Regular“", "650,00 USD, dann 800,00 USD");
    }

    @Test
    void opening_notice_is_not_sent_after_its_phase() {
        Subscriber opening = subscriber("registration", "en");
        publish(
                "conference.sale-opened.v1",
                1,
                List.of(notice("sale-opened", "early", 1)),
                Instant.now().minusSeconds(2 * 3600));
        soon(() ->
                assertThat(jdbc.sql("""
                select state from mail join announcement on announcement.id = announcement_id
                 where announcement.conference = ?
                """).param(slug).query(String.class).list()).containsExactly("superseded"));
        assertThat(service.mailsTo(opening.address())).isEmpty();
    }

    @Test
    void only_an_organiser_announces_and_what_makes_no_sense_is_refused() {
        String path = "/api/admin/conferences/" + slug + "/announcements";
        String body = WRITTEN.formatted("keynotes");
        assertProblem(service.call("POST", path, body, "Content-Type", "application/json"), 401, "unauthenticated");
        assertProblem(post(path, body, STAFF.token("check-in")), 403, "forbidden");
        assertProblem(
                post("/api/admin/conferences/nowhere/announcements", body, STAFF.token("organiser")), 404, "not-found");
        Map<String, String> wrong = Map.of(
                "{\"topic\": \"gossip\", \"subject\": \"s\", \"body\": \"b\"}", "topic",
                "{\"topic\": \"program\", \"subject\": \"a\\r\\nBcc: b\", \"body\": \"b\"}", "subject",
                "{\"topic\": \"program\", \"subject\": \" \", \"body\": \"b\"}", "subject",
                "{\"topic\": \"program\", \"subject\": \"s\"}", "body",
                "{\"topic\": \"program\", \"subject\": \"s\", \"body\": \"b\", \"to\": \"x\"}", "to");
        wrong.forEach((sent, field) -> {
            HttpResponse<String> answer = post(path, sent, STAFF.token("organiser"));
            assertProblem(answer, 422, "invalid");
            assertThat(JSON.readTree(answer.body()).at("/errors/0/field").asString())
                    .isEqualTo(field);
        });
        assertProblem(post(path, "{\"topic\": 1}", STAFF.token("organiser")), 400, "malformed");
        assertThat(list("").path("items")).isEmpty();
    }

    @Test
    void announcements_are_listed_newest_first_and_not_resent() {
        Subscriber one = subscriber("program", "en");
        UUID first = id(announce("program", null));
        UUID second = id(announce("keynotes", null));
        soon(() -> assertThat(counts(first)).isEqualTo("1 recipients, 0 waiting, 1 sent"));
        JsonNode page = list("?limit=1");
        assertThat(page.at("/items/0/id").asString()).isEqualTo(second.toString());
        JsonNode next = list("?limit=1&after=" + page.path("next").asString());
        assertThat(next.at("/items/0/id").asString()).isEqualTo(first.toString());
        assertThat(next.at("/items/0/by").asString()).isNotEmpty();
        assertThat(next.path("next").isNull()).isTrue();

        JsonNode mails = JSON.readTree(
                service.call("GET", "/api/admin/mails?to=" + one.address(), null, "Authorization", bearer())
                        .body());
        assertThat(mails.at("/items/0/kind").asString()).isEqualTo("announcement");
        assertThat(mails.at("/items/0/registration").isNull()).isTrue();
        JsonNode read = JSON.readTree(service.call(
                        "GET",
                        "/api/admin/mails/" + mails.at("/items/0/id").asString(),
                        null,
                        "Authorization",
                        bearer())
                .body());
        assertThat(read.path("text").asString())
                .contains("https://example.org/keynotes", "/api/unsubscribe/•••")
                .doesNotContain(tokens.unsubscribe(one.id()));
        assertThat(read.path("html").asString()).contains("/api/unsubscribe/•••");
        assertProblem(
                service.call(
                        "POST",
                        "/api/admin/mails/" + mails.at("/items/0/id").asString() + "/resend",
                        null,
                        "Authorization",
                        bearer()),
                409,
                "not-allowed-now");
    }

    record Subscriber(UUID id, String address) {}

    private Subscriber subscriber(String topic, String locale) {
        UUID id = UUID.randomUUID();
        String address = "reader-" + id + "@example.org";
        jdbc.sql("""
                insert into subscriber (id, conference, email, address, locale, created_at) values (?, ?, ?, ?, ?, ?)
                """)
                .param(id)
                .param(slug)
                .param(address)
                .param(address)
                .param(locale)
                .param(Timestamp.from(Instant.now()))
                .update();
        jdbc.sql("insert into interest (conference, topic, subscriber_id, since) values (?, ?, ?, ?)")
                .param(slug)
                .param(topic)
                .param(id)
                .param(Timestamp.from(Instant.now()))
                .update();
        return new Subscriber(id, address);
    }

    /** Creates a registration whose attendees have addresses of their own: the contact's address after a number. */
    private static Story storyOf(int attendees) {
        Story story = new Story();
        List<Map<String, Object>> all = new ArrayList<>();
        for (int i = 0; i < attendees; i++) {
            Map<String, Object> attendee = new HashMap<>();
            attendee.put("id", UUID.randomUUID().toString());
            attendee.put("category", "academic");
            attendee.put("givenName", "Ada");
            attendee.put("familyName", "Lovelace");
            attendee.put("email", i + "-" + story.email);
            attendee.put("addOns", List.of());
            attendee.put("generation", 0);
            all.add(attendee);
        }
        return story.with("attendees", all);
    }

    private List<JsonNode> announcementsTo(String address) {
        return service.mailsTo(address).stream()
                .filter(mail -> mail.path("subject").asString().contains("The first keynote"))
                .toList();
    }

    private HttpResponse<String> announce(String topic, @Nullable String key) {
        String path = "/api/admin/conferences/" + slug + "/announcements";
        String body = WRITTEN.formatted(topic);
        return key == null
                ? post(path, body, STAFF.token("organiser"))
                : service.call(
                        "POST",
                        path,
                        body,
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        bearer(),
                        "Idempotency-Key",
                        key);
    }

    private HttpResponse<String> post(String path, String body, String token) {
        return service.call("POST", path, body, "Content-Type", "application/json", "Authorization", "Bearer " + token);
    }

    private static String bearer() {
        return "Bearer " + STAFF.token("organiser");
    }

    private static UUID id(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return UUID.fromString(JSON.readTree(answer.body()).path("id").asString());
    }

    private JsonNode list(String query) {
        HttpResponse<String> answer = service.call(
                "GET", "/api/admin/conferences/" + slug + "/announcements" + query, null, "Authorization", bearer());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private String counts(UUID announcement) {
        for (JsonNode one : list("").path("items")) {
            if (one.path("id").asString().equals(announcement.toString())
                    && one.path("complete").asBoolean()) {
                return "%s recipients, %s waiting, %s sent"
                        .formatted(
                                one.path("recipients").asInt(),
                                one.path("waiting").asInt(),
                                one.path("sent").asInt());
            }
        }
        return "not complete";
    }

    private static Map<String, Object> notice(String kind, String phase, int hoursLeft) {
        Instant at = Instant.parse("2026-03-30T12:00:00Z");
        Map<String, Object> notice = new HashMap<>();
        notice.put("kind", kind);
        notice.put("at", at.toString());
        notice.put(
                "phase",
                Map.of(
                        "code",
                        phase,
                        "name",
                        "Early",
                        "until",
                        at.plusSeconds(hoursLeft * 3600L).toString()));
        notice.put("next", Map.of("code", "regular", "name", "Regular", "until", "2026-05-18T06:59:59Z"));
        notice.put(
                "prices",
                List.of(Map.of(
                        "category",
                        "academic",
                        "name",
                        "Academic",
                        "now",
                        Story.money(65_000),
                        "next",
                        Story.money(80_000))));
        return notice;
    }

    private void publish(String type, long sequence, List<Map<String, Object>> notices, Instant time) {
        NEIGHBOURS.publish(new Story.Event(
                "conference.events.v1",
                slug,
                type,
                sequence,
                JSON.writeValueAsString(Map.of("slug", slug, "news", notices)),
                time));
    }
}
