package org.openingminute.registration.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Proves the lists of registrations and attendees (search, filters, order, pages) and the figures of needs and sale. Uses the running
 * service with its database.
 */
@RegistrationServiceTest
class DeskListIT {

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
    void registration_is_found_by_what_people_know_of_it() {
        Reply ada = register("seat", "Ada", "Lovelace", "ada@cs.example.org", "Analytical Engines");
        Reply wang = register("free", "伟", "王", "wei@example.net", null);
        awaitIndexed(2);

        for (String q : List.of(
                "lo",
                "ada love",
                "LOVELACE, Ada",
                "ada@cs",
                "example.org",
                "analyt",
                ada.text("reference").toLowerCase())) {
            assertThat(found("q=" + encoded(q))).as(q).containsExactly(ada.text("id"));
        }
        for (String q : List.of("王伟", "王", "wei")) {
            assertThat(found("q=" + encoded(q))).as(q).containsExactly(wang.text("id"));
        }
        for (String q : List.of("ada 王", "%", "' | '", "\\", "ada' & '", ":*", "status:confirmed")) {
            assertThat(found("q=" + encoded(q))).as(q).isEmpty();
        }
        Reply row = list("q=ada");
        assertThat(row.raw().body())
                .contains("\"contact\":{\"name\":\"Ada Lovelace\",\"email\":\"ada@cs.example.org\"}")
                .contains("\"name\":\"Ada Lovelace\",\"category\":\"seat\"")
                .contains("\"payment\":{\"status\":\"awaiting\",\"captured\":{\"amount\":0,\"currency\":\"USD\"}");
        assertThat(row.text("items.0.status")).isEqualTo("pending-payment");
        assertThat(row.body().at("/next").isNull()).isTrue();
    }

    /** Deletes the entries, as if the index had not received the registration yet. */
    @Test
    void whole_reference_or_id_is_found_before_the_index_has_it() {
        Reply made = register("seat", "Ada", "Lovelace", "ada@example.org", null);
        awaitIndexed(1);
        jdbc.sql("delete from desk_registration where conference = ?")
                .param(slug)
                .update();

        String reference = made.text("reference");
        assertThat(found("q=ada")).isEmpty();
        assertThat(found("q=" + reference)).containsExactly(made.text("id"));
        assertThat(found("q=" + reference.replace("-", "").toLowerCase())).containsExactly(made.text("id"));
        assertThat(found("q=" + made.text("id"))).containsExactly(made.text("id"));
        assertThat(found("q=XX" + reference.substring(2))).isEmpty();
        assertThat(found("q=" + UUID.randomUUID())).isEmpty();
        assertThat(service.get(
                                "/api/admin/conferences/" + service.putConference(1, 600) + "/registrations?q="
                                        + made.text("id"),
                                staffToken("organiser"))
                        .body()
                        .get("items"))
                .isEmpty();
    }

    @Test
    void filters_choose_by_what_the_registration_is() {
        Reply unpaid = register("seat", "Ada", "Lovelace", "ada@example.org", null);
        Reply free = register("free", "Grace", "Hopper", "grace@example.org", null);
        awaitIndexed(2);

        assertThat(found("status=confirmed")).containsExactly(free.text("id"));
        assertThat(found("status=confirmed,pending-payment")).containsExactly(free.text("id"), unpaid.text("id"));
        assertThat(found("category=seat&payment=awaiting&method=card&phase=all"))
                .containsExactly(unpaid.text("id"));
        assertThat(found("status=confirmed&q=ada")).isEmpty();
        assertThat(found("voucher=NONE")).isEmpty();
        assertThat(found("need=proof")).isEmpty();
        assertThat(found("from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00%2B01:00"))
                .hasSize(2);
        assertThat(found("to=2026-01-01T00:00:00Z")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"newest", "oldest", "need"})
    void pages_have_each_registration_once(String sort) {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            made.add(
                    register("free", "Ada", "Lovelace", "ada@example.org", null).text("id"));
        }
        awaitIndexed(7);
        jdbc.sql("update desk_registration set oldest_need = created_at, needs = '{mail-failed}' where id = any(?)")
                .param(new UUID[] {UUID.fromString(made.get(2)), UUID.fromString(made.get(5))})
                .update();

        List<String> shown = new ArrayList<>();
        String after = "";
        do {
            Reply page = list("limit=3&sort=" + sort + after);
            page.body().get("items").forEach(item -> shown.add(item.get("id").asString()));
            after = page.body().get("next").isNull() ? "" : "&after=" + page.text("next");
        } while (!after.isEmpty());

        assertThat(shown).containsExactlyInAnyOrderElementsOf(made);
        switch (sort) {
            case "newest" -> assertThat(shown).isEqualTo(made.reversed());
            case "oldest" -> assertThat(shown).isEqualTo(made);
            default -> {
                assertThat(shown.subList(0, 2)).containsExactly(made.get(2), made.get(5));
                assertThat(list("limit=1&sort=need").text("items.0.needs.0")).isEqualTo("mail-failed");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status=lost",
                "method=cash",
                "payment=x",
                "need=x",
                "sort=x",
                "limit=0",
                "limit=201",
                "limit=x",
                "after=x",
                "after=eHx4",
                "from=x",
                "to=2026-02-02",
                "to=99999-02-02T00:00:00Z",
                "q=a%0Ab",
                "category=%07"
            })
    void what_cannot_be_chosen_is_refused(String query) {
        Reply refused =
                service.get(path() + "?" + query, staffToken("organiser")).expectProblem(422, "invalid");
        assertThat(refused.text("errors.0.field")).isEqualTo(query.replaceFirst("=.*", ""));
    }

    @Test
    void long_search_is_refused_and_an_unknown_conference_not_found() {
        service.get(path() + "?q=" + "a".repeat(201), staffToken("organiser")).expectProblem(422, "invalid");
        assertThat(found("q=" + "a".repeat(200))).isEmpty();
        assertThat(found("q=" + encoded("a ".repeat(100)))).isEmpty();
        service.get("/api/admin/conferences/none/registrations", staffToken("organiser"))
                .expectProblem(404, "not-found");
    }

    @Test
    void list_is_the_organisers_alone_and_tells_its_age() {
        for (String role : List.of("check-in", "operator")) {
            service.get(path(), staffToken(role)).expectProblem(403, "forbidden");
        }
        service.send("GET", path(), null, null, null).expectProblem(401, "unauthenticated");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(list("").body().get("asOf").isString()).isTrue());
    }

    @Test
    void attendees_are_listed_by_name_with_ticket_and_check_in() {
        Reply free = register("free", "Ada", "Lovelace", "ada@example.org", "Analytical Engines");
        Reply unpaid = register("seat", "Grace", "Hopper", "grace@example.org", null);
        awaitIndexed(2);
        String ada = free.text("attendees.0.id");
        Reply checkIn = service.post(
                        "/api/admin/check-ins",
                        staffToken("check-in"),
                        null,
                        "{\"gate\": \"north\", \"attendee\": \"" + ada + "\"}")
                .expect(201);

        Reply all = attendees("");

        assertThat(all.body()
                        .at("/items")
                        .valueStream()
                        .map(item -> item.at("/name").asString()))
                .containsExactly("Grace Hopper", "Ada Lovelace");
        assertThat(all.text("items.0.ticket")).isEqualTo("none");
        assertThat(all.text("items.0.registration")).isEqualTo(unpaid.text("id"));
        assertThat(all.body().at("/items/0/checkIn").isNull()).isTrue();
        assertThat(all.body().at("/items/1").propertyNames())
                .containsExactly(
                        "id",
                        "registration",
                        "reference",
                        "name",
                        "badgeName",
                        "affiliation",
                        "category",
                        "addOns",
                        "ticket",
                        "checkIn");
        assertThat(all.text("items.1.id")).isEqualTo(ada);
        assertThat(all.text("items.1.affiliation")).isEqualTo("Analytical Engines");
        assertThat(all.text("items.1.ticket")).isEqualTo("valid");
        assertThat(all.text("items.1.checkIn.id")).isEqualTo(checkIn.text("id"));
        assertThat(all.text("items.1.checkIn.gate")).isEqualTo("north");
        for (String q : List.of("lo", "ada love", "analyt", free.text("reference"))) {
            assertThat(attendees("q=" + q.replace(" ", "%20")).text("items.0.name"))
                    .as(q)
                    .isEqualTo("Ada Lovelace");
        }
        assertThat(attendees("q=" + ada).text("items.0.id")).isEqualTo(ada);
        assertThat(attendees("q=ada%20hopper").body().at("/items")).isEmpty();

        service.post(
                        "/api/admin/check-ins/" + checkIn.text("id") + "/undo",
                        staffToken("check-in"),
                        null,
                        "{\"reason\": \"the wrong person\"}")
                .expect(200);
        assertThat(attendees("q=ada").body().at("/items/0/checkIn").isNull()).isTrue();
    }

    @Test
    void pages_have_each_attendee_once() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(register("free", "Ada", i % 2 == 0 ? "Lovelace" : "Ampère", "ada@example.org", null)
                    .text("attendees.0.id"));
        }
        awaitIndexed(5);

        for (String q : List.of("", "&q=ada")) {
            List<String> shown = new ArrayList<>();
            String after = "";
            do {
                Reply page = attendees("limit=2" + q + after);
                page.body()
                        .get("items")
                        .forEach(item -> shown.add(item.get("id").asString()));
                after = page.body().get("next").isNull() ? "" : "&after=" + page.text("next");
            } while (!after.isEmpty());
            assertThat(shown).containsExactly(made.get(1), made.get(3), made.get(0), made.get(2), made.get(4));
        }
    }

    @Test
    void what_waits_is_counted_by_kind_with_age_and_deadline() {
        String proof =
                register("seat", "Ada", "Lovelace", "ada@example.org", null).text("id");
        String mail =
                register("seat", "Grace", "Hopper", "grace@example.org", null).text("id");
        register("seat", "Annie", "Easley", "annie@example.org", null);
        awaitIndexed(3);
        assertThat(needs().body().at("/items")).isEmpty();
        need(
                proof,
                "{proof,mail-failed}",
                "{2026-02-02T17:01:00Z,2026-02-02T17:03:00Z}",
                "{2026-02-03T17:00:00Z,infinity}");
        need(mail, "{mail-failed}", "{2026-02-02T17:00:00Z}", "{infinity}");

        assertThat(needs().body().at("/items").toString())
                .isEqualTo(
                        "[{\"kind\":\"mail-failed\",\"count\":2,\"oldestAt\":\"2026-02-02T17:00:00Z\",\"dueAt\":null},"
                                + "{\"kind\":\"proof\",\"count\":1,\"oldestAt\":\"2026-02-02T17:01:00Z\",\"dueAt\":\"2026-02-03T17:00:00Z\"}]");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(needs().body().at("/asOf").isString()).isTrue());
    }

    private void need(String registration, String kinds, String since, String due) {
        jdbc.sql("""
                update desk_registration set needs = ?::text[], needs_since = ?::timestamptz[], needs_due = ?::timestamptz[],
                       oldest_need = (select min(at) from unnest(?::timestamptz[]) as at)
                 where id = ?::uuid
                """)
                .param(kinds)
                .param(since)
                .param(due)
                .param(since)
                .param(registration)
                .update();
    }

    private Reply needs() {
        return service.get(conferencePath() + "/needs", staffToken("finance")).expect(200);
    }

    @Test
    void sale_is_told_minute_by_minute_with_those_in_which_nothing_happened() {
        register("seat", "Ada", "Lovelace", "ada@example.org", null);
        register("free", "Grace", "Hopper", "grace@example.org", null);
        awaitIndexed(2);

        Reply told = series("step=minute");

        List<Instant> minutes = told.body()
                .at("/items")
                .valueStream()
                .map(item -> Instant.parse(item.at("/at").asString()))
                .toList();
        assertThat(minutes).hasSizeBetween(60, 61);
        for (int i = 1; i < minutes.size(); i++) {
            assertThat(minutes.get(i)).isEqualTo(minutes.get(i - 1).plusSeconds(60));
        }
        assertThat(sum(told, "registered")).isEqualTo(2);
        assertThat(sum(told, "confirmed")).isEqualTo(1);
        assertThat(told.text("items.0.captured.currency")).isEqualTo("USD");
        assertThat(sum(series(""), "registered")).isEqualTo(2);
    }

    /** Clocks go forward on the first of these days, so it has 23 hours. */
    @Test
    void days_and_hours_are_those_of_the_conference() {
        minute("2026-03-08T07:59:00Z", 1, 100);
        minute("2026-03-08T08:00:00Z", 2, 200);
        minute("2026-03-09T06:59:00Z", 4, 400);
        minute("2026-03-09T07:00:00Z", 8, 800);
        minute("2026-03-10T07:00:00Z", 16, 1_600);

        Reply days = series("step=day&from=2026-03-07T20:00:00Z&to=2026-03-10T07:00:00Z");

        assertThat(days.body()
                        .at("/items")
                        .valueStream()
                        .map(item -> item.at("/at").asString() + " "
                                + item.at("/registered").asInt() + " "
                                + item.at("/captured/amount").asLong()))
                .containsExactly(
                        "2026-03-07T08:00:00Z 1 100", "2026-03-08T08:00:00Z 6 600", "2026-03-09T07:00:00Z 8 800");
        Reply hours = series("from=2026-03-09T06:30:00Z&to=2026-03-09T07:00:01Z");
        assertThat(hours.body()
                        .at("/items")
                        .valueStream()
                        .map(item -> item.at("/at").asString() + " "
                                + item.at("/registered").asInt()))
                .containsExactly("2026-03-09T06:00:00Z 4", "2026-03-09T07:00:00Z 8");
        assertThat(series("step=minute&from=2026-03-08T00:00:00Z&to=2026-03-09T01:00:00Z")
                        .body()
                        .at("/items"))
                .hasSize(1_500);
    }

    private void minute(String at, int registered, long captured) {
        jdbc.sql("""
                insert into sale_minute (conference, at, registered, confirmed, ended, captured, refunded)
                values (?, ?::timestamptz, ?, 0, 0, ?, 0)
                """).param(slug).param(at).param(registered).param(captured).update();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "statistics/series?step=week",
                "statistics/series?from=x",
                "statistics/series?to=2026-02-02",
                "statistics/series?from=2026-02-03T00:00:00Z&to=2026-02-03T00:00:00Z",
                "statistics/series?from=2026-03-08T00:00:00Z&to=2026-03-09T01:00:01Z&step=minute",
                "statistics/series?from=0001-01-01T00:00:00Z&to=9999-12-31T00:00:00Z&step=day",
                "attendees?q=a%0Ab",
                "attendees?limit=0",
                "attendees?after=x",
                "attendees?after=eHx4"
            })
    void what_no_figure_can_show_is_refused(String query) {
        Reply refused = service.get(conferencePath() + "/" + query, staffToken("organiser"))
                .expectProblem(422, "invalid");
        assertThat(refused.text("errors.0.field"))
                .isEqualTo(query.replaceFirst("^[^?]*\\?", "").replaceFirst("=.*", ""));
    }

    private static long sum(Reply series, String of) {
        return series.body()
                .at("/items")
                .valueStream()
                .mapToLong(item -> item.at("/" + of).asLong())
                .sum();
    }

    private Reply series(String query) {
        return service.get(conferencePath() + "/statistics/series?" + query, staffToken("finance"))
                .expect(200);
    }

    private Reply attendees(String query) {
        return service.get(conferencePath() + "/attendees?" + query, staffToken("check-in"))
                .expect(200);
    }

    private Reply register(String category, String given, String family, String email, String affiliation) {
        return service.post("/api/conferences/" + slug + "/registrations", null, newKey(), """
                {"contact": {"name": "%2$s %3$s", "email": "%4$s"},
                 "attendees": [{"category": "%1$s", "givenName": "%2$s", "familyName": "%3$s", "email": "%4$s", "affiliation": %5$s}],
                 "acceptedCodeOfConduct": true}""".formatted(
                                category, given, family, email, affiliation == null ? null : '"' + affiliation + '"'))
                .expect(201);
    }

    private void awaitIndexed(int registrations) {
        await().atMost(SOON).until(() -> found("").size() == registrations);
    }

    private List<String> found(String query) {
        List<String> ids = new ArrayList<>();
        list(query).body().get("items").forEach(item -> ids.add(item.get("id").asString()));
        return ids;
    }

    private Reply list(String query) {
        return service.get(path() + "?" + query, staffToken("organiser")).expect(200);
    }

    private String path() {
        return conferencePath() + "/registrations";
    }

    private String conferencePath() {
        return "/api/admin/conferences/" + slug;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
