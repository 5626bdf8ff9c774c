package org.openingminute.payment.stripe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Plays the parts of Stripe's HTTP API that we call. Faults occur on demand. */
public final class StripePlayed extends StripeAnswers implements AutoCloseable {

    private static final Duration SHORTEST_SESSION = Duration.ofMinutes(30);

    private final Clock clock;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Done> done = new HashMap<>();
    private final List<Trouble> next = new ArrayList<>();
    private final List<Broken> broken = new ArrayList<>();
    private boolean down;
    private Duration silence = Duration.ZERO;

    /** A received call. */
    public record Call(String method, String path, Map<String, String> form, Map<String, String> headers) {}

    /** @param path the path of the calls that fail; {@code null} for any */
    private record Trouble(@Nullable String path, Answer answer) {}

    private record Done(Map<String, String> form, Answer answer) {}

    private record Broken(Answer answer, boolean done) {}

    private record Told(Answer answer, boolean replayed) {}

    public StripePlayed() {
        this(Clock.systemUTC());
    }

    StripePlayed(Clock clock) {
        this.clock = clock;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** Returns all calls to this path so far. */
    public List<Call> calls(String method, String path) {
        return calls.stream()
                .filter(call -> call.method().equals(method) && call.path().equals(path))
                .toList();
    }

    /** Returns this response to the next call, without any effect. */
    synchronized void answerNext(int status, String body) {
        next.add(new Trouble(null, new Answer(status, body)));
    }

    synchronized void refuseNext(int status, @Nullable String code, @Nullable String parameter) {
        answerNext(status, StripeObjects.error("invalid_request_error", code, parameter));
    }

    /** Refuses the next order for a session with this code, regardless of other calls. */
    public synchronized void refuseNextSession(String code) {
        refuseNext("/v1/checkout/sessions", code);
    }

    /** Refuses the next order for a refund with this code. */
    public synchronized void refuseNextRefund(String code) {
        refuseNext("/v1/refunds", code);
    }

    private void refuseNext(String path, String code) {
        next.add(new Trouble(path, new Answer(400, StripeObjects.error("invalid_request_error", code, null))));
    }

    /**
     * Answers the next order with this error, which is stored for its idempotency key.
     *
     * @param done whether the order is executed nevertheless
     */
    synchronized void breaksNext(int status, @Nullable String code, boolean done) {
        broken.add(new Broken(new Answer(status, StripeObjects.error("api_error", code, null)), done));
    }

    /** Answers the next order for a session with an error and does not execute it. */
    public void breaksNextSession() {
        breaksNext(500, null, false);
    }

    /** Answers every call with 503 and without effect while it is down. */
    public synchronized void isDown(boolean itIs) {
        down = itIs;
    }

    /** Delays every response by this time from now on. */
    synchronized void silentFor(Duration time) {
        silence = time;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String query = exchange.getRequestURI().getRawQuery();
        Map<String, String> headers = new HashMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        Call call = new Call(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                form(body.isEmpty() && query != null ? query : body),
                headers);
        calls.add(call);
        try {
            Thread.sleep(silence());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Told reported = answer(call);
        Answer answer = reported.answer();
        if (reported.replayed()) {
            exchange.getResponseHeaders().add("Idempotent-Replayed", "true");
        }
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Request-Id", "req_1");
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized Duration silence() {
        return silence;
    }

    private synchronized Told answer(Call call) {
        if (down) {
            return new Told(new Answer(503, ""), false);
        }
        for (Trouble trouble : next) {
            if (trouble.path() == null || trouble.path().equals(call.path())) {
                next.remove(trouble);
                return new Told(trouble.answer(), false);
            }
        }
        String key = call.headers().get("idempotency-key");
        Done before = key == null ? null : done.get(key);
        if (before != null) {
            return before.form().equals(call.form())
                    ? new Told(before.answer(), true)
                    : new Told(new Answer(400, StripeObjects.error("idempotency_error", null, null)), false);
        }
        if (endsTooSoon(call.form())) {
            // Validation fails before the order begins, so the response is not stored for the key.
            return new Told(new Answer(400, StripeObjects.error("invalid_request_error", null, "expires_at")), false);
        }
        Broken fault = key == null || broken.isEmpty() ? null : broken.removeFirst();
        Answer made = fault == null || fault.done() ? route(call.method(), call.path(), call.form()) : fault.answer();
        Answer answer = fault == null ? made : fault.answer();
        if (key != null) {
            done.put(key, new Done(call.form(), answer));
        }
        return new Told(answer, false);
    }

    private boolean endsTooSoon(Map<String, String> form) {
        String end = form.get("expires_at");
        return end != null
                && Instant.ofEpochSecond(Long.parseLong(end))
                        .isBefore(
                                clock.instant().truncatedTo(ChronoUnit.SECONDS).plus(SHORTEST_SESSION));
    }

    private static Map<String, String> form(String text) {
        Map<String, String> form = new LinkedHashMap<>();
        for (String pair : text.split("&")) {
            String[] parts = pair.split("=", 2);
            if (parts.length == 2) {
                form.put(decoded(parts[0]), decoded(parts[1]));
            }
        }
        return form;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
