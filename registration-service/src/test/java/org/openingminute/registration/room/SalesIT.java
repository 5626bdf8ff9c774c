package org.openingminute.registration.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AdmissionTokens;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves what a gateway learns from its poll each second, on the running service. */
@RegistrationServiceTest
class SalesIT {

    private static final String NO_ROOMS = "{}";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private AdmissionTokens tokens;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    private RoomFixture rooms;
    private String slug = "";

    @BeforeEach
    void connect() {
        rooms = new RoomFixture(service, tokens);
        slug = service.putConference(10, 600);
    }

    @Test
    void sale_is_reported_with_its_seats_and_settings() {
        Instant drawAt = service.businessTime().plusSeconds(3_600);
        service.put("/api/admin/waiting-room/" + slug, staffToken("organiser"), """
                        {"mode": "on", "drawAt": "%s", "perSecond": 16}""".formatted(drawAt))
                .expect(200);
        service.register(slug, "seat").expect(201);

        var answer = rooms.ask("g1", NO_ROOMS);
        assertThat(answer.body().get("names").get(slug).asString()).isEqualTo("Test Conference");
        assertThat(Duration.between(Instant.parse(answer.text("now")), service.businessTime()))
                .isBetween(Duration.ZERO, Duration.ofMinutes(1));
        // Another second may have begun meanwhile.
        JsonNode told = ((ObjectNode) rooms.sale(answer, slug)).remove(List.of("decided", "longestWaitMillis"));
        assertThat(told).isEqualTo(ServiceFixture.JSON.readTree("""
                {"conference": "%s", "state": "open", "seatsLeft": 9, "seatsPerRegistration": %s, "refused": 0, "mode": "on",
                 "drawAt": "%s", "perSecond": 16.0, "capacity": null, "usedPlaces": []}
                """.formatted(slug, 41.0 / 21, drawAt)));
    }

    @Test
    void requests_of_the_last_whole_second_are_told() {
        AtomicLong number = new AtomicLong();
        slug = service.putConference(1_000, 600);
        await().atMost(ServiceFixture.SOON).untilAsserted(() -> {
            service.register(slug, "seat").expect(201);
            rooms.register(slug, newKey(), rooms.admitted(slug, number.incrementAndGet()))
                    .expect(201);
            JsonNode decided = sale().get("decided");
            assertThat(decided.get(1).asInt()).isPositive();
            assertThat(decided.get(0).asInt()).isGreaterThan(decided.get(1).asInt());
        });
    }

    @Test
    void state_follows_the_sale() {
        assertThat(sale().get("state").asString()).isEqualTo("open");
        assertThat(sale().get("mode").asString()).isEqualTo("off");
        service.put("/api/admin/conferences/" + slug + "/sale", staffToken("organiser"), "{\"state\": \"paused\"}")
                .expect(200);
        await().atMost(ServiceFixture.SOON)
                .untilAsserted(() -> assertThat(sale().get("state").asString()).isEqualTo("paused"));
    }

    @Test
    void used_places_are_told_until_the_gateway_has_learnt_of_them() {
        rooms.open(slug, 100);
        rooms.register(slug, newKey(), rooms.admitted(slug, 7)).expect(201);

        var answer = rooms.ask("g4", NO_ROOMS);
        JsonNode places = rooms.sale(answer, slug).get("usedPlaces");
        assertThat(places).hasSize(1);
        assertThat(places.get(0).get(0).asLong()).isEqualTo(RoomFixture.ROOM);
        assertThat(places.get(0).get(1).asLong()).isEqualTo(7);
        assertThat(Instant.ofEpochSecond(places.get(0).get(2).asLong()))
                .isBetween(Instant.now().minusSeconds(90), Instant.now().minusSeconds(55));
        assertThat(rooms.sale(rooms.ask("g4", NO_ROOMS), slug).get("usedPlaces"))
                .as("the response may have been lost")
                .isEqualTo(places);
        String learnt = """
                {"learnt": {"%s": %s}}""".formatted(answer.text("instance"), answer.text("usedUpTo"));
        assertThat(rooms.sale(rooms.ask("g4", """
                {"learnt": {"another": 1000}}"""), slug).get("usedPlaces"))
                .as("learnt from another instance")
                .isEqualTo(places);
        assertThat(rooms.sale(rooms.ask("g4", learnt), slug).get("usedPlaces")).isEmpty();
        assertThat(rooms.sale(rooms.ask("", NO_ROOMS), slug).get("usedPlaces"))
                .as("for a caller without a name")
                .isEmpty();
        assertThat(rooms.sale(rooms.ask("g5", NO_ROOMS), slug).get("usedPlaces"))
                .isEqualTo(places);
    }

    @Test
    void wait_is_reported_while_a_batch_hangs() {
        slug = service.putConference(1_000, 600);
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        transaction.executeWithoutResult(_ -> {
            ServiceFixture.lockSale(jdbc, slug);
            await().atMost(ServiceFixture.SOON).until(() -> {
                asked.add(CompletableFuture.supplyAsync(
                        () -> service.register(slug, "seat"), Thread::startVirtualThread));
                return sale().get("longestWaitMillis").asLong() > 1_000;
            });
        });
        asked.forEach(one -> one.join().expect(201));
    }

    @Test
    void measured_capacity_is_saved_once_a_minute_where_it_changed() {
        rooms.open(slug, 50, false);
        assertThat(sale().get("capacity").isNull()).isTrue();
        rooms.open(slug, 20);
        assertThat(sale().get("capacity").asDouble()).isEqualTo(20);
        rooms.open(slug, 40);
        assertThat(sale().get("capacity").asDouble()).isEqualTo(20);
        aMinuteLater();
        rooms.open(slug, 20.9);
        assertThat(sale().get("capacity").asDouble()).isEqualTo(20);
        rooms.open(slug, 21.1);
        assertThat(sale().get("capacity").asDouble()).isEqualTo(21.1);
        assertThat(sale().get("mode").asString()).isEqualTo("off");
    }

    private void aMinuteLater() {
        jdbc.sql("update waiting_room set capacity_at = capacity_at - interval '1 minute' where conference = ?")
                .param(slug)
                .update();
    }

    private JsonNode sale() {
        return rooms.sale(rooms.ask("g3", NO_ROOMS), slug);
    }
}
