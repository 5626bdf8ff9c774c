package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/** Proves the course of a subscription, from opting in to unsubscribing, through the gateway and the mailbox alone. */
@ExtendWith(SystemFixture.class)
class SubscriptionIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern CONFIRMATION = Pattern.compile("/interest/confirmation\\?token=([A-Za-z0-9._,-]+)");
    private static final Pattern LEAVE = Pattern.compile("https?://[^ ]+/api/unsubscribe/[A-Za-z0-9._-]+");
    private static final Map<String, String> FORM =
            Map.of("Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html", "Accept-Language", "en");

    private final ApiClient api;
    private final String email = ApiClient.newAddress("reader");
    private final String slug = ApiClient.newSlug("told");
    private final Instant began;
    private final long beganNanos = System.nanoTime();

    SubscriptionIT(Running running) {
        api = running.api();
        began = Instant.parse(api.get("/api/rehearsal/clock").has(200).at("/now"));
    }

    /** Restores the time that the clock would have, because other tests share the system. */
    @AfterEach
    void setTheClockBack() {
        moveTo(began.plusNanos(System.nanoTime() - beganNanos));
    }

    @Test
    void subscribers_get_each_mail_once_and_none_after_unsubscribing() {
        Instant opens = began.truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofHours(2));
        Instant early = opens.plus(Duration.ofDays(10));
        putOn(opens, early);

        await().atMost(SOON).until(() -> ask().status() == 202);
        String token = found(CONFIRMATION, theMailAbout("please confirm your subscription"))
                .replaceFirst(".*=", "");
        Answer page = api.get("/interest/confirmation?token=" + token, Map.of("Accept-Language", "en"))
                .has(200);
        assertThat(page.text()).contains("Yes, keep me updated", "Rehearsal");
        assertThat(api.post("/interest/confirmation", "token=" + token, FORM)
                        .has(200)
                        .text())
                .contains("You are subscribed");

        moveTo(opens);
        String opened = theMailAbout("registration is open").path("text").asString();
        assertThat(opened).contains("EUR 100.00, then EUR 150.00");
        moveTo(early.minus(Duration.ofHours(71)));
        JsonNode near = theMailAbout("prices change after");
        String first = announce("registration", "The first news");
        theMailAbout("The first news");
        untilComplete(first, 1);
        assertThat(subjects()).hasSize(4);

        String leave = found(LEAVE, near);
        Map<String, String> click = Map.of("Content-Type", "application/x-www-form-urlencoded");
        api.post(leave + "x", "List-Unsubscribe=One-Click", click).isProblem(403, "forbidden");
        assertThat(api.get(leave, Map.of("Accept-Language", "en")).has(200).text())
                .contains("Unsubscribe");
        assertThat(api.post(leave, "List-Unsubscribe=One-Click", click).status())
                .isEqualTo(204);
        String second = announce("registration", "The second news");
        untilComplete(second, 0);
        assertThat(subjects()).hasSize(4);
    }

    private Answer ask() {
        return api.post(
                "/api/conferences/" + slug + "/interest",
                "{\"email\": \"" + email + "\", \"topics\": [\"registration\", \"price-deadline\"]}",
                Map.of("Accept-Language", "en"));
    }

    private void putOn(Instant opens, Instant early) {
        api.put("/api/admin/conferences/" + slug, """
                        {"slug": "%s", "name": "Told", "startsOn": "2027-05-18", "endsOn": "2027-05-19",
                         "timeZone": "Europe/Berlin",
                         "registration": {"currency": "EUR", "capacity": 10,
                           "phases": [{"code": "early", "name": "Early", "from": "%s", "until": "%s"},
                                      {"code": "regular", "name": "Regular", "until": "2027-05-17T23:59:59Z"}],
                           "categories": [{"code": "guest", "name": "Guest", "amounts": {"early": 10000, "regular": 15000}}]}}
                        """.formatted(slug, opens, early), api.signIn("organiser"))
                .has(201);
    }

    private String announce(String topic, String subject) {
        return api.post(
                        "/api/admin/conferences/" + slug + "/announcements",
                        "{\"topic\": \"%s\", \"subject\": \"%s\", \"body\": \"It is so.\"}".formatted(topic, subject),
                        api.signIn("organiser"))
                .has(202)
                .at("/id");
    }

    private void untilComplete(String announcement, int recipients) {
        Map<String, String> organiser = api.signIn("organiser");
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode newest = api.get("/api/admin/conferences/" + slug + "/announcements", organiser)
                    .has(200)
                    .json()
                    .at("/items/0");
            assertThat(newest.path("id").asString()).isEqualTo(announcement);
            assertThat(newest.path("complete").asBoolean()).isTrue();
            assertThat(newest.path("recipients").asInt()).isEqualTo(recipients);
            assertThat(newest.path("sent").asInt()).isEqualTo(recipients);
        });
    }

    private JsonNode theMailAbout(String subject) {
        await().atMost(SOON)
                .until(() ->
                        subjects().stream().filter(one -> one.contains(subject)).count() == 1);
        return api.mailsTo(email).stream()
                .filter(mail -> mail.path("subject").asString().contains(subject))
                .findFirst()
                .orElseThrow();
    }

    private List<String> subjects() {
        return api.mailsTo(email).stream()
                .map(mail -> mail.path("subject").asString())
                .toList();
    }

    private static String found(Pattern link, JsonNode mail) {
        Matcher matcher = link.matcher(mail.path("text").asString());
        assertThat(matcher.find()).as(mail.toString()).isTrue();
        return matcher.group();
    }

    private void moveTo(Instant now) {
        api.put("/api/rehearsal/clock", "{\"now\": \"" + now + "\"}", Map.of()).has(200);
    }
}
