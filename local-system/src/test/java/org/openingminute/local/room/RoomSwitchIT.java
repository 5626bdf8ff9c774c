package org.openingminute.local.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.Standstills;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves, on the running system, that an organiser's settings of a waiting room take effect soon. */
@ExtendWith(SystemFixture.class)
@Tag("measured")
class RoomSwitchIT {

    private static final Duration IN_FORCE = Duration.ofSeconds(2);

    private final ApiClient api;

    RoomSwitchIT(Running running) {
        api = running.api();
    }

    @Test
    void room_is_on_and_off_within_two_seconds() {
        Room room = new Room(api, ApiClient.newSlug("switch"), 1_000);
        room.set("on", 10);
        assertThat(took(room::awaitOn)).isLessThan(IN_FORCE);
        room.set("off", null);
        assertThat(took(room::awaitOff)).isLessThan(IN_FORCE);
        assertThat(room.report().path("closedAt").asString("")).isNotEmpty();
    }

    /** Measures how long a setting takes that has been answered. To sign in and to set it may take longer on a slow machine. */
    private static Duration took(Runnable wait) {
        long begun = Standstills.now();
        wait.run();
        return Standstills.timeSince(begun);
    }
}
