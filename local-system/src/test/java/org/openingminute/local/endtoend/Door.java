package org.openingminute.local.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A client of the public door, as anyone could write one: it knows the HTTP contract and nothing else. */
public final class Door {

    public static final String CARD = "4242424242424242";
    static final String DECLINED_CARD = "4000000000000002";

    /** What a definition says of registration if whoever cancels gets everything back. */
    public static final String ALL_GOES_BACK =
            "\"cancellationPolicy\": [{\"until\": \"2027-05-17T23:59:59Z\", \"refundPercent\": 100}]";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();

    private final String url;
    private final String password;

    Door(String url, String password) {
        this.url = url;
        this.password = password;
    }

    /** A registration as its creator knows it. */
    public record Registered(String id, String token, Answer answer) {

        public Map<String, String> bearer() {
            return Map.of("Authorization", "Bearer " + token);
        }
    }

    public Answer get(String path) {
        return get(path, Map.of());
    }

    public Answer get(String path, Map<String, String> headers) {
        return send("GET", path, null, headers);
    }

    public Answer post(String path, String body, Map<String, String> headers) {
        return send("POST", path, body, headers);
    }

    public Answer put(String path, String body, Map<String, String> headers) {
        return send("PUT", path, body, headers);
    }

    /**
     * Sends a request.
     *
     * @param path below the gateway's address, or a whole URL
     * @param body JSON, or nothing
     */
    public Answer send(String method, String path, @Nullable String body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url + path))
                .timeout(LIMIT)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null && !headers.containsKey("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public Map<String, String> signIn(String account) {
        Answer session = post(
                        "/api/session",
                        "{\"username\": \"%s\", \"password\": \"%s\"}".formatted(account, password),
                        Map.of())
                .has(200);
        return Map.of("Authorization", "Bearer " + session.at("/accessToken"));
    }

    /** Puts a conference on sale with one category {@code guest}, and waits until it is. */
    public void putOnSale(String slug, int capacity, String hold, int amount) {
        put("/api/admin/conferences/" + slug, definition(slug, capacity, hold, amount), signIn("organiser"))
                .has(201);
        await().atMost(LIMIT)
                .until(() -> get("/api/conferences/" + slug + "/availability")
                        .at("/state")
                        .equals("open"));
    }

    static String definition(String slug, int capacity, String hold, int amount) {
        return """
                {"slug": "%s", "name": "Rehearsed", "startsOn": "2027-05-18", "endsOn": "2027-05-19",
                 "timeZone": "Europe/Berlin", "sample": true,
                 "registration": {"currency": "EUR", "capacity": %d, %s,
                   "phases": [{"code": "only", "name": "Only", "from": "2026-01-01T00:00:00Z",
                               "until": "2027-05-17T23:59:59Z"}],
                   "categories": [{"code": "guest", "name": "Guest", "amounts": {"only": %d}}]}}
                """.formatted(slug, capacity, hold, amount);
    }

    /** The body of a registration of one person. */
    public static String body(String category, String email) {
        return """
                {"contact": {"name": "Ada Lovelace", "email": "%s"},
                 "attendees": [{"category": "%s", "givenName": "Ada", "familyName": "Lovelace", "email": "%s"}],
                 "acceptedCodeOfConduct": true}
                """.formatted(email, category, email);
    }

    public static String newKey() {
        return UUID.randomUUID().toString();
    }

    /** A conference's name in its address that no other test uses. */
    public static String newSlug(String name) {
        return name + "-" + newKey().substring(0, 8);
    }

    /** An address that no other test uses. */
    public static String newAddress(String name) {
        return name + "." + newKey().substring(0, 8) + "@example.org";
    }

    public Answer attempt(String slug, String body, String key) {
        return post("/api/conferences/" + slug + "/registrations", body, Map.of("Idempotency-Key", key));
    }

    public Registered register(String slug, String category, String email) {
        Answer answer = attempt(slug, body(category, email), newKey()).has(201);
        return new Registered(answer.at("/id"), answer.at("/accessToken"), answer);
    }

    public Answer registration(Registered registered) {
        return get("/api/registrations/" + registered.id(), registered.bearer());
    }

    /** Opens a payment, and repeats as the contract says while it is not known or a part is away. */
    public String checkout(Registered registered) {
        List<String> urls = new ArrayList<>();
        await().atMost(LIMIT).until(() -> {
            Answer answer = send("POST", "/api/payments/" + registered.id() + "/checkout", null, registered.bearer());
            if (answer.status() == 200 || answer.status() == 201) {
                urls.add(answer.at("/checkoutUrl"));
                return true;
            }
            if (answer.status() == 503) {
                return false;
            }
            throw new AssertionError("checkout: " + answer);
        });
        return urls.getFirst();
    }

    /** Enters a card at the sandbox. */
    public Answer enterCard(String checkoutUrl, String card) {
        return post(
                checkoutUrl,
                "{\"cardNumber\": \"%s\", \"expiry\": \"12/30\", \"cvc\": \"123\"}".formatted(card),
                Map.of());
    }

    public void pay(Registered registered) {
        Answer paid = enterCard(checkout(registered), CARD).has(200);
        paid.assertThatText("/outcome").isEqualTo("captured");
    }

    public void awaitStatus(Registered registered, String status, Duration limit) {
        await().atMost(limit)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> registration(registered)
                        .has(200)
                        .assertThatText("/status")
                        .isEqualTo(status));
    }

    /** The mails to an address, as JSON objects, oldest first or not as the trap has it. */
    public List<JsonNode> mailsTo(String email) {
        List<JsonNode> mails = new ArrayList<>();
        get("/mailbox/messages?to=" + URLEncoder.encode(email, StandardCharsets.UTF_8))
                .has(200)
                .json()
                .forEach(mails::add);
        return mails;
    }
}
