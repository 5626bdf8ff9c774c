package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves the pages with mails for organisers, as a browser without scripts gets them from the running service. */
@NotificationServiceApplicationTest
class MailPagesIT {

    private static final Pattern HIDDEN =
            Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"");

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
                        "<th scope=\"col\">Reason</th>",
                        "<th scope=\"col\">Registration</th>",
                        bounced.email,
                        "<span class=\"tag bad\">Came back</span>",
                        "<td>no such &lt;mailbox&gt;",
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
        assertThat(ok(get("/desk/" + slug + "/mails?after=x", "en"), 422))
                .contains("The address has a wrong “after”. Please open the list from its start.");
        assertThat(ok(get("/desk/" + slug + "/mails?kind=gossip", "de"), 422))
                .contains("In der Adresse stimmt „kind“ nicht.");
    }

    /** Events have the instants of both clocks, from which the service learns the offset. */
    @Test
    void times_are_the_business_time_as_it_was_then() {
        String slug = service.newConference();
        Story first = sent(slug);
        Story moved = sent(slug);

        // Earlier than the offsets in events of other tests.
        Instant began = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofDays(2));
        told(began, "2026-02-02T17:00:00Z");
        told(began.plus(Duration.ofHours(2)), "2026-05-18T16:00:00Z");
        // The first event arrives late; the other waited longer for its commit.
        told(began.plus(Duration.ofHours(1)), "2026-02-02T18:00:00Z");
        told(began.plus(Duration.ofHours(3)).plusSeconds(3), "2026-05-18T17:00:00Z");

        ended(first, "failed", began.plus(Duration.ofMinutes(119)).toString());
        ended(moved, "failed", began.plus(Duration.ofMinutes(125)).toString());
        assertThat(page("/desk/" + slug + "/mails", "en").replaceAll("\\h", " "))
                .containsSubsequence(
                        moved.email,
                        "<td>May 18, 2026, 9:05 AM PDT</td>",
                        first.email,
                        "<td>Feb 2, 2026, 10:59 AM PST</td>");
        assertThat(page("/desk/" + slug + "/registrations/" + moved.id + "/mails", "en")
                        .replaceAll("\\h", " "))
                .contains("<td>May 18, 2026, 9:05 AM PDT</td>");
        assertThat(ok(get("/desk/" + slug + "/mails", "en", "Business-Time", "2026-02-02T17:00:30Z"), 200)
                        .replaceAll("\\h", " "))
                .as("the banner")
                .contains("<time datetime=\"2026-02-02T17:00:00Z\">February 2, 2026, 9:00 AM PST</time>");
        assertThat(page("/desk/" + slug + "/mails/" + mailOf(first) + "/resend", "en")
                        .replaceAll("\\h", " "))
                .contains("<span>Feb 2, 2026, 10:59 AM PST</span>");
        assertThat(jdbc.sql(
                                "select since from business_offset where since between ?::timestamptz and ?::timestamptz order by since")
                        .param(began.toString())
                        .param(began.plus(Duration.ofDays(1)).toString())
                        .query((row, _) -> row.getTimestamp(1).toInstant())
                        .list())
                .containsExactly(began, began.plus(Duration.ofHours(2)));
    }

    /** Publishes an event of a registration with its times by the machine's clock and in business time. */
    private void told(Instant writtenAt, String at) {
        Story story = new Story().with("changedAt", at);
        NEIGHBOURS.publish(story.confirmed().at(writtenAt));
        soon(() -> assertThat(service.rowsOf(story.id)).isNotEmpty());
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
    void mail_is_sent_again_after_a_look_at_what_it_does() {
        Story story = sent("mlsys-2026");
        String own = "/desk/mlsys-2026/mails/" + mailOf(story);
        String path = own + "/resend";
        assertThat(page(own, "en"))
                .contains("you are registered", "Dear Ada Lovelace", "•••", story.email, "href=\"" + path + "\"");
        assertThat(page(path, "en"))
                .containsSubsequence(
                        "<h1>Send an email again</h1>",
                        "<span>Confirmation</span>",
                        "<span>" + story.email + "</span>",
                        "<span>Sent</span>",
                        "name=\"reason\"",
                        "href=\"" + own + "\"")
                .doesNotContain("??", "th:", "name=\"since\"");
        assertThat(page(path, "de"))
                .contains("<h1>Eine E-Mail noch einmal senden</h1>", "<span>Bestätigung</span>")
                .doesNotContain("??");

        for (String step : List.of("preview", "do")) {
            assertThat(ok(submitted(path, because("", step)), 422))
                    .contains("href=\"#resend-reason\">Reason: Please fill this in");
            assertThat(ok(submitted(path, because("x".repeat(501), step)), 422))
                    .contains("Please use at most 500 characters", "value=\"" + "x".repeat(501) + "\"");
            assertThat(ok(submitted(path, because("a\u0007b", step)), 422))
                    .contains("Please use no control characters");
        }
        String preview = ok(submitted(path, because("Asked for by phone.", "preview")), 200);
        assertThat(preview)
                .containsSubsequence(
                        "This email is sent once more, to " + story.email + ".",
                        "<span>Confirmation</span>",
                        "<span>" + story.email + "</span>",
                        "<span>Asked for by phone.</span>",
                        "An email that is sent cannot be taken back.",
                        "Send it again")
                .doesNotContain("??", "th:", "<table");
        Map<String, String> doing = with(hidden(preview), "step", "do");
        assertThat(submitted(path, with(doing, "step", "edit")).body())
                .contains("<h1>Send an email again</h1>", "value=\"Asked for by phone.\"");
        assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent");

        assertThat(submitted(path, doing, "https://elsewhere.example.org").statusCode())
                .isEqualTo(403);
        assertThat(ok(submitted(path, with(doing, "key", "")), 400)).contains("value=\"Asked for by phone.\"");
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> sent = submitted(path, doing);
            assertThat(sent.statusCode()).as(sent.body()).isEqualTo(303);
            assertThat(sent.headers().firstValue("Location")).contains(own + "?sent");
        }
        assertThat(page(own + "?sent", "en")).contains("It is on its way again.");
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent", "confirmation sent"));
        assertThat(ok(submitted(path, with(doing, "reason", "Once more.")), 422))
                .contains("This form was already sent with other content", "value=\"Once more.\"");
        assertThat(jdbc.sql("select concat(who, ': ', why) from audit where registration_id = ? and what = ?")
                        .param(story.id)
                        .param("sent a mail again")
                        .query(String.class)
                        .list())
                .containsExactly("organiser: Asked for by phone.");

        NEIGHBOURS.publish(story.registration("registration.cancelled.v1", "cancelled", null));
        soon(() -> assertThat(service.rowsOf(story.id)).contains("cancelled sent"));
        for (String step : List.of("preview", "do")) {
            Map<String, String> late =
                    with(because("Late.", step), "key", UUID.randomUUID().toString());
            assertThat(ok(submitted(path, late), 409)).contains("It is not sent again", "value=\"Late.\"");
        }
        assertThat(get("/desk/mlsys-2026/mails/" + UUID.randomUUID() + "/resend", "en")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void preview_tells_of_a_mail_that_waits_already() {
        Story story = sent("mlsys-2026");
        jdbc.sql("""
                insert into mail (id, registration_id, kind, about, copy, recipient, due_since, next_try_at, created_at, state_since)
                select gen_random_uuid(), registration_id, kind, about, 1, 'grace@example.org', now(), now() + interval '1 day',
                       now(), now()
                  from mail where registration_id = ?
                """).param(story.id).update();

        String path = "/desk/mlsys-2026/mails/" + mailOf(story) + "/resend";
        assertThat(ok(submitted(path, because("Asked for by phone.", "preview")), 200))
                .contains("Such an email to grace@example.org waits already", "value=\"Asked for by phone.\"");

        jdbc.sql("delete from mail where registration_id = ? and copy = 1")
                .param(story.id)
                .update();
    }

    @Test
    void many_mails_are_sent_again_after_a_look_at_what_it_does() {
        wasADayAhead();
        String slug = service.newConference();
        Story failed = sent(slug);
        Story bounced = sent(slug);
        Story copied = sent(slug);
        Story cancelled = sent(slug);
        Story later = sent(slug);
        NEIGHBOURS.publish(cancelled.registration("registration.cancelled.v1", "cancelled", null));
        soon(() -> assertThat(service.rowsOf(cancelled.id)).contains("cancelled sent"));
        Stream.of(failed, copied, cancelled).forEach(story -> ended(story, "failed", "2001-02-03T17:30:20Z"));
        ended(bounced, "bounced", "2001-02-03T17:30:20Z");
        jdbc.sql("""
                insert into mail (id, registration_id, kind, about, copy, recipient, due_since, next_try_at, created_at, state_since,
                                  state)
                select gen_random_uuid(), registration_id, kind, about, 1, recipient, due_since, next_try_at, created_at,
                       state_since, 'sent'
                  from mail where registration_id = ?
                """).param(copied.id).update();
        String list = "/desk/" + slug + "/mails";
        String path = list + "/resend";

        assertThat(page(list + "?state=failed&kind=confirmation", "en"))
                .contains("href=\"" + path + "?state=failed&amp;kind=confirmation\"");
        assertThat(page(path, "en"))
                .containsSubsequence(
                        "<h1>Send emails again</h1>",
                        "<option value=\"all\" selected=\"selected\">Failed or came back</option>",
                        "Local time in America/Los_Angeles.",
                        "name=\"since\"",
                        "value=\"2001-02-04T09:30\"")
                .doesNotContain("??", "th:");
        assertThat(page(path + "?state=bounced&kind=confirmation", "de"))
                .contains(
                        "<option value=\"bounced\" selected=\"selected\">Zurückgekommen</option>",
                        "<option value=\"confirmation\" selected=\"selected\">Bestätigung</option>")
                .doesNotContain("??");

        Map<String, String> typed = resend("2001-02-04T09:30", "The relay is back.");
        assertThat(ok(submitted(path, with(typed, "until", "2001-02-04T09:29")), 200))
                .contains("There is no such email to send again.", "value=\"The relay is back.\"");
        assertThat(ok(submitted(path, with(typed, "state", "bounced")), 200)).contains("1 email goes", "1 address");
        String preview = ok(submitted(path, with(typed, "until", "2001-02-04T09:30")), 200);
        assertThat(preview)
                .containsSubsequence(
                        "3 emails go back into the queue, to 3 addresses.",
                        "<th scope=\"row\">Confirmation</th>",
                        "<td class=\"number\">3</td>",
                        "<td class=\"number\">3</td>",
                        "<td class=\"number\">1</td>",
                        "a newer copy was asked for: 1 email.",
                        "1 of these emails is no longer needed",
                        "The relay is back.")
                .doesNotContain("??", "th:");
        String minute = "<span>Feb 4, 2001, 9:30 AM PST</span>";
        assertThat(preview.replaceAll("\\h", " ")).containsSubsequence(minute, minute);
        assertThat(service.rowsOf(failed.id)).containsExactly("confirmation failed");
        Map<String, String> doing = with(hidden(preview), "step", "do");
        assertThat(submitted(path, with(doing, "step", "edit")).body())
                .contains("<h1>Send emails again</h1>", "value=\"2001-02-04T09:30\"", "value=\"The relay is back.\"");

        ended(later, "failed", "2001-02-03T17:30:20Z");
        jdbc.sql("update mail set state_since = clock_timestamp() where registration_id = ?")
                .param(later.id)
                .update();
        assertThat(submitted(path, doing, "https://elsewhere.example.org").statusCode())
                .isEqualTo(403);
        // As after a double click, and after the browser's Back.
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> done = submitted(path, doing);
            assertThat(done.statusCode()).as(done.body()).isEqualTo(303);
            assertThat(done.headers().firstValue("Location")).contains(list + "?again=3");
        }

        soon(() -> {
            assertThat(service.rowsOf(failed.id)).containsExactly("confirmation sent");
            assertThat(service.rowsOf(bounced.id)).containsExactly("confirmation sent");
            assertThat(service.rowsOf(cancelled.id)).contains("confirmation superseded");
        });
        assertThat(service.rowsOf(later.id)).containsExactly("confirmation failed");
        assertThat(submitted(path, doing).statusCode()).isEqualTo(303);
        assertThat(service.mailsTo(failed.email)).hasSize(2);
        assertThat(page(list + "?again=3", "en")).contains("3 emails are on their way again.");
        assertThat(page(list + "?again=1", "de")).contains("1 E-Mail ist noch einmal unterwegs.");
        assertThat(jdbc.sql("""
                select concat(what, ': ', why, ' ', after::json ->> 'mails', ' of ', after::json ->> 'state') from audit
                 where conference = ? and what = 'sent mails again' and who = 'organiser' and role = 'organiser'
                """).param(slug).query(String.class).list())
                .containsExactly("sent mails again: The relay is back. 3 of ");
    }

    @Test
    void form_that_is_refused_keeps_what_was_typed() {
        wasADayAhead();
        String slug = service.newConference();
        ended(sent(slug), "failed", "2001-02-03T17:30:20Z");
        String path = "/desk/" + slug + "/mails/resend";

        String wrong = ok(
                submitted(path, Map.of("kind", "gossip", "since", "yesterday", "until", "never", "step", "preview")),
                422);
        assertThat(wrong)
                .containsSubsequence(
                        "Please correct the following",
                        "href=\"#resend-state\">Which ones: Please choose",
                        "href=\"#resend-kind\">Kind: Please choose",
                        "href=\"#resend-since\">Failed or came back since: Please enter a date and a time",
                        "href=\"#resend-until\">Until: Please enter a date and a time",
                        "href=\"#resend-reason\">Reason: Please fill this in",
                        "value=\"yesterday\"",
                        "value=\"never\"")
                .doesNotContain("??");
        assertThat(ok(submitted(path, resend("", "x".repeat(501))), 422))
                .contains("Please use at most 500 characters", "value=\"" + "x".repeat(501) + "\"");

        Map<String, String> doing =
                with(hidden(ok(submitted(path, resend("2001-02-04T09:30", "The relay is back.")), 200)), "step", "do");
        assertThat(submitted(path, doing).statusCode()).isEqualTo(303);
        assertThat(ok(submitted(path, with(doing, "reason", "Once more.")), 422))
                .contains("This form was already sent with other content", "value=\"Once more.\"");
        assertThat(ok(submitted(path, with(doing, "key", "")), 400)).contains("value=\"The relay is back.\"");

        HttpResponse<String> kept = service.call(
                "POST",
                path,
                encoded(doing),
                "Accept",
                "text/html",
                "Accept-Language",
                "de",
                "Content-Type",
                "application/x-www-form-urlencoded");
        assertThat(ok(kept, 401))
                .contains(
                        "Bitte melden Sie sich noch einmal an",
                        "action=\"" + path + "\"",
                        "name=\"reason\" value=\"The relay is back.\"")
                .doesNotContain("??");
    }

    @Test
    void mails_of_a_registration_are_a_page_and_a_part_of_another() {
        Story story = sent("mlsys-2026");
        String path = "/desk/mlsys-2026/registrations/" + story.id + "/mails";
        assertThat(page(path, "en")).contains("<html", "Emails of ML26-7K3F9Q", "Confirmation");
        String part = get(path, "en", "HX-Request", "true").body();
        assertThat(part.strip()).startsWith("<div id=\"registration-mails\">").contains("Confirmation");
        assertThat(part).doesNotContain("<html", "<h1");

        String resend = "/desk/mlsys-2026/mails/" + mailOf(story) + "/resend?from=registration";
        assertThat(part).contains("href=\"" + resend + "\"");
        assertThat(page(resend, "en")).contains("action=\"" + resend + "\"", "href=\"" + path + "\"");
        Map<String, String> doing =
                with(hidden(ok(submitted(resend, because("Asked for by phone.", "preview")), 200)), "step", "do");
        assertThat(submitted(resend, doing).headers().firstValue("Location")).contains(path + "?sent");
        assertThat(page(path + "?sent", "en")).contains("It is on its way again.");
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
        HttpResponse<String> partsForm = service.call(
                "POST",
                path + "/" + UUID.randomUUID() + "/resend",
                "from=registration",
                "HX-Request",
                "true",
                "Content-Type",
                "application/x-www-form-urlencoded");
        assertThat(partsForm.statusCode()).isEqualTo(401);
        assertThat(partsForm.headers().firstValue("HX-Refresh")).contains("true");
        for (String role : List.of("finance", "organiser:elsewhere-2026")) {
            HttpResponse<String> denied =
                    service.call("GET", path, null, "Accept", "text/html", "Cookie", "staff=" + STAFF.token(role));
            assertThat(denied.statusCode()).isEqualTo(403);
            assertThat(denied.body()).contains("No access", "Your role is not for this page");
        }
        assertThat(get("/desk/nowhere/mails", "de").statusCode()).isEqualTo(404);
        assertThat(get("/desk/nowhere/mails", "de").body()).contains("Seite nicht gefunden");
    }

    /** Creates a registration of the conference whose confirmation was sent. */
    private Story sent(String slug) {
        Story story = new Story().with("conference", slug);
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        return story;
    }

    /** Gives the registration's confirmation this final state. */
    private void ended(Story story, String state, String since) {
        jdbc.sql(
                        "update mail set state = ?, state_since = ?::timestamptz where registration_id = ? and kind = 'confirmation'")
                .param(state)
                .param(since)
                .param(story.id)
                .update();
    }

    /** Sets business time one day ahead for the time, long ago, in which these mails ended. */
    private void wasADayAhead() {
        jdbc.sql("""
                insert into business_offset (since, ahead_millis) values ('2001-02-01T00:00:00Z', 86400000) on conflict do nothing
                """).update();
    }

    /** Returns the id of the registration's first mail. */
    private String mailOf(Story story) {
        return jdbc.sql("select id from mail where registration_id = ? and copy = 0 and kind = 'confirmation'")
                .param(story.id)
                .query(String.class)
                .single();
    }

    /** Returns the form that resends one mail. */
    private static Map<String, String> because(String reason, String step) {
        return Map.of("reason", reason, "step", step);
    }

    /** Returns the form that resends all of a conference's mails that did not reach anybody. */
    private static Map<String, String> resend(String since, String reason) {
        return Map.of("state", "all", "kind", "all", "since", since, "reason", reason, "step", "preview");
    }

    private static Map<String, String> with(Map<String, String> form, String field, String value) {
        Map<String, String> other = new HashMap<>(form);
        other.put(field, value);
        return other;
    }

    /** Returns the hidden fields of a page's form. */
    private static Map<String, String> hidden(String page) {
        Map<String, String> fields = new HashMap<>();
        HIDDEN.matcher(page).results().forEach(field -> fields.put(field.group(1), field.group(2)));
        return fields;
    }

    private static String encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private HttpResponse<String> submitted(String path, Map<String, String> form) {
        return submitted(path, form, StaffIssuer.ISSUER);
    }

    private HttpResponse<String> submitted(String path, Map<String, String> form, String origin) {
        return post(path, encoded(form), origin, "text/html");
    }

    private static String ok(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body();
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
