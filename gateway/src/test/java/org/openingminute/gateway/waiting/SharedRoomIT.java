package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.gateway.ServiceFixture.json;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.TestSettings;
import org.openingminute.kit.access.AccessTokens;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import redis.embedded.RedisServer;
import tools.jackson.databind.JsonNode;

/** A gateway that shares its rooms through a Redis, a process of its own, which is emptied and stopped. */
@GatewayTest(surroundings = SharedRoomIT.WithRedis.class)
@DirtiesContext
class SharedRoomIT {

    private static final String CONFERENCE = "shared-2026";
    private static final Shared SHARED = new Shared();

    @Autowired
    private ServiceFixture gateway;

    static final class WithRedis extends ServiceFixture.Surroundings {

        WithRedis() {
            super("REDIS_URL=" + SHARED.url());
        }
    }

    private static final class Shared {

        private final RedisServer server;
        private final int port;

        Shared() {
            port = freePort();
            try {
                server = RedisServer.newRedisServer()
                        .port(port)
                        .bind("127.0.0.1")
                        .setting("save \"\"")
                        .build();
                server.start();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private static int freePort() {
            try (ServerSocket free = new ServerSocket(0)) {
                return free.getLocalPort();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        String url() {
            return "redis://127.0.0.1:" + port;
        }

        void empty() {
            try (RedisClient client = RedisClient.create(url());
                    StatefulRedisConnection<String, String> connection = client.connect()) {
                connection.sync().flushall();
            }
        }
    }

    @AfterAll
    static void stopRedis() throws IOException {
        SHARED.server.stop();
    }

    @Test
    void places_are_kept_while_redis_is_emptied_and_away() throws IOException {
        String unknown = "/api/waiting-room/unknown-2026";
        assertThat(gateway.get(unknown).statusCode())
                .as("nobody has told of any conference")
                .isEqualTo(503);
        StubSales sales = new StubSales(gateway.registration);
        sales.are(CONFERENCE, "open", "on", Map.of("perSecond", 1));
        JsonNode first = take();
        for (int i = 0; i < 99; i++) {
            take();
        }
        JsonNode last = take();
        assertThat(number(last)).isEqualTo(number(first) + 100);
        assertThat(gateway.get(unknown).statusCode()).isEqualTo(404);
        await().until(() -> state().get("waiting").asLong() > 50);

        // A gateway that has heard of all conferences for a while leaves a new one to nobody.
        sales.are("new-2026", "open", "on", Map.of("perSecond", 1));
        await().atMost(Duration.ofSeconds(2)).until(() -> tryToTake("new-2026").statusCode() == 201);

        SHARED.empty();
        JsonNode newcomer = take();
        assertThat(number(newcomer)).isGreaterThanOrEqualTo(number(last) + 10_000);
        JsonNode lastNow = look(last);
        assertThat(lastNow.get("state").asString()).isEqualTo("waiting");
        assertThat(look(newcomer).get("position").asLong())
                .isBetween(
                        lastNow.get("position").asLong() - 5,
                        lastNow.get("position").asLong() + 5);

        SHARED.server.stop();
        HttpResponse<String> none = await().until(this::tryToTake, answer -> answer.statusCode() == 503);
        assertThat(none.headers().firstValue("Retry-After")).isPresent();
        long waiting = state().get("waiting").asLong();
        assertThat(waiting).isPositive();
        assertThat(look(last).get("placeToken").asString()).isNotEmpty();
        // The line goes on by itself.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> state().get("waiting").asLong() < waiting - 3);

        SHARED.server.start();
        JsonNode after = take();
        assertThat(number(after)).isGreaterThan(number(newcomer));
        assertThat(look(newcomer).get("placeToken").asString()).isNotEmpty();
    }

    private HttpResponse<String> tryToTake() {
        return tryToTake(CONFERENCE);
    }

    private HttpResponse<String> tryToTake(String conference) {
        return gateway.send(
                "/api/waiting-room/" + conference + "/places",
                request -> request.POST(HttpRequest.BodyPublishers.noBody()));
    }

    private JsonNode take() {
        return json(await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .pollDelay(Duration.ZERO)
                .until(this::tryToTake, answer -> answer.statusCode() == 201));
    }

    private JsonNode look(JsonNode place) {
        HttpResponse<String> answer = gateway.get(
                "/api/waiting-room/" + CONFERENCE + "/place",
                "Authorization",
                "Bearer " + place.get("placeToken").asString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return json(answer);
    }

    private JsonNode state() {
        return json(gateway.get("/api/waiting-room/" + CONFERENCE));
    }

    private static long number(JsonNode place) {
        return new PlaceTokens(AccessTokens.of(TestSettings.ROOM_KEYS))
                .read(CONFERENCE, place.get("placeToken").asString(), null)
                .orElseThrow()
                .number();
    }
}
