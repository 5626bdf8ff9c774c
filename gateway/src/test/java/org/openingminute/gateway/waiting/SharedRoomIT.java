package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.gateway.ServiceFixture.json;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.TestSettings;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.testing.FreePort;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import redis.embedded.RedisServer;
import tools.jackson.databind.JsonNode;

/** Proves that a gateway which shares its rooms through a real Redis keeps every place while Redis is emptied, set back and stopped. */
@GatewayTest(surroundings = SharedRoomIT.WithRedis.class)
@DirtiesContext
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SharedRoomIT {

    private static final String CONFERENCE = "shared-2026";
    private static final Shared SHARED = new Shared();

    @Autowired
    private ServiceFixture gateway;

    /** How often a place was asked for. */
    private final AtomicInteger tries = new AtomicInteger();

    static final class WithRedis extends ServiceFixture.Surroundings {

        WithRedis() {
            super("REDIS_URL=" + SHARED.url());
        }
    }

    private static final class Shared {

        private final RedisServer server;
        private final int port;

        Shared() {
            port = FreePort.draw();
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

        String url() {
            return "redis://127.0.0.1:" + port;
        }

        void change(Consumer<RedisCommands<String, String>> by) {
            try (RedisClient client = RedisClient.create(url());
                    StatefulRedisConnection<String, String> connection = client.connect()) {
                by.accept(connection.sync());
            }
        }
    }

    @AfterAll
    static void stopRedis() throws IOException {
        SHARED.server.stop();
    }

    @Test
    @Order(1)
    void places_are_kept_while_redis_is_emptied_set_back_and_away() throws IOException {
        String unknown = "/api/waiting-room/unknown-2026";
        assertThat(gateway.get(unknown).statusCode())
                .as("no conference has been reported")
                .isEqualTo(503);
        StubSales sales = new StubSales(gateway.registration);
        sales.are(CONFERENCE, "open", "on", Map.of("perSecond", 1));
        JsonNode first = take();
        int triesBefore = tries.get();
        for (int i = 0; i < 99; i++) {
            take();
        }
        JsonNode last = take();
        // Redis may have given a number to a try that was refused, because its answer came too late.
        assertThat(number(last) - number(first)).isBetween(100L, (long) (tries.get() - triesBefore));
        assertThat(gateway.get(unknown).statusCode()).isEqualTo(404);
        await().until(() -> state().get("waiting").asLong() > 50);

        // A gateway that has known all conferences for a while leaves no new one without a keeper for six of its
        // seconds.
        AtomicInteger seconds = new AtomicInteger();
        sales.meanwhile(seconds::incrementAndGet);
        sales.are("new-2026", "open", "on", Map.of("perSecond", 1));
        await().until(() -> tryToTake("new-2026").statusCode() == 201);
        assertThat(seconds).hasValueLessThan(7);

        SHARED.change(RedisCommands::flushall);
        JsonNode newcomer = take();
        assertThat(number(newcomer)).isGreaterThanOrEqualTo(number(last) + 10_000);
        JsonNode lastNow = look(last);
        assertThat(lastNow.get("state").asString()).isEqualTo("waiting");
        long lastBefore = lastNow.get("position").asLong();
        long position = look(newcomer).get("position").asLong();
        long lastAfter = look(last).get("position").asLong();
        assertThat(position).as("the line may move on meanwhile").isBetween(lastAfter - 5, lastBefore + 5);

        JsonNode lastOfAll = newcomer;
        for (int i = 0; i < 20; i++) {
            lastOfAll = take();
        }
        SHARED.change(redis -> redis.decrby("waiting-room:" + CONFERENCE + ":next", 10));
        assertThat(number(take())).isGreaterThanOrEqualTo(number(lastOfAll) + 10_000);

        SHARED.server.stop();
        HttpResponse<String> none = await().until(this::tryToTake, answer -> answer.statusCode() == 503);
        assertThat(none.headers().firstValue("Retry-After")).isPresent();
        long waiting = state().get("waiting").asLong();
        assertThat(waiting).isPositive();
        assertThat(look(last).get("placeToken").asString()).isNotEmpty();
        // The line moves on without Redis.
        await().until(() -> state().get("waiting").asLong() < waiting - 3);

        SHARED.server.start();
        JsonNode after = take();
        assertThat(number(after)).isGreaterThan(number(newcomer));
        assertThat(look(newcomer).get("placeToken").asString()).isNotEmpty();
    }

    @Test
    @Order(2)
    void room_is_not_shown_as_a_gateway_moved_it_that_had_lost_the_lease() {
        String conference = "lease-2026";
        StubSales sales = new StubSales(gateway.registration);
        sales.are(conference, "open", "off");
        await().until(() -> isShown(conference, "off"));
        AtomicInteger lost = new AtomicInteger();
        sales.meanwhile(() -> {
            SHARED.change(redis -> redis.set("waiting-room:mover", "another", SetArgs.Builder.px(300)));
            lost.incrementAndGet();
        });
        // A poll that began before would report it without the loss.
        await().until(() -> lost.get() > 0);
        sales.are(conference, "open", "on");
        await().until(() -> lost.get() > 6);
        assertThat(isShown(conference, "off")).isTrue();
        sales.meanwhile(() -> {});
        await().until(() -> isShown(conference, "on"));
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private boolean isShown(String conference, String state) {
        HttpResponse<String> answer = gateway.get("/api/waiting-room/" + conference);
        return answer.statusCode() == 200
                && json(answer).get("state").asString().equals(state);
    }

    private HttpResponse<String> tryToTake() {
        return tryToTake(CONFERENCE);
    }

    private HttpResponse<String> tryToTake(String conference) {
        tries.incrementAndGet();
        return gateway.send(
                "/api/waiting-room/" + conference + "/places",
                request -> request.POST(HttpRequest.BodyPublishers.noBody()));
    }

    private JsonNode take() {
        return json(await().pollInterval(Duration.ofMillis(20))
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
