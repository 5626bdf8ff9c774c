package org.openingminute.registration.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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

/** The list of registrations: search, filters, order and pages. */
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

    /** Its entry is taken away, as if the index had not heard of it yet. */
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
        return "/api/admin/conferences/" + slug + "/registrations";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
