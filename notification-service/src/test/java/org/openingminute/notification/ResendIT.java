package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.JSON;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Proves that failed and bounced mails can be resent together, on the running service with its database and a mail trap. */
@NotificationServiceApplicationTest
class ResendIT {

    private static final String PATH = "/api/admin/mails/resend";
    private static final int MANY = 60;

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    /** The time at which the mails of this test ended; no other test has mails of that time. */
    private final Instant ended = Instant.parse("2001-01-01T00:00:00Z")
            .plus(Duration.ofMinutes(ThreadLocalRandom.current().nextInt(1_000_000)));

    /** The same in business time, which was one day ahead then. */
    private final Instant told = ended.plus(Duration.ofDays(1));

    @BeforeEach
    void wasADayAhead() {
        jdbc.sql("""
                insert into business_offset (since, ahead_millis) values ('2001-02-01T00:00:00Z', 86400000) on conflict do nothing
                """).update();
    }

    @Test
    void times_are_business_time() {
        Story story = new Story();
        ended(story, "confirmation", "failed");

        JsonNode listed = read("/api/admin/mails?registration=" + story.id).at("/items/0");
        assertThat(listed.path("at").asString()).isEqualTo(told.toString());
        assertThat(read("/api/admin/mails/" + listed.path("id").asString())
                        .path("at")
                        .asString())
                .isEqualTo(told.toString());
        String byMachine = request("failed").replace(told.toString(), ended.toString());
        assertThat(resend(byMachine).body()).isEqualTo("{\"mails\":0}");
        assertThat(resend(request("failed")).body()).isEqualTo("{\"mails\":1}");
    }

    @Test
    void many_mails_are_sent_again_each_once_by_two_requests() {
        List<Story> stories = Stream.generate(Story::new).limit(MANY).toList();
        stories.forEach(story -> ended(story, "confirmation", "failed"));

        List<CompletableFuture<HttpResponse<String>>> requests = Stream.generate(() -> CompletableFuture.supplyAsync(
                        () -> resend(request("failed")),
                        task -> Thread.ofVirtual().start(task)))
                .limit(2)
                .toList();
        int mails = requests.stream()
                .map(CompletableFuture::join)
                .mapToInt(answer -> {
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
                    return JSON.readTree(answer.body()).path("mails").asInt();
                })
                .sum();

        assertThat(mails).isEqualTo(MANY);
        soon(() -> assertThat(stories)
                .allSatisfy(story -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent")));
        assertThat(resend(request("failed")).body()).isEqualTo("{\"mails\":0}");
        assertThat(jdbc.sql("select sum(tries) from mail where registration_id = any(?)")
                        .param(stories.stream().map(story -> story.id).toArray(UUID[]::new))
                        .query(Integer.class)
                        .single())
                .isEqualTo(MANY);
        Story one = stories.getFirst();
        UUID name = UUID.nameUUIDFromBytes((one.id + " confirmation ").getBytes(StandardCharsets.UTF_8));
        assertThat(service.mailsTo(one.email))
                .singleElement()
                .satisfies(mail ->
                        assertThat(mail.path("messageId").asString()).isEqualTo("<" + name + "@tickets.example.org>"));
        JsonNode sent = read("/api/admin/mails?registration=" + one.id).at("/items/0");
        assertThat(sent.path("requestedBy").asString()).isEqualTo("organiser");
    }

    @Test
    void each_conference_that_was_reached_has_a_row_of_its_own() {
        String one = service.newConference();
        String two = service.newConference();
        ended(new Story().with("conference", one), "confirmation", "failed");
        ended(new Story().with("conference", two), "confirmation", "failed");
        ended(new Story().with("conference", two), "confirmation", "failed");

        assertThat(resend(request("failed")).body()).isEqualTo("{\"mails\":3}");

        assertThat(jdbc.sql("""
                select concat(conference, ' ', after ->> 'mails') from audit
                 where what = 'sent mails again' and after ->> 'since' = :since
                """)
                        .param("since", ended.toString())
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrder(one + " 1", two + " 2");
    }

    @Test
    void mail_whose_state_has_passed_is_not_sent_again() {
        Story story = new Story();
        ended(story, "pay-now", "bounced");

        assertThat(resend(request("bounced")).body()).isEqualTo("{\"mails\":1}");

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("pay-now superseded"));
        assertThat(service.mailsTo(story.email)).isEmpty();
    }

    @Test
    void announcement_that_failed_is_sent_again_and_counted_anew() {
        String slug = service.newConference();
        UUID announcement = UUID.randomUUID();
        String address = "reader-" + announcement + "@example.org";
        jdbc.sql("""
                with made as (
                    insert into announcement (id, conference, kind, topic, about, subject, body, made_by, made_at, spread_at,
                                              recipients, failed, counted_at)
                    values (:id, :slug, 'announcement', 'program', :id::text, 'The program', 'It is out.', 'organiser', :then,
                            :then, 1, 1, :then)),
                reader as (
                    insert into subscriber (id, conference, email, address, locale, created_at)
                    values (:id, :slug, :address, :address, 'en', :then)),
                interested as (
                    insert into interest (conference, topic, subscriber_id, since) values (:slug, 'program', :id, :then))
                insert into mail (id, announcement_id, subscriber_id, kind, about, recipient, due_since, next_try_at, created_at,
                                  state_since, state)
                values (:id, :id, :id, 'announcement', :id::text, :address, :then, :then, :then, :then, 'failed')
                """)
                .param("id", announcement)
                .param("slug", slug)
                .param("address", address)
                .param("then", Timestamp.from(ended))
                .update();

        assertThat(resend(request("failed", "\"kind\": \"announcement\"")).body())
                .isEqualTo("{\"mails\":1}");

        soon(() -> assertThat(service.mailsTo(address)).hasSize(1));
        soon(() -> assertThat(
                        jdbc.sql("""
                                select concat(counted_at is not null, ' ', sent, ' ', failed) from announcement where id = ?
                                """).param(announcement).query(String.class).single())
                .isEqualTo("t 1 0"));
    }

    @Test
    void repeated_request_with_a_key_gets_the_first_answer() {
        String[] keyed = {"Idempotency-Key", UUID.randomUUID().toString()};
        ended(new Story(), "confirmation", "failed");

        String first = resend(request("failed"), keyed).body();
        ended(new Story(), "confirmation", "failed");

        assertThat(first).isEqualTo("{\"mails\":1}");
        assertThat(resend(request("failed"), keyed).body()).isEqualTo(first);
        assertProblem(resend(request("bounced"), keyed), 422, "idempotency-key-reused");
    }

    @Test
    void only_an_organiser_sends_again_and_bad_fields_are_named() {
        assertProblem(
                service.call("POST", PATH, request("failed"), "Content-Type", "application/json"),
                401,
                "unauthenticated");
        assertProblem(
                service.call(
                        "POST",
                        PATH,
                        request("failed"),
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "Bearer " + STAFF.token("operator")),
                403,
                "forbidden");
        assertProblem(resend("{\"state\": 1}"), 400, "malformed");
        assertInvalid("{}", "state", "since");
        assertInvalid("{\"state\": \"sent\", \"since\": \"2026-02-02T09:00:00Z\"}", "state");
        assertInvalid("{\"state\": \"failed\", \"since\": \"yesterday\"}", "since");
        assertInvalid("{\"state\": \"failed\", \"since\": \"+999999999-01-01T00:00:00Z\"}", "since");
        assertInvalid(request("failed", "\"kind\": \"gossip\""), "kind");
        assertInvalid(request("failed", "\"to\": \"ada@example.org\""), "to");
        assertThat(resend("{\"state\": \"failed\", \"since\": \"0001-01-01T00:00:00+01:00\","
                                + " \"until\": \"0001-01-02T00:00:00.5Z\", \"kind\": null}")
                        .body())
                .isEqualTo("{\"mails\":0}");
    }

    private void assertInvalid(String body, String... fields) {
        HttpResponse<String> answer = resend(body);
        assertProblem(answer, 422, "invalid");
        assertThat(JSON.readTree(answer.body()).path("errors"))
                .extracting(error -> error.path("field").asString())
                .containsExactly(fields);
    }

    private String request(String state, String... more) {
        return "{\"state\": \"" + state + "\", \"since\": \"" + told + "\", \"until\": \"" + told + "\""
                + Stream.of(more).map(one -> ", " + one).reduce("", String::concat) + "}";
    }

    private HttpResponse<String> resend(String body, String... headers) {
        return service.call(
                "POST",
                PATH,
                body,
                Stream.of(Stream.of(organiser()), Stream.of("Content-Type", "application/json"), Stream.of(headers))
                        .flatMap(some -> some)
                        .toArray(String[]::new));
    }

    private JsonNode read(String path) {
        return JSON.readTree(service.call("GET", path, null, organiser()).body());
    }

    private static String[] organiser() {
        return new String[] {"Authorization", "Bearer " + STAFF.token("organiser")};
    }

    /** Stores a confirmed registration with a mail in this final state. */
    private void ended(Story story, String kind, String state) {
        jdbc.sql("insert into projection (id, state) values (?, ?)")
                .param(story.id)
                .param(story.confirmed().body())
                .update();
        jdbc.sql("""
                insert into mail (id, registration_id, kind, recipient, due_since, next_try_at, created_at, state_since, state,
                                  reason)
                values (:id, :registration, :kind, :recipient, :then, :then, :then, :then, :state, '550 relay not permitted')
                """)
                .param("id", UUID.randomUUID())
                .param("registration", story.id)
                .param("kind", kind)
                .param("recipient", story.email)
                .param("then", Timestamp.from(ended))
                .param("state", state)
                .update();
    }
}
