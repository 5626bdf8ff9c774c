package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.JSON;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A client of a registration's server-sent events, in order. */
final class StatusStream implements AutoCloseable {

    private final HttpClient http;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Map<String, String> fields = new HashMap<>();
    private final CompletableFuture<Void> end;
    private volatile int retry;

    /**
     * An event, parsed as the HTML standard says.
     *
     * @param at the time of arrival, by {@link System#nanoTime}
     */
    record Event(String id, JsonNode body, long at) {

        String status() {
            return body.path("status").asString();
        }
    }

    private StatusStream(HttpClient http, HttpRequest request) {
        this.http = http;
        this.end = http.sendAsync(request, HttpResponse.BodyHandlers.ofLines())
                // A virtual thread, because the client's own pool has too few threads for blocking reads.
                .thenAcceptAsync(response -> response.body().forEach(this::read), Thread::startVirtualThread);
    }

    /** @param http is shut down with the stream */
    static StatusStream of(HttpClient http, int port, String registration, String token, @Nullable String lastEventId) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/api/registrations/" + registration + "/stream"))
                .header("Authorization", "Bearer " + token);
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return new StatusStream(http, request.build());
    }

    private void read(String line) {
        if (line.startsWith("retry:")) {
            retry = Integer.parseInt(line.substring("retry:".length()).strip());
        } else if (!line.isEmpty()) {
            fields.put(line.split(":", 2)[0], line.split(":", 2)[1].strip());
        } else if ("status".equals(fields.get("event"))) {
            events.add(new Event(fields.get("id"), JSON.readTree(fields.get("data")), System.nanoTime()));
            fields.clear();
        }
    }

    Event next(Duration within) throws InterruptedException {
        Event next = events.poll(within.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(next).as("an event within " + within).isNotNull();
        return next;
    }

    /** Returns after how many milliseconds a browser would reconnect. */
    int retry() {
        return retry;
    }

    void awaitEnd(Duration within) {
        assertThat(end).as("the end").succeedsWithin(within);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
