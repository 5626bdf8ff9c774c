package org.openingminute.registration.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.newKey;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.AdmissionTokens;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves which registrations are accepted while a waiting room is open, on the running service with played gateways. */
@RegistrationServiceTest
class RoomEntryIT {

    private static final AtomicLong NUMBERS = new AtomicLong(1_000);

    @Autowired
    private ServiceFixture service;

    @Autowired
    private AdmissionTokens tokens;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient jdbc;

    private final Executor executor = Executors.newVirtualThreadPerTaskExecutor();

    private RoomFixture rooms;
    private String slug = "";

    @BeforeEach
    void open() {
        rooms = new RoomFixture(service, tokens);
        slug = service.putConference(1_000, 600);
        rooms.open(slug, 1_000);
    }

    @Test
    void request_without_an_admission_is_led_to_the_room() {
        Reply refused = service.register(slug, "seat").expectProblem(403, "waiting-room");

        assertThat(refused.text("link")).isEqualTo("http://localhost:8080/api/waiting-room/" + slug + "/places");
        service.register(service.putConference(10, 600), "seat").expect(201);
        service.post("/api/conferences/" + slug + "/quotes", null, null, ServiceFixture.body("seat"))
                .expect(200);
    }

    @Test
    void admission_of_another_conference_forged_or_over_is_refused() {
        long number = NUMBERS.incrementAndGet();
        Instant soon = Instant.now().plusSeconds(60);
        AdmissionTokens others = new AdmissionTokens(AccessTokens.of("k1:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8"));
        List<String> bad = List.of(
                rooms.admitted("another", number),
                others.sign(new Admission(slug, RoomFixture.ROOM, number, soon, false)),
                tokens.sign(new Admission(
                        slug, RoomFixture.ROOM, number, Instant.now().minusSeconds(1), false)),
                rooms.admittedInBrowser(slug, number),
                "nonsense");

        assertThat(bad)
                .allSatisfy(token -> rooms.register(slug, newKey(), token).expectProblem(403, "waiting-room"));
        rooms.register(slug, newKey(), rooms.admitted(slug, number)).expect(201);
    }

    @Test
    void admission_is_good_for_one_registration() throws Exception {
        String token = rooms.admitted(slug, NUMBERS.incrementAndGet());
        List<Reply> replies = ServiceFixture.atOnce(8, () -> rooms.register(slug, newKey(), token));

        assertThat(rooms.codes(replies)).containsOnly("201", "403waiting-room").containsOnlyOnce("201");
        rooms.register(slug, newKey(), token).expectProblem(403, "waiting-room");
    }

    @Test
    void repeated_request_gets_its_first_answer_also_after_its_admission() {
        String key = newKey();
        Reply first = rooms.register(slug, key, rooms.admitted(slug, NUMBERS.incrementAndGet()))
                .expect(201);
        Reply again = service.post(
                        "/api/conferences/" + slug + "/registrations", null, key, ServiceFixture.body("seat"))
                .expect(201);

        assertThat(again.text("id")).isEqualTo(first.text("id"));
    }

    @Test
    void refusal_and_an_ended_hold_give_the_place_back() {
        String token = rooms.admitted(slug, NUMBERS.incrementAndGet());
        String path = "/api/conferences/" + slug + "/registrations";
        service.send("POST", path, null, newKey(), ServiceFixture.body("nothing"), "Admission-Token", token)
                .expectProblem(422, "invalid");
        Reply first = rooms.register(slug, newKey(), token).expect(201);
        service.post(
                        "/api/registrations/" + first.text("id") + "/cancellation",
                        first.text("accessToken"),
                        newKey(),
                        "{}")
                .expect(200);
        Reply second = rooms.register(slug, newKey(), token).expect(201);
        service.moveTo(service.businessTime().plusSeconds(601).toString());
        service.awaitStatus(second, "expired");
        rooms.open(slug, 1_000);

        rooms.register(slug, newKey(), token).expect(201);
        rooms.register(slug, newKey(), token).expectProblem(403, "waiting-room");
    }

    @Test
    void room_that_is_not_among_all_that_are_open_asks_for_nothing() {
        rooms.ask("g1", """
                {"rooms": [], "all": true}""");
        service.register(slug, "seat").expect(201);
    }

    @Test
    void number_counts_although_the_room_closed_meanwhile() {
        String other = service.putConference(1_000, 600);
        String token = rooms.admitted(other, NUMBERS.incrementAndGet());
        rooms.register(other, newKey(), token).expect(201);
        service.register(other, "seat").expect(201);
        rooms.open(other, 1_000);

        rooms.register(other, newKey(), token).expectProblem(403, "waiting-room");
    }

    @Test
    void used_admission_refuses_nobody_while_no_room_is_open() {
        String other = service.putConference(1_000, 600);
        String token = rooms.admitted(other, NUMBERS.incrementAndGet());
        rooms.register(other, newKey(), token).expect(201);
        rooms.register(other, newKey(), token).expect(201);
        rooms.open(other, 1_000);

        rooms.register(other, newKey(), token).expectProblem(403, "waiting-room");
    }

    @Test
    void one_number_of_two_conferences_is_two_places() {
        long number = NUMBERS.incrementAndGet();
        String other = service.putConference(1_000, 600);
        rooms.open(other, 1_000);

        for (String each : List.of(slug, other)) {
            rooms.register(each, newKey(), rooms.admitted(each, number)).expect(201);
        }
    }

    @Test
    void full_queue_sends_away_for_two_to_six_seconds() {
        rooms.open(slug, 20);
        Queue<Reply> refused = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        transaction.executeWithoutResult(_ -> {
            ServiceFixture.lockSale(jdbc, slug);
            for (int i = 0; i < 14; i++) {
                String token = rooms.admitted(slug, NUMBERS.incrementAndGet());
                asked.add(CompletableFuture.supplyAsync(() -> rooms.register(slug, newKey(), token), executor));
            }
            asked.forEach(one -> one.thenAccept(refused::add));
            await().atMost(ServiceFixture.SOON).until(() -> refused.size() == 4);
        });

        assertThat(asked.stream().map(CompletableFuture::join).filter(reply -> reply.status() == 201))
                .hasSize(10);
        assertThat(refused.stream().limit(4)).allSatisfy(reply -> {
            reply.expectProblem(503, "unavailable");
            assertThat(header(reply, "Retry-After")).isBetween("2", "6");
        });
    }

    @Test
    void openapi_tells_of_the_longer_admission_of_a_503() {
        String header = "/paths/~1api~1conferences~1{slug}~1registrations/post/responses/503/headers/Admission-Token";

        assertThat(service.send("GET", "/internal/openapi", null, null, null)
                        .body()
                        .at(header + "/description")
                        .stringValue())
                .contains("two minutes longer");
    }

    private static String header(Reply reply, String name) {
        return reply.raw().headers().firstValue(name).orElseThrow();
    }
}
