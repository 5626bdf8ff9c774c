package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.testing.TokenVectors;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Client of the running service, with a real database, broker and mail server. Tests use it as neighbours and readers do. */
final class ServiceFixture {

    /** Two keys, as during a rotation. */
    static final String KEYS =
            "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" + "," + "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";

    static final Trap TRAP = new Trap().start();
    static final StaffIssuer STAFF = new StaffIssuer();
    static final Neighbours NEIGHBOURS = new Neighbours(TestInfrastructure.kafkaBootstrapServers());
    static final JsonMapper JSON = new JsonMapper();

    /** Long enough for a slow machine that stands still meanwhile, and shorter than the minute by which tests postpone some mails. */
    private static final Duration SOON = Duration.ofSeconds(45);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final JdbcClient jdbc;
    private final Environment environment;

    ServiceFixture(JdbcClient jdbc, Environment environment) {
        this.jdbc = jdbc;
        this.environment = environment;
    }

    /** The settings of the service: its own database, the run's broker and mail server, and delays short enough for tests. */
    static final class Surroundings implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(
                            "DATABASE_URL=" + TestInfrastructure.newDatabase("notification"),
                            "DATABASE_USER=postgres",
                            "DATABASE_PASSWORD=postgres",
                            "KAFKA_BOOTSTRAP_SERVERS=" + TestInfrastructure.kafkaBootstrapServers(),
                            TestInfrastructure.longerTransactions(context.getEnvironment()),
                            "APP_MODE=rehearsal",
                            "LIMITS=on",
                            "PUBLIC_URL=" + StaffIssuer.ISSUER,
                            "SERVER_ADDRESS=127.0.0.1",
                            "ACCESS_TOKEN_KEYS=" + KEYS,
                            "STAFF_JWKS_URI=" + STAFF.jwksUri(),
                            "SMTP_HOST=127.0.0.1",
                            "SMTP_PORT=" + TRAP.smtpPort(),
                            "MAIL_TRAP_HOST=127.0.0.1",
                            "MAIL_TRAP_PORT=" + TRAP.httpPort(),
                            "notification.pace.pay-now-after=4s",
                            "notification.pace.payment-failed-after=1s",
                            "notification.pace.receipt-within=300ms",
                            "notification.pace.resends-per-hour=8",
                            "resilience4j.circuitbreaker.instances.mail-server.wait-duration-in-open-state=500ms")
                    .applyTo(context);
            NEIGHBOURS.publish(Story.conference(1));
        }
    }

    /** Waits before the first test until the service has received the conference of most registrations. */
    @EventListener(ApplicationReadyEvent.class)
    void awaitConference() {
        awaitConference("mlsys-2026");
    }

    private void awaitConference(String slug) {
        soon(() -> assertThat(jdbc.sql("select count(*) from conference where slug = ?")
                        .param(slug)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1));
    }

    static void within(Duration time, ThrowingRunnable condition) {
        await().atMost(time)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(condition);
    }

    static void soon(ThrowingRunnable condition) {
        within(SOON, condition);
    }

    /** Signs a token as registration-service does; the attendee is {@code -} for the contact. */
    static String token(UUID registration, String attendee, long generation) {
        return TokenVectors.signed(KEYS, "k1." + registration + "." + attendee + "." + generation);
    }

    HttpResponse<String> call(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + environment.getRequiredProperty("local.server.port") + path))
                .timeout(SOON)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the mails to an address that the mailbox shows; retries while the mailbox is busy. */
    List<JsonNode> mailsTo(String address) {
        String path = "/mailbox/messages?to=" + address.replace("+", "%2B");
        HttpResponse<String> answer =
                await().atMost(SOON).until(() -> call("GET", path, null), answered -> answered.statusCode() != 503);
        assertThat(answer.statusCode()).isEqualTo(200);
        List<JsonNode> mails = new ArrayList<>();
        JSON.readTree(answer.body()).forEach(mails::add);
        return mails;
    }

    /** Publishes a conference of its own and waits until the service has received it; returns the slug. */
    String newConference() {
        String slug = "conference-" + UUID.randomUUID().toString().substring(0, 8);
        NEIGHBOURS.publish(Story.conference(slug, 1));
        awaitConference(slug);
        return slug;
    }

    /** Waits until the service receives registrations. After a pause its readers join their group again, which takes seconds. */
    void awaitReaders() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(rowsOf(story.id)).isNotEmpty());
    }

    /** Returns kind and state of each mail of a registration, oldest first; a mail that is due later is {@code waiting}. */
    List<String> rowsOf(UUID registration) {
        return jdbc.sql("""
                with later as (
                    select json_array_elements(deferred::json) as mail from projection where id = :registration),
                mails as (
                    select id, kind, state, created_at from mail where registration_id = :registration
                    union all
                    select (mail ->> 'id')::uuid, mail ->> 'kind', 'waiting', (mail ->> 'since')::timestamptz from later)
                select kind || ' ' || state from mails order by created_at, id
                """)
                .param("registration", registration)
                .query(String.class)
                .list();
    }

    static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(JSON.readTree(answer.body()).path("code").asString()).isEqualTo(code);
    }
}
