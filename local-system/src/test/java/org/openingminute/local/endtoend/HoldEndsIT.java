package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.endtoend.Door.Registered;
import org.openingminute.local.endtoend.WholeSystem.Running;

/** A seat that nobody pays for is free again. */
@ExtendWith(WholeSystem.class)
class HoldEndsIT {

    private static final int HOLD_SECONDS = 6;
    /** The hold, 5 s that are promised after it, and the time that a loaded machine takes to ask and answer. */
    private static final Duration LIMIT = Duration.ofSeconds(HOLD_SECONDS + 5 + 5);

    private final Door door;

    HoldEndsIT(Running running) {
        door = running.door();
    }

    @Test
    void the_last_seat_goes_to_another_when_its_hold_has_run_out() {
        String slug = Door.newSlug("hold");
        door.putOnSale(slug, 1, "\"holdSeconds\": " + HOLD_SECONDS, 1000);
        Registered slow = door.register(slug, "guest", Door.newAddress("slow"));
        slow.answer().assertThatText("/holdExpiresAt").isNotEmpty();
        String other = Door.newAddress("other");
        door.attempt(slug, Door.body("guest", other), Door.newKey()).isProblem(409, "sold-out");

        door.awaitStatus(slow, "expired", LIMIT);

        door.send("POST", "/api/payments/" + slow.id() + "/checkout", null, slow.bearer())
                .isProblem(409, "not-payable");
        await().atMost(LIMIT)
                .until(() -> door.attempt(slug, Door.body("guest", other), Door.newKey())
                                .status()
                        == 201);
        assertThat(door.registration(slow).json().at("/holdExpiresAt").isNull()).isTrue();
    }
}
