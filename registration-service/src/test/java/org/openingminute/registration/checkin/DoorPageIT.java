package org.openingminute.registration.checkin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.openingminute.registration.lifecycle.TicketSigner.Ticket;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves the door's page as a browser without scripts gets it from the running service. */
@RegistrationServiceTest
class DoorPageIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Autowired
    private ServiceFixture service;

    @Autowired
    private TicketSigner signer;

    private String slug = "";

    @BeforeEach
    void conference() {
        slug = service.putConference(100, 600);
    }

    @Test
    void typed_ticket_gets_in_and_the_second_time_is_told_when_and_where() throws Exception {
        Reply made = confirmed("Ada", "Lovelace");

        HttpResponse<String> first = post("", "gate=north&code=" + ticket(made));
        HttpResponse<String> again = post("", "gate=south&code=" + ticket(made));

        assertThat(first.statusCode()).isEqualTo(303);
        assertThat(first.headers().firstValue("Set-Cookie"))
                .hasValueSatisfying(cookie -> assertThat(cookie).startsWith("door-gate=north; Path=/check-in/" + slug));
        assertThat(get(location(first)))
                .contains("class=\"verdict good\"", ">In</p>", "Ada Lovelace", "Free", ", north")
                .doesNotContain("ada@example.org");
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("class=\"verdict wait\"", ">Already in</p>", "Ada Lovelace", ", north");
    }

    @Test
    void form_that_is_sent_twice_checks_in_once_and_may_be_sent_for_somebody_else() throws Exception {
        Reply ada = confirmed("Ada", "Lovelace");
        Reply grace = confirmed("Grace", "Hopper");
        String form = "gate=north&key=" + newKey() + "&code=";

        HttpResponse<String> first = post("", form + ticket(ada));
        HttpResponse<String> second = post("", form + ticket(ada));

        assertThat(second.statusCode()).isEqualTo(303);
        assertThat(location(second)).isEqualTo(location(first));
        assertThat(get(location(post("", form + ticket(grace))))).contains("Grace Hopper");
    }

    @Test
    void reference_lets_its_only_attendee_in_and_lists_several() throws Exception {
        Reply one = confirmed("Ada", "Lovelace");
        Reply two = confirmed("Grace", "Hopper", "Katherine", "Johnson");

        HttpResponse<String> in =
                post("", "gate=north&code=" + one.text("reference").toLowerCase());
        HttpResponse<String> list = post("", "gate=north&code=" + two.text("reference"));

        assertThat(get(location(in))).contains(">In</p>", "Ada Lovelace");
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.body())
                .contains("Grace Hopper", "Katherine Johnson", two.text("reference"), "value=\"north\"")
                .contains("value=\"" + attendee(two, 0) + "\"", "value=\"" + attendee(two, 1) + "\"")
                .doesNotContain("Ada Lovelace", "@example.org");
        HttpResponse<String> chosen = post("", "gate=north&code=x&attendee=" + attendee(two, 1));
        assertThat(get(location(chosen))).contains(">In</p>", "Katherine Johnson");
        assertThat(post("", "gate=north&code=" + two.text("reference")).body()).contains("?in=", ", north");
    }

    @Test
    void attendee_is_found_by_name_alone_or_as_a_part_of_the_page() throws Exception {
        Reply made = confirmed("Ada", "Lovelace");
        await().atMost(ServiceFixture.SOON)
                .until(() -> get("/check-in/" + slug + "?q=love").contains(attendee(made, 0)));

        assertThat(get("/check-in/" + slug + "?q=love"))
                .contains(
                        "/api/admin/conferences/" + slug + "/attendees/" + attendee(made, 0) + "/badge.pdf\"",
                        ">Badge (PDF, new tab)</a>");
        assertThat(get("/check-in/" + slug + "?q=" + attendee(made, 0)))
                .contains("Ada Lovelace", made.text("reference"));
        assertThat(get("/check-in/" + slug + "?q=" + made.text("id"))).contains("Nobody was found.");
        assertThat(get("/check-in/" + slug + "?q=zz"))
                .contains("Nobody was found.")
                .doesNotContain("Similar names");
        assertThat(get("/check-in/" + slug + "?q=lovelase"))
                .contains("Nobody was found.", "<a href=\"/check-in/" + slug + "?q=Ada%20Lovelace\">Ada Lovelace</a>");
        HttpResponse<String> part = send("GET", "/check-in/" + slug + "?q=ada", null, "HX-Request", "true");
        assertThat(part.body()).contains("Ada Lovelace").doesNotContain("<html", "id=\"counts\"");
        assertThat(send("GET", "/check-in/" + slug + "?q=" + "a".repeat(201), null)
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void word_says_what_is_wrong_with_a_ticket() throws Exception {
        Reply cancelled = confirmed("Ada", "Lovelace");
        service.post(
                        "/api/registrations/" + cancelled.text("id") + "/cancellation",
                        cancelled.text("accessToken"),
                        newKey(),
                        null)
                .expect(200);
        Reply unpaid = service.register(slug, "seat").expect(201);
        String here = slug;
        slug = service.putConference(10, 600);
        Reply elsewhere = confirmed("Grace", "Hopper");
        slug = here;

        assertThat(word(post("", "gate=north&code=" + ticket(cancelled)), 409)).isEqualTo("Ended");
        assertThat(get("/check-in/" + slug + "?q=" + cancelled.text("reference")))
                .contains("Ada Lovelace", ">Ended</span>")
                .doesNotContain("badge.pdf");
        assertThat(word(post("", "gate=north&attendee=" + attendee(unpaid, 0)), 409))
                .isEqualTo("No ticket");
        HttpResponse<String> other = post("", "gate=north&code=" + ticket(elsewhere));
        assertThat(word(other, 409)).isEqualTo("Not ours");
        assertThat(other.body()).contains("another conference").doesNotContain("Hopper");
        for (String forged : List.of(ticket(cancelled).replace("k1", "k9"), "https://example.org/x", "ZZ26-000000")) {
            assertThat(word(post("", "gate=north&code=" + encoded(forged)), 422))
                    .as(forged)
                    .isEqualTo("Not ours");
        }
    }

    @Test
    void check_in_is_undone_with_a_reason() throws Exception {
        String in = location(post("", "gate=north&code=" + ticket(confirmed("Ada", "Lovelace"))));
        String id = in.substring(in.indexOf('=') + 1);

        HttpResponse<String> refused = post("/undo", "reason=%20&id=" + id);
        HttpResponse<String> undone = post("/undo", "reason=wrong+person&id=" + id);

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("href=\"#reason\"", "Please say why", "Ada Lovelace");
        assertThat(location(undone)).isEqualTo(in);
        assertThat(get(in)).contains(">Undone</p>", "Ada Lovelace").doesNotContain("/undo\"");
        assertThat(location(post("/undo", "reason=again&id=" + id))).isEqualTo(in);
        assertThat(post("/undo", "reason=x&id=" + UUID.randomUUID()).statusCode())
                .isEqualTo(404);
    }

    @Test
    void fields_that_are_missing_are_named_and_what_was_typed_stays() throws Exception {
        HttpResponse<String> nowhere = post("", "gate=%20&code=T1.abc");
        HttpResponse<String> nobody = post("", "gate=north&code=");

        assertThat(nowhere.statusCode()).isEqualTo(422);
        assertThat(nowhere.body()).contains("href=\"#gate\"", "value=\"T1.abc\"");
        assertThat(nobody.statusCode()).isEqualTo(422);
        assertThat(nobody.body()).contains("href=\"#code\"", "value=\"north\"");
        assertThat(get("/check-in/" + slug, "Cookie", "door-gate=North%20%C3%9F"))
                .contains("value=\"North ß\"");
        assertThat(get("/check-in/" + slug, "Cookie", "door-gate=%zz")).contains("name=\"gate\"");
    }

    @Test
    void counts_are_on_the_page_and_alone() throws Exception {
        post("", "gate=%3Cb%3Enorth&code=" + ticket(confirmed("Ada", "Lovelace")));

        assertThat(get("/check-in/" + slug)).contains("&lt;b&gt;north", "of 1 expected");
        HttpResponse<String> part = send("GET", "/check-in/" + slug + "/counts", null, "HX-Request", "true");
        assertThat(part.body()).contains("&lt;b&gt;north", "of 1 expected").doesNotContain("<html");
        assertThat(part.body().length()).isLessThan(5_000);
    }

    @Test
    void page_is_the_doors_alone_and_speaks_german() throws Exception {
        assertThat(get("/check-in/" + slug, "Accept-Language", "de")).contains("Einlass", "Eingang");
        assertThat(request("GET", "/check-in/" + slug, null, staffToken("finance"))
                        .statusCode())
                .isEqualTo(403);
        HttpRequest nobody = HttpRequest.newBuilder(uri("/check-in/" + slug))
                .header("Accept", "text/html")
                .build();
        HttpResponse<String> led = HTTP.send(nobody, HttpResponse.BodyHandlers.ofString());
        assertThat(led.statusCode()).isEqualTo(303);
        assertThat(location(led)).startsWith("/sign-in?to=");
    }

    private Reply confirmed(String... names) {
        StringBuilder people = new StringBuilder();
        for (int i = 0; i < names.length; i += 2) {
            people.append(i == 0 ? "" : ", ").append("""
                    {"category": "free", "givenName": "%s", "familyName": "%s", "email": "ada@example.org"}""".formatted(names[i], names[i + 1]));
        }
        return service.post("/api/conferences/" + slug + "/registrations", null, newKey(), """
                {"contact": {"name": "Ada Lovelace", "email": "ada@example.org"}, "attendees": [%s], "acceptedCodeOfConduct": true}
                """.formatted(people))
                .expect(201);
    }

    private static String attendee(Reply made, int nth) {
        return made.text("attendees." + nth + ".id");
    }

    private String ticket(Reply made) {
        return signer.sign(new Ticket(made.text("conference"), UUID.fromString(attendee(made, 0)), 0));
    }

    private static String word(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body().replaceFirst("(?s).*<p class=\"word\">([^<]*)</p>.*", "$1");
    }

    private static String location(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
        return answer.headers().firstValue("Location").orElseThrow();
    }

    private String get(String path, String... headers) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", path, null, headers);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<String> post(String below, String form) throws IOException, InterruptedException {
        return send("POST", "/check-in/" + slug + below, form);
    }

    private HttpResponse<String> send(String method, String path, String form, String... headers)
            throws IOException, InterruptedException {
        return request(method, path, form, staffToken("check-in"), headers);
    }

    private HttpResponse<String> request(String method, String path, String form, String token, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .method(
                        method,
                        form == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(form))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "text/html")
                .header("Authorization", "Bearer " + token);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + service.port() + path);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
