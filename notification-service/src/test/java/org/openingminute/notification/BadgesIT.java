package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves badges as single files and as files of a conference, over HTTP on the running service with its database and broker. */
@NotificationServiceApplicationTest
class BadgesIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void files_of_badges_have_everybody_with_a_good_ticket_once() {
        String slug = service.newConference();
        String files = "/api/admin/conferences/" + slug + "/badges.pdf";
        assertProblem(get(files, "organiser"), 404, "not-found");
        for (int i = 0; i < 3; i++) {
            confirmed(
                    slug,
                    person("Ada", "academic", true),
                    person("Grace", "academic", false),
                    person("Emmy", "student", true));
        }

        List<Integer> sizes = new ArrayList<>();
        String address = files + "?limit=4";
        while (!address.isEmpty()) {
            HttpResponse<String> file = get(address, "organiser");
            assertThat(file.statusCode()).as(file.body()).isEqualTo(200);
            assertThat(file.body()).startsWith("%PDF-");
            assertThat(file.headers().firstValue("Content-Type")).contains("application/pdf");
            sizes.add(jdbc.sql(
                            "select (after ->> 'badges')::int from audit where conference = ? order by entry desc limit 1")
                    .param(slug)
                    .query(Integer.class)
                    .single());
            address = file.headers()
                    .firstValue("Link")
                    .map(link -> link.replaceFirst("<(.*)>; rel=\"next\"", "$1"))
                    .orElse("");
        }
        assertThat(sizes).containsExactly(4, 2);
        assertThat(get(files + "?category=student", "organiser").statusCode()).isEqualTo(200);
        assertProblem(get(files + "?category=other", "organiser"), 404, "not-found");
        for (String wrong : List.of("?limit=0", "?limit=501", "?after=x", "?after=" + UUID.randomUUID())) {
            assertProblem(get(files + wrong, "organiser"), 422, "invalid");
        }
        assertProblem(get(files, "check-in"), 403, "forbidden");
        assertThat(jdbc.sql("select distinct what from audit where conference = ?")
                        .param(slug)
                        .query(String.class)
                        .list())
                .containsExactly("exported badges");

        String page = get("/desk/" + slug + "/badges", "organiser").body();
        assertThat(page)
                .contains(
                        "<h1>Badges</h1>",
                        "6 badges",
                        "From Ada Example to Emmy Example.",
                        "href=\"/desk/" + slug + "/badges?file=true\"")
                .doesNotContain("??", "th:", "rel=\"next\"");
        assertThat(get("/desk/" + slug + "/badges?category=student", "organiser", "de")
                        .body())
                .contains("3 Namensschilder", "/badges?category=student&amp;file=true\"")
                .doesNotContain("??");
        assertThat(get("/desk/" + slug + "/badges", "check-in").statusCode()).isEqualTo(403);
        assertThat(get("/desk/" + slug + "/badges?after=x", "organiser").body())
                .contains("The address has a wrong “after”.");
        HttpResponse<String> led = get("/desk/" + slug + "/badges?category=student&file=true", "organiser");
        assertThat(led.statusCode()).isEqualTo(303);
        assertThat(led.headers().firstValue("Location")).contains(files + "?limit=500&category=student");
    }

    @Test
    void browser_is_told_as_staff_why_it_gets_no_badges() {
        String slug = service.newConference();
        String files = "/api/admin/conferences/" + slug + "/badges.pdf";

        HttpResponse<String> signedOut = service.call("GET", files + "?limit=4", null, "Accept", "text/html");
        assertThat(signedOut.statusCode()).isEqualTo(401);
        assertThat(signedOut.body())
                .contains(
                        "<h1>Please sign in again</h1>",
                        "href=\"/sign-in?to=%2Fapi%2Fadmin%2Fconferences%2F" + slug + "%2Fbadges.pdf%3Flimit%3D4\"")
                .doesNotContain("from your email", "??");
        HttpResponse<String> denied = browser(files, "check-in");
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.body()).contains("Ihre Rolle ist nicht für diese Seite.", "href=\"/desk\"");
        HttpResponse<String> none = browser(files, "organiser");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("Hier hat niemand ein gültiges Ticket.");
        assertThat(browser(files + "?limit=0", "organiser").statusCode()).isEqualTo(422);
    }

    private HttpResponse<String> browser(String path, String role) {
        return service.call(
                "GET",
                path,
                null,
                "Authorization",
                "Bearer " + STAFF.token(role),
                "Accept",
                "text/html,*/*;q=0.8",
                "Accept-Language",
                "de");
    }

    @Test
    void badge_of_an_attendee_is_found_by_its_id_at_the_door_too() {
        String slug = service.newConference();
        Story story = new Story().with("conference", slug);
        // The service derives attendees' ids from the registration's id, so the ids share its prefix.
        UUID ada = new UUID(story.id.getMostSignificantBits(), story.id.getLeastSignificantBits() | 0xf);
        UUID grace = new UUID(ada.getMostSignificantBits(), ada.getLeastSignificantBits() ^ 0x100);
        story.with("attendees", List.of(DocumentsIT.person(ada, "Ada", 0, "T1.any")));
        NEIGHBOURS.publish(story.confirmed());
        String badges = "/api/admin/conferences/" + slug + "/attendees/";

        soon(() -> assertThat(get(badges + ada + "/badge.pdf", "check-in").statusCode())
                .isEqualTo(200));
        assertThat(get(badges + ada + "/badge.pdf", "organiser").body()).startsWith("%PDF-");
        assertProblem(get(badges + grace + "/badge.pdf", "organiser"), 404, "not-found");
        assertProblem(get(badges + "x/badge.pdf", "organiser"), 404, "not-found");
        assertProblem(get(badges + ada + "/badge.pdf", "finance"), 403, "forbidden");
        assertProblem(
                get("/api/admin/conferences/mlsys-2026/attendees/" + ada + "/badge.pdf", "organiser"),
                404,
                "not-found");

        story.with("attendees", List.of(DocumentsIT.person(ada, "Ada", 0, null)));
        NEIGHBOURS.publish(story.registration("registration.changed.v1", "confirmed", null));
        soon(() -> assertProblem(get(badges + ada + "/badge.pdf", "organiser"), 409, "not-allowed-now"));
        assertThat(jdbc.sql("select distinct what || ' ' || role from audit where registration_id = ? order by 1")
                        .param(story.id)
                        .query(String.class)
                        .list())
                .containsExactly("opened a badge check-in", "opened a badge organiser");
    }

    private static Map<String, @Nullable Object> person(String given, String category, boolean hasTicket) {
        Map<String, @Nullable Object> person =
                DocumentsIT.person(UUID.randomUUID(), given, 0, hasTicket ? "T1.any" : null);
        person.put("category", category);
        return person;
    }

    @SafeVarargs
    private void confirmed(String slug, Map<String, @Nullable Object>... people) {
        Story story = new Story().with("conference", slug).with("attendees", List.of(people));
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).isNotEmpty());
    }

    private HttpResponse<String> get(String path, String role) {
        return get(path, role, "en");
    }

    private HttpResponse<String> get(String path, String role, String language) {
        return service.call(
                "GET",
                path,
                null,
                Stream.concat(
                                Stream.of("Authorization", "Bearer " + STAFF.token(role), "Accept-Language", language),
                                path.startsWith("/desk/") ? Stream.of("Accept", "text/html") : Stream.of())
                        .toArray(String[]::new));
    }
}
