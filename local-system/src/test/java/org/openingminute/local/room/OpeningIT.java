package org.openingminute.local.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.json.JsonMapper;

/** Proves, with real processes, that a waiting room before the opening of a sale loses nobody when its gateway is killed. */
@ExtendWith(SystemFixture.class)
@Timeout(600)
@Tag("faults")
class OpeningIT {

    private static final Crowd CROWD =
            new Crowd(350, 0, Duration.ofSeconds(3), 0.3, Duration.ofSeconds(25), 0.75, false, Duration.ofSeconds(2));
    private static final int PER_SECOND = 12;
    private static final int ADMITTED_BEFORE = 100;
    private static final long SEED = 20_260_202;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** The gateway stores its rooms once a second while it and registration-service run; the margin is for a busy machine. */
    private static final Duration UNKEPT = Duration.ofSeconds(4);

    private static final Duration PATIENCE = Duration.ofSeconds(240);

    private final LocalSystem system;
    private final ApiClient api;
    private final int port;

    OpeningIT(Running running) {
        system = running.system();
        api = running.api();
        port = URI.create(running.url()).getPort();
    }

    @Test
    void people_are_served_in_order_though_the_gateway_is_killed() throws Exception {
        Room room = new Room(api, ApiClient.newSlug("opening"), 10_000);
        room.on(PER_SECOND);
        SystemInside inside = new SystemInside(system.settings());
        try (FrontDoor door = new FrontDoor(List.of(port));
                Watch watch =
                        new Watch(room.slug, port, inside.metricPorts().get("gateway"), inside.registrationPort());
                Visitors visitors = new Visitors(door, watch, room.slug, CROWD.plans(SEED))) {
            await().atMost(PATIENCE).until(() -> visitors.admittedSoFar() >= ADMITTED_BEFORE);
            long pid = system.pid("gateway");
            long killed = System.nanoTime();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            long kept = kept(room);
            Duration stood = watch.longestPause(kept, killed);
            assertThat(Duration.ofNanos(killed - kept)).isLessThan(UNKEPT.plus(stood));
            await().atMost(PATIENCE).until(() -> system.pid("gateway") != 0 && system.pid("gateway") != pid);
            Outcome.Loss loss = new Outcome.Loss(kept, System.nanoTime());
            system.start("gateway"); // Waits until it is ready.
            door.reconnect(0);
            room.assertBarred();
            visitors.awaitEnd(PATIENCE);

            Outcome outcome = new Outcome("killed gateway", visitors, watch, door, room, List.of(loss));
            outcome.print();
            outcome.assertInOrder();
            outcome.assertNobodyLost();
            outcome.assertReported();
        }
        room.off();
    }

    /**
     * The instant up to which the gateway's file is complete, by {@link System#nanoTime}. A file has the counts up to the start of its
     * second.
     */
    private long kept(Room room) throws IOException {
        Path file = system.settings().dataFolder().resolve("waiting-rooms.json");
        long second = JSON.readTree(Files.readAllBytes(file))
                .at("/rooms/" + room.slug + "/counters/newest")
                .asLong();
        return System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - second * 1000);
    }
}
