package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The pages for organisers on which mails stand. */
@NotificationServiceApplicationTest
class MailPagesIT {

    private static final Pattern KEY = Pattern.compile("name=\"key\" value=\"([^\"]+)\"");

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void mails_that_reached_nobody_come_first() {
        String slug = service.newConference();
        Story bounced = sent(slug);
        List<Story> others = Stream.generate(() -> sent(slug)).limit(3).toList();
        jdbc.sql("update mail set state = 'bounced', reason = 'no such <mailbox>' where registration_id = ?")
                .param(bounced.id)
                .update();

        String page = page("/desk/" + slug + "/mails", "en");
        assertThat(page)
                .containsSubsequence(
                        "<h1>Emails</h1>",
                        bounced.email,
                        "<span class=\"tag bad\">Came back</span>",
                        "no such &lt;mailbox&gt;",
                        "/desk/" + slug + "/registrations/" + bounced.id,
                        others.getLast().email,
                        "<span class=\"tag good\">Sent</span>",
                        "4 emails")
                .contains("href=\"/desk/" + slug + "/mails\" aria-current=\"page\"")
                .doesNotContain("??", "th:", "rel=\"next\"");
        assertThat(page("/desk/" + slug + "/mails?state=sent&kind=confirmation", "de"))
                .contains(others.getFirst().email, "Verschickt", "Bestätigung", "3 E-Mails")
                .doesNotContain(bounced.email, "??");
        assertThat(page("/desk/" + slug + "/mails?to=" + bounced.email, "en"))
                .contains("1 email")
                .doesNotContain(others.getFirst().email);
        assertThat(page("/desk/" + slug + "/mails?state=failed", "en")).contains("There are no emails here.");
    }

    @Test
    void list_goes_on_where_a_page_of_it_ends() {
        String slug = service.newConference();
        Story story = sent(slug);
        jdbc.sql("""
                insert into mail (id, registration_id, kind, about, recipient, state, due_since, next_try_at, created_at, state_since)
                select gen_random_uuid(), :registration, 'confirmation', 'about ' || n, 'reader' || n || '@example.org',
                       case when n <= 60 then 'failed' else 'superseded' end, now(), now(), now(), now()
                  from generate_series(1, 120) as n
                """).param("registration", story.id).update();

        String address = "/desk/" + slug + "/mails";
        StringBuilder all = new StringBuilder();
        int pages = 0;
        while (!address.isEmpty()) {
            String page = page(address, "en");
            all.append(page);
            Matcher next = Pattern.compile("rel=\"next\" href=\"([^\"]+)\"").matcher(page);
            address = next.find() ? next.group(1).replace("&amp;", "&") : "";
            pages++;
        }

        assertThat(pages).isEqualTo(3);
        List<Integer> numbers = Pattern.compile(">reader(\\d+)@example.org<")
                .matcher(all)
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();
        assertThat(numbers).hasSize(120).doesNotHaveDuplicates();
        assertThat(numbers.subList(0, 60)).allMatch(number -> number <= 60);
    }

    @Test
    void mail_is_sent_again_by_a_form_once_for_each_key() {
        Story story = sent("mlsys-2026");
        String mail = jdbc.sql("select id from mail where registration_id = ?")
                .param(story.id)
                .query(String.class)
                .single();
        String path = "/desk/mlsys-2026/mails/" + mail;
        String page = page(path, "en");
        assertThat(page).contains("you are registered", "Dear Ada Lovelace", "•••", story.email);
        Matcher key = KEY.matcher(page);
        assertThat(key.find()).isTrue();
        String form = "key=" + key.group(1);

        assertThat(post(path + "/resend", form, "https://elsewhere.example.org", "text/html")
                        .statusCode())
                .isEqualTo(403);
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> sent = post(path + "/resend", form, StaffIssuer.ISSUER, "text/html");
            assertThat(sent.statusCode()).as(sent.body()).isEqualTo(303);
            assertThat(sent.headers().firstValue("Location")).contains(path + "?sent");
        }
        assertThat(page(path + "?sent", "en")).contains("It is on its way again.");
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent", "confirmation sent"));

        NEIGHBOURS.publish(story.registration("registration.cancelled.v1", "cancelled", null));
        soon(() -> assertThat(service.rowsOf(story.id)).contains("cancelled sent"));
        HttpResponse<String> refused = post(path + "/resend", "", StaffIssuer.ISSUER, "text/html");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("It is not sent again", "Dear Ada Lovelace");
    }

    @Test
    void mails_of_a_registration_are_a_page_and_a_part_of_another() {
        Story story = sent("mlsys-2026");
        String path = "/desk/mlsys-2026/registrations/" + story.id + "/mails";
        assertThat(page(path, "en")).contains("<html", "Emails of ML26-7K3F9Q", "Confirmation");
        String part = get(path, "en", "HX-Request", "true").body();
        assertThat(part.strip()).startsWith("<div id=\"registration-mails\">").contains("Confirmation");
        assertThat(part).doesNotContain("<html", "<h1");

        Matcher resend = Pattern.compile("action=\"([^\"]+)\"").matcher(part);
        assertThat(resend.find()).isTrue();
        HttpResponse<String> exchanged = service.call(
                "POST",
                resend.group(1),
                "from=registration",
                headers("en", "HX-Request", "true", "Content-Type", "application/x-www-form-urlencoded"));
        assertThat(exchanged.statusCode()).as(exchanged.body()).isEqualTo(200);
        assertThat(exchanged.body()).contains("It is on its way again.").doesNotContain("<html");
        assertThat(jdbc.sql("select what from audit where registration_id = ? order by entry")
                        .param(story.id)
                        .query(String.class)
                        .list())
                .containsExactly(
                        "opened the mails of a registration",
                        "opened the mails of a registration",
                        "sent a mail again",
                        "opened the mails of a registration");

        assertThat(get("/desk/mlsys-2026/registrations/" + UUID.randomUUID() + "/mails", "en")
                        .statusCode())
                .isEqualTo(404);
        String other = service.newConference();
        assertThat(get("/desk/" + other + "/registrations/" + story.id + "/mails", "en")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void pages_are_for_organisers_of_the_conference_alone() {
        String path = "/desk/mlsys-2026/mails";
        HttpResponse<String> stranger = service.call("GET", path + "?state=failed", null, "Accept", "text/html");
        assertThat(stranger.statusCode()).isEqualTo(303);
        assertThat(stranger.headers().firstValue("Location"))
                .contains("/sign-in?to=%2Fdesk%2Fmlsys-2026%2Fmails%3Fstate%3Dfailed");
        HttpResponse<String> part = service.call("GET", path, null, "HX-Request", "true");
        assertThat(part.statusCode()).isEqualTo(401);
        assertThat(part.headers().firstValue("HX-Refresh")).contains("true");
        for (String role : List.of("finance", "organiser:elsewhere-2026")) {
            HttpResponse<String> denied =
                    service.call("GET", path, null, "Accept", "text/html", "Cookie", "staff=" + STAFF.token(role));
            assertThat(denied.statusCode()).isEqualTo(403);
            assertThat(denied.body()).contains("No access", "Your role is not for this page");
        }
        assertThat(get("/desk/nowhere/mails", "de").statusCode()).isEqualTo(404);
        assertThat(get("/desk/nowhere/mails", "de").body()).contains("Seite nicht gefunden");
    }

    /** A registration of a conference that was sent its confirmation. */
    private Story sent(String slug) {
        Story story = new Story().with("conference", slug);
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        return story;
    }

    private String page(String path, String language) {
        HttpResponse<String> page = get(path, language);
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.headers().firstValue("Cache-Control")).contains("private, no-store");
        return page.body();
    }

    private HttpResponse<String> get(String path, String language, String... more) {
        return service.call("GET", path, null, headers(language, more));
    }

    private HttpResponse<String> post(String path, String form, String origin, String accept) {
        return service.call(
                "POST",
                path,
                form,
                "Cookie",
                "staff=" + STAFF.token("organiser"),
                "Origin",
                origin,
                "Accept",
                accept,
                "Content-Type",
                "application/x-www-form-urlencoded");
    }

    private static String[] headers(String language, String... more) {
        return Stream.concat(
                        Stream.of(
                                "Authorization",
                                "Bearer " + STAFF.token("organiser"),
                                "Accept",
                                "text/html",
                                "Accept-Language",
                                language),
                        Stream.of(more))
                .toArray(String[]::new);
    }
}
