package org.openingminute.local.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.ApiClient;
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
        assertThat(took(() -> room.on(10))).isLessThan(IN_FORCE);
        assertThat(took(room::off)).isLessThan(IN_FORCE);
    }

    private static Duration took(Runnable change) {
        long begun = System.nanoTime();
        change.run();
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
