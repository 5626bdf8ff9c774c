package org.openingminute.local.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.fixture.ApiClient;
import tools.jackson.databind.JsonNode;

/** A sale with its waiting room, as its organiser has it. */
final class Room {

    private static final Duration IN_FORCE = Duration.ofSeconds(5);

    final String slug;
    private final ApiClient api;

    /** Puts a conference on sale. */
    Room(ApiClient api, String slug, int seats) {
        this.api = api;
        this.slug = slug;
        api.putOnSale(slug, seats, "\"holdMinutes\": 240", 1_000);
    }

    /** Turns the room on, and returns when it is. */
    void on(int perSecond) {
        set("on", perSecond);
        await().atMost(IN_FORCE).until(() -> state().equals("on"));
        assertBarred();
    }

    /** Nobody registers without an admission. */
    void assertBarred() {
        assertThat(api.attempt(slug, ApiClient.body("guest", "impatient@example.org"), ApiClient.newKey())
                        .isProblem(403, "waiting-room")
                        .at("/link"))
                .endsWith("/api/waiting-room/" + slug + "/places");
    }

    /** Turns the room off, and returns when anybody may register again. */
    void off() {
        set("off", null);
        await().atMost(IN_FORCE).until(() -> state().equals("off"));
        assertThat(report().path("closedAt").asString("")).isNotEmpty();
        api.register(slug, "guest", "impatient@example.org");
    }

    void set(String mode, @Nullable Integer perSecond) {
        String wanted = "{\"mode\": \"%s\", \"drawAt\": null, \"perSecond\": %d}".formatted(mode, perSecond);
        api.put(path(), wanted, organiser()).has(200);
    }

    String state() {
        return api.get("/api/waiting-room/" + slug).has(200).at("/state");
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
