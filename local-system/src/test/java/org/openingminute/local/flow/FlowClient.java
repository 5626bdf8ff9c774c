package org.openingminute.local.flow;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.load.KeepAlive;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Registers, pays and waits for the confirmation over persistent connections, and repeats requests that are temporarily refused.
 * Thread-safe; its calls block.
 */
public final class FlowClient implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long ASKED_EVERY = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
    private static final String CARD =
            "{\"cardNumber\": \"%s\", \"expiry\": \"12/30\", \"cvc\": \"123\"}".formatted(ApiClient.CARD);

    private final String slug;
    private final Flow flow;
    private final KeepAlive connections;

    /** @param port the port of the gateway or the entrance on this machine */
    public FlowClient(int port, String slug, Flow flow) {
        this.slug = slug;
        this.flow = flow;
        this.connections = new KeepAlive(port);
    }

    /**
     * A confirmed registration.
     *
     * @param clicked the time of the last click before its mail
     * @param took the nanoseconds of each step
     * @param polls the requests for its state
     * @param repeated the requests that were answered 503
     */
    public record Finished(UUID id, long clicked, Map<Step, Long> took, int polls, int repeated) {}

    /** A failed flow; the message names the kind of failure. */
    public static final class FlowFailed extends Exception {

        FlowFailed(String kind) {
            super(kind);
        }
    }

    /**
     * Runs the flow to its end.
     *
     * @param begun the intended start, by this process's clock
     * @throws FlowFailed if a response is unexpected, or the registration is not confirmed within a minute
     */
    public Finished run(String email, long begun) throws FlowFailed, InterruptedException {
        return new Attempt(begun).run(email);
    }

    /**
     * Sends a request that changes nothing.
     *
     * @throws FlowFailed if the response is unexpected
     */
    public void read(Reading reading) throws FlowFailed {
        KeepAlive.Answer answer = switch (reading) {
            case PAGE -> send("page", "GET /conferences/" + slug + " HTTP/1.1\r\nAccept: text/html\r\n", null);
            case AVAILABILITY ->
                send("availability", "GET /api/conferences/" + slug + "/availability HTTP/1.1\r\n", null);
            case SOLD_OUT ->
                send(
                        "sold-out",
                        "POST /api/conferences/" + slug
                                + "/registrations HTTP/1.1\r\nContent-Type: application/json\r\nIdempotency-Key: "
                                + ApiClient.newKey() + "\r\n",
                        ApiClient.body("guest", "late@example.org").getBytes(StandardCharsets.UTF_8));
        };
        if (answer.status() != reading.status()) {
            throw new FlowFailed(reading.words() + " answered " + answer.status());
        }
    }

    private KeepAlive.Answer send(String what, String head, byte @Nullable [] body) throws FlowFailed {
        try {
            return connections.send(head, body);
        } catch (IOException e) {
            throw new FlowFailed(what + ": " + e.getClass().getSimpleName());
        }
    }

    @Override
    public void close() {
        connections.close();
    }

    private final class Attempt {

        private final long begun;
        private final Map<Step, Long> took = new EnumMap<>(Step.class);
        private int polls;
        private int repeated;

        Attempt(long begun) {
            this.begun = begun;
        }

        Finished run(String email) throws FlowFailed, InterruptedException {
            JsonNode registered = json(
                    "register",
                    201,
                    "POST /api/conferences/" + slug + "/registrations",
                    "Idempotency-Key: " + ApiClient.newKey() + "\r\n",
                    ApiClient.body("guest", email));
            long made = System.nanoTime();
            took.put(Step.REGISTER, made - begun);
            UUID id = UUID.fromString(registered.path("id").asString());
            if (flow == Flow.FREE) {
                if (!registered.path("status").asString().equals("confirmed")) {
                    throw new FlowFailed("free, and not confirmed");
                }
                return new Finished(id, begun, took, polls, repeated);
            }
            String bearer =
                    "Authorization: Bearer " + registered.path("accessToken").asString() + "\r\n";
            URI checkout = URI.create(json("checkout", 201, "POST /api/payments/" + id + "/checkout", bearer, "")
                    .path("checkoutUrl")
                    .asString());
            long clicked = System.nanoTime();
            took.put(Step.CHECKOUT, clicked - made);
            JsonNode paid = json("pay", 200, "POST " + checkout.getRawPath(), "", CARD);
            if (!paid.path("outcome").asString().equals("captured")) {
                throw new FlowFailed("not captured");
            }
            long answered = System.nanoTime();
            took.put(Step.PAY, answered - clicked);
            awaitConfirmed(id, bearer);
            took.put(Step.CONFIRM, System.nanoTime() - answered);
            return new Finished(id, clicked, took, polls, repeated);
        }

        private void awaitConfirmed(UUID id, String bearer) throws FlowFailed, InterruptedException {
            long next = System.nanoTime();
            while (true) {
                polls++;
                String status = json("status", 200, "GET /api/registrations/" + id, bearer, null)
                        .path("status")
                        .asString();
                if (status.equals("confirmed")) {
                    return;
                }
                if (!status.equals("pending-payment")) {
                    throw new FlowFailed("status " + status);
                }
                checkPatience("confirmed");
                next = Math.max(next + ASKED_EVERY, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            }
        }

        private JsonNode json(String what, int expected, String request, String headers, @Nullable String body)
                throws FlowFailed, InterruptedException {
            byte[] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
            String head = request + " HTTP/1.1\r\n" + headers
                    + (body == null || body.isEmpty() ? "" : "Content-Type: application/json\r\n");
            while (true) {
                KeepAlive.Answer answer = send(what, head, bytes);
                if (answer.status() == expected || answer.status() == 200) {
                    return JSON.readTree(answer.body());
                }
                if (answer.status() != 503 || answer.retryAfter().isEmpty()) {
                    throw new FlowFailed(what + " answered " + answer.status());
                }
                repeated++;
                checkPatience(what);
                TimeUnit.SECONDS.sleep(Long.parseLong(answer.retryAfter()));
            }
        }

        private void checkPatience(String what) throws FlowFailed {
            if (System.nanoTime() - begun > PATIENCE) {
                throw new FlowFailed("not in a minute: " + what);
            }
        }
    }
}
