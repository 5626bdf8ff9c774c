package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves that links can be ended and replaced by API, on the running service. */
@RegistrationServiceTest
class NewLinkIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private AccessTokens tokens;

    @Test
    void former_tokens_end_and_the_next_is_good() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        String path = "/api/registrations/" + made.text("id");
        String token = made.text("accessToken");

        String key = ServiceFixture.newKey();
        Reply answer = service.post(path + "/new-link", token, key, null).expect(202);

        assertThat(answer.text("status")).isEqualTo("pending-payment");
        assertThat(answer.raw().body()).doesNotContain("oken", token);
        for (String read : List.of("", "/timeline", "/cancellation", "/stream")) {
            service.get(path + read, token).expectProblem(401, "unauthenticated");
        }
        service.post(path + "/new-link", token, null, null).expectProblem(401, "unauthenticated");
        assertThat(service.post(path + "/new-link", token, key, null)
                        .expect(202)
                        .raw()
                        .body())
                .as("the first reply")
                .isEqualTo(answer.raw().body());
        String next = tokens.sign(AccessToken.ofContact(UUID.fromString(made.text("id")), 1));
        service.get(path, next).expect(200);
        assertThat(service.get(path + "/timeline", next).raw().body()).contains("\"links-ended\"");
        assertThat(service.awaitWritten("payment.commands.v1", made.text("id"), "payment.end-links.v1")
                        .body()
                        .get("contactGeneration")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void only_the_contact_and_organisers_take_links_back() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        UUID id = UUID.fromString(made.text("id"));
        String path = "/api/registrations/" + id + "/new-link";
        UUID attendee = UUID.fromString(made.text("attendees/0/id"));

        service.post(path, null, null, null).expectProblem(401, "unauthenticated");
        service.post(path, tokens.sign(new AccessToken(id, attendee, 0)), null, null)
                .expectProblem(403, "forbidden");
        service.post(path, tokens.sign(AccessToken.ofContact(UUID.randomUUID(), 0)), null, null)
                .expectProblem(403, "forbidden");
        for (String role : List.of("operator", "check-in", "finance")) {
            service.post(path, staffToken(role), null, null).expectProblem(403, "forbidden");
        }
        service.read(made).expect(200);
        service.post("/api/registrations/" + UUID.randomUUID() + "/new-link", staffToken("organiser"), null, null)
                .expectProblem(404, "not-found");

        String key = ServiceFixture.newKey();
        Reply once = service.post(path, staffToken("organiser"), key, null).expect(202);
        Reply again = service.post(path, staffToken("organiser"), key, null).expect(202);
        assertThat(again.raw().body()).isEqualTo(once.raw().body());
        service.get("/api/registrations/" + id, tokens.sign(AccessToken.ofContact(id, 1)))
                .expect(200);
    }

    @Test
    void a_stream_ends_with_its_link() throws Exception {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        String path = "/api/registrations/" + made.text("id");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<Stream<String>> stream = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + path + "/stream"))
                            .header("Authorization", "Bearer " + made.text("accessToken"))
                            .build(),
                    HttpResponse.BodyHandlers.ofLines());
            assertThat(stream.statusCode()).isEqualTo(200);
            CompletableFuture<List<String>> lines =
                    CompletableFuture.supplyAsync(() -> stream.body().toList());

            service.post(path + "/new-link", made.text("accessToken"), null, null)
                    .expect(202);

            await().atMost(SOON).until(lines::isDone);
            assertThat(lines.get()).filteredOn(line -> line.startsWith("data:")).hasSizeLessThanOrEqualTo(1);
        }
    }
}
