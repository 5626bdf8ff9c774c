package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.JSON;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What a registrant's open page receives. */
@RegistrationServiceTest
class StatusStreamIT {

    private static final Duration PROMISED = Duration.ofSeconds(2);

    @Autowired
    private ServiceFixture service;

    @Test
    void changes_are_streamed_within_two_seconds() throws Exception {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        try (StatusStream stream = open(made, null)) {
            assertThat(stream.next(SOON).status())
                    .as("what it is when the stream begins")
                    .isEqualTo("pending-payment");

            List<Duration> waits = new ArrayList<>();
            long begin = System.nanoTime();
            extend(made);
            assertThat(stream.next(SOON).body().path("holdExpiresAt").asString())
                    .isGreaterThan(made.text("holdExpiresAt"));
            waits.add(Duration.ofNanos(System.nanoTime() - begin));

            begin = System.nanoTime();
            service.pay(made, 10_000, 2);
            assertThat(stream.next(SOON).status()).isEqualTo("confirmed");
            waits.add(Duration.ofNanos(System.nanoTime() - begin));

            begin = System.nanoTime();
            cancel(made);
            assertThat(stream.next(SOON).status()).isEqualTo("cancelled");
            waits.add(Duration.ofNanos(System.nanoTime() - begin));

            waits.sort(null);
            assertThat(waits.get(1)).as("median of " + waits).isLessThan(PROMISED);
        }
    }

    @Test
    void resumed_stream_goes_on_after_the_last_event() throws Exception {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        Event first;
        try (StatusStream stream = open(made, null)) {
            first = stream.next(SOON);
        }
        extend(made);
        Event missed;
        try (StatusStream resumed = open(made, first.id())) {
            missed = resumed.next(SOON);
            assertThat(Long.parseLong(missed.id())).isGreaterThan(Long.parseLong(first.id()));
            assertThat(missed.body().path("holdExpiresAt").asString()).isGreaterThan(made.text("holdExpiresAt"));
        }
        try (StatusStream resumed = open(made, missed.id());
                StatusStream anew = open(made, null)) {
            // By then the one that was opened before it has looked, too.
            assertThat(anew.next(SOON).id()).isEqualTo(missed.id());

            cancel(made);
            assertThat(resumed.next(SOON).status()).as("no event twice").isEqualTo("cancelled");
        }
        try (StatusStream anew = open(made, "of another server")) {
            assertThat(anew.next(SOON).status()).isEqualTo("cancelled");
        }
    }

    private void extend(Reply made) {
        service.post(path(made) + "/hold-extension", made.text("accessToken"), null, null)
                .expect(200);
    }

    private void cancel(Reply made) {
        service.post(path(made) + "/cancellation", made.text("accessToken"), newKey(), null)
                .expect(200);
    }

    private static String path(Reply made) {
        return "/api/registrations/" + made.text("id");
    }

    private StatusStream open(Reply made, @Nullable String lastEventId) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.port() + path(made) + "/stream"))
                .header("Authorization", "Bearer " + made.text("accessToken"));
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return new StatusStream(request.build());
    }

    /** An event, as the HTML standard reads it. */
    private record Event(String id, JsonNode body) {

        String status() {
            return body.path("status").asString();
        }
    }

    /** Server-sent events of a request, in their order. */
    private static final class StatusStream implements AutoCloseable {

        private final HttpClient http = HttpClient.newHttpClient();
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private final Map<String, String> fields = new HashMap<>();

        StatusStream(HttpRequest request) {
            http.sendAsync(request, HttpResponse.BodyHandlers.ofLines())
                    .thenAccept(response -> response.body().forEach(this::read));
        }

        private void read(String line) {
            if (!line.isEmpty()) {
                fields.put(line.split(":", 2)[0], line.split(":", 2)[1].strip());
            } else if ("status".equals(fields.get("event"))) {
                events.add(new Event(fields.get("id"), JSON.readTree(fields.get("data"))));
                fields.clear();
            }
        }

        Event next(Duration within) throws InterruptedException {
            Event next = events.poll(within.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(next).as("an event within " + within).isNotNull();
            return next;
        }

        @Override
        public void close() {
            http.shutdownNow();
        }
    }
}
