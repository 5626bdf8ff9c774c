package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.openingminute.local.RegistrationAlone;

/**
 * Two instances of registration-service on one database, with a client of the HTTP contract. They start once for all tests that ask for
 * them by a parameter; what a test kills is running again when the test ends.
 */
final class TwoInstances implements AutoCloseable {

    /** Whether the full proofs run. */
    static final boolean FULL = "full".equals(System.getProperty("proofs"));

    /** The time that a client waits for an answer while an instance may be suspended. */
    static final Duration LIMIT = Duration.ofSeconds(90);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final String CHECK_INS = "/api/admin/check-ins";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .connectTimeout(LIMIT)
            .build();
    private final StaffIssuer staff;
    private final Payments payments = new Payments();
    private final RegistrationAlone alone;

    private TwoInstances() throws Exception {
        staff = new StaffIssuer();
        alone = new RegistrationAlone(staff.keys(), payments::open);
    }

    /** Passes the running instances to test constructors. */
    static final class Running implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == TwoInstances.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(TwoInstances.class))
                    .computeIfAbsent(TwoInstances.class, _ -> start(), TwoInstances.class);
        }

        private static TwoInstances start() {
            try {
                return new TwoInstances();
            } catch (Exception e) {
                throw new IllegalStateException("the instances did not start: " + e.getMessage(), e);
            }
        }
    }

    RegistrationAlone processes() {
        return alone;
    }

    /** The test's payment-service. */
    Payments payments() {
        return payments;
    }

    Connection connect() throws SQLException {
        try {
            return alone.connect();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static String newKey() {
        return UUID.randomUUID().toString();
    }

    /** The seed of a run; {@code -Dseed=} repeats a run. */
    static long seed() {
        return Long.getLong("seed", System.nanoTime() & 0xFFFF_FFFFL);
    }

    /** Sends a request once. There is no answer if the instance dies meanwhile or takes too long. */
    private Reply send(
            int instance,
            String method,
            String path,
            @Nullable String body,
            Map<String, String> headers,
            Duration limit) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(alone.url(instance) + path))
                .timeout(limit)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        } catch (IOException e) {
            return new Reply(Reply.NONE, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * A response.
     *
     * @param repeated how often the request was repeated with its key before
     */
    record Answered(Reply reply, int repeated) {}

    /** Repeats a request until it is answered, at alternating instances, as a client behind a load balancer would. */
    private Answered ask(int first, String method, String path, @Nullable String body, Map<String, String> headers) {
        return ask(new Route(first, 1 - first, LIMIT), method, path, body, headers);
    }

    /**
     * The instances that a client calls.
     *
     * @param second the instance that is called if the first gives no answer, then in turn
     * @param patience the time before the next attempt
     */
    record Route(int first, int second, Duration patience) {}

    private Answered ask(Route route, String method, String path, @Nullable String body, Map<String, String> headers) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int instance = route.first();
        for (int repeated = 0; ; repeated++) {
            Reply reply = send(instance, method, path, body, headers, route.patience());
            if (!reply.leavesOpen()) {
                return new Answered(reply, repeated);
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(method + " " + path + " is not answered: " + reply);
            }
            instance = instance == route.first() ? route.second() : route.first();
            sleep(PAUSE);
        }
    }

    /** Registers, and repeats the request with its key until it is answered. */
    Answered attempt(Route route, String slug, String body, String key) {
        return ask(route, "POST", "/api/conferences/" + slug + "/registrations", body, Map.of("Idempotency-Key", key));
    }

    /** Cancels as the registrant. */
    Reply cancel(int instance, String registration, String accessToken) {
        return ask(
                        instance,
                        "POST",
                        "/api/registrations/" + registration + "/cancellation",
                        null,
                        Map.of("Authorization", "Bearer " + accessToken, "Idempotency-Key", newKey()))
                .reply();
    }

    /** Puts a definition into force. */
    Reply define(int instance, Offer offer) {
        return ask(
                        instance,
                        "PUT",
                        "/api/admin/conferences/" + offer.slug(),
                        offer.json(),
                        Map.of("Authorization", "Bearer " + staff.organiser()))
                .reply();
    }

    /** Opens or pauses a sale. */
    Reply setSale(int instance, String slug, String state) {
        return ask(
                        instance,
                        "PUT",
                        "/api/admin/conferences/" + slug + "/sale",
                        "{\"state\": \"" + state + "\"}",
                        Map.of("Authorization", "Bearer " + staff.organiser()))
                .reply();
    }

    /** Checks a ticket in with a single request. */
    Reply checkIn(int instance, String ticket, String gate, String token) {
        return send(instance, "POST", CHECK_INS, checkInBody(ticket, gate), keyed(token), LIMIT);
    }

    /** Checks a ticket in, and repeats the request with its key until it is answered. */
    Reply checkInUntilAnswered(int instance, String ticket, String gate, String token) {
        Answered answered = ask(instance, "POST", CHECK_INS, checkInBody(ticket, gate), keyed(token));
        return answered.reply();
    }

    private static String checkInBody(String ticket, String gate) {
        return "{\"ticket\": \"" + ticket + "\", \"gate\": \"" + gate + "\"}";
    }

    private static Map<String, String> keyed(String token) {
        return Map.of("Authorization", "Bearer " + token, "Idempotency-Key", newKey());
    }

    /** The numbers of expected and checked-in attendees. */
    Reply checkInCounts(int instance, String slug, String token) {
        return send(
                instance,
                "GET",
                "/api/admin/conferences/" + slug + "/check-ins/counts",
                null,
                Map.of("Authorization", "Bearer " + token),
                LIMIT);
    }

    /** A token of an organiser that is valid for an hour. */
    String organiser() {
        return staff.organiser();
    }

    /** The public state of a sale at an instance. */
    String saleState(int instance, String slug) {
        Route alone = new Route(instance, instance, LIMIT);
        return ask(alone, "GET", "/api/conferences/" + slug + "/availability", null, Map.of())
                .reply()
                .has(200)
                .at("/state");
    }

    /** The number of batches of both instances that failed or whose commit is unknown, since the instances started. */
    double batchFailures() {
        double failures = 0;
        for (int instance : List.of(0, 1)) {
            String metrics = ask(instance, "GET", "/actuator/prometheus", null, Map.of())
                    .reply()
                    .has(200)
                    .text();
            failures += metrics.lines()
                    .filter(line -> line.startsWith("admission_batch_failures_total"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        }
        return failures;
    }

    /** The business time. */
    Instant now() {
        return Instant.parse(ask(0, "GET", "/api/rehearsal/clock", null, Map.of())
                .reply()
                .has(200)
                .at("/now"));
    }

    /** Moves business time forward to an instant, and returns when both instances use it. */
    void moveClock(Instant to) {
        assertThat(to).isAfter(now());
        ask(0, "PUT", "/api/rehearsal/clock", "{\"now\": \"" + to + "\"}", Map.of())
                .reply()
                .has(200);
    }

    static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws Exception {
        alone.close();
        payments.close();
        staff.close();
        http.close();
    }
}
