package org.openingminute.local.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import tools.jackson.databind.JsonNode;

/** A sale with a waiting room, controlled by its organiser. */
final class Room {

    /** {@link RoomSwitchIT} measures how soon the organiser's settings take effect. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final String slug;
    private final ApiClient api;
    private long taken;

    /** Puts a conference on sale. */
    Room(ApiClient api, String slug, int seats) {
        this.api = api;
        this.slug = slug;
        api.putOnSale(slug, seats, "\"holdMinutes\": 240", 1_000);
    }

    /** Turns the room on, and returns when nobody can register without an admission. */
    void on(int perSecond) {
        set("on", perSecond);
        awaitOn();
    }

    /** Waits until nobody can register without an admission. */
    void awaitOn() {
        Answer refused = await().atMost(PATIENCE).until(this::attempt, answer -> answer.status() == 403);
        assertThat(refused.isProblem(403, "waiting-room").at("/link"))
                .endsWith("/api/waiting-room/" + slug + "/places");
        assertThat(state()).isEqualTo("on");
    }

    /** The seats that were taken before the room was on. */
    long takenBefore() {
        return taken;
    }

    /** Asserts that nobody can register without an admission. */
    void assertBarred() {
        attempt().isProblem(403, "waiting-room");
    }

    /** Turns the room off, and returns when everybody can register again. */
    void off() {
        set("off", null);
        awaitOff();
        assertThat(report().path("closedAt").asString("")).isNotEmpty();
    }

    /** Waits until everybody can register again. */
    void awaitOff() {
        await().atMost(PATIENCE).until(() -> attempt().status() == 201 && state().equals("off"));
    }

    private Answer attempt() {
        Answer answer =
                api.attempt(slug, ApiClient.body("guest", ApiClient.newAddress("impatient")), ApiClient.newKey());
        if (answer.status() == 201) {
            taken++;
        }
        return answer;
    }

    void set(String mode, @Nullable Integer perSecond) {
        String wanted = "{\"mode\": \"%s\", \"drawAt\": null, \"perSecond\": %d}".formatted(mode, perSecond);
        api.put(path(), wanted, organiser()).has(200);
    }

    /** The state of the room; empty until the gateway knows the conference. */
    String state() {
        return api.get("/api/waiting-room/" + slug).at("/state");
    }

    JsonNode report() {
        return api.get(path() + "/report", organiser()).has(200).json();
    }

    private String path() {
        return "/api/admin/waiting-room/" + slug;
    }

    private Map<String, String> organiser() {
        return api.signIn("organiser");
    }
}
