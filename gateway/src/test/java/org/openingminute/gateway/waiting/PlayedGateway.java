package org.openingminute.gateway.waiting;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.ops.ServiceProbe;
import org.openingminute.gateway.problem.RehearsalClock;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.kit.runtime.Ids;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The waiting rooms of one gateway, without its web server. One room is on; a stub of registration-service reports one used admission,
 * once.
 */
final class PlayedGateway implements AutoCloseable {

    static final String CONFERENCE = "mlsys-2026";

    /** The room, the number, and the second in which the admission began. */
    private static final String USED = "[1, 0, %d]";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Rooms rooms;
    private volatile boolean isAnswered = true;
    private volatile String askedLast = "";
    private boolean isClosed;

    PlayedGateway(GatewaySettings settings) {
        this(settings, RoomStore.of(settings, Ids.timeOrdered().next(), Clock.systemUTC()), Clock.systemUTC());
    }

    /**
     * @param store closed together with the gateway
     * @param clock that of the gateway and of registration-service
     */
    PlayedGateway(GatewaySettings settings, RoomStore store, Clock clock) {
        Sales sales = new Sales(
                question -> {
                    askedLast = question.path();
                    boolean isLearnt = question.body().path("learnt").path("r").asInt(0) > 0;
                    String used = isMover() && !isLearnt
                            ? USED.formatted(clock.instant().getEpochSecond())
                            : "";
                    return Flux.defer(() -> isAnswered ? Flux.just(answer(clock.instant(), used)) : Flux.empty());
                },
                clock,
                new RehearsalClock(settings, clock));
        rooms = new Rooms(sales, store, settings.room().capacity(), new RoomMeters(meters), clock);
        rooms.start();
    }

    private static ServiceProbe.ProbeResult answer(Instant now, String used) {
        return new ServiceProbe.ProbeResult(
                HttpStatus.OK, (ObjectNode) JsonMapper.shared().readTree("""
                {"now": "%s", "instance": "r", "usedUpTo": 1, "sales": [{"conference": "%s", "state": "open", "mode": "on", "perSecond": 5,
                 "seatsLeft": 1000, "seatsPerRegistration": 1, "refused": 0, "longestWaitMillis": 0, "usedPlaces": [%s]}]}
                """.formatted(now, CONFERENCE, used)));
    }

    /** Sets whether registration-service answers from now on. */
    void isAnswered(boolean now) {
        isAnswered = now;
    }

    /** Whether this gateway moved the lines at its last poll. */
    boolean isMover() {
        return askedLast.endsWith("=mover");
    }

    LiveRoom room() {
        return rooms.get(CONFERENCE);
    }

    boolean isShown(WaitingRoom.State state) {
        return rooms.of(CONFERENCE).filter(room -> room.copy().state() == state).isPresent();
    }

    long called() {
        return room().copy().called(room().now());
    }

    void give(int places) {
        Flux.range(0, places).concatMap(_ -> room().take(false)).blockLast();
    }

    /** Whether a part of each second's work fails, by its metric. */
    boolean fails(String part) {
        return meters.get("gateway.room.failing").tag("part", part).gauge().value() == 1;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            rooms.stop();
            rooms.destroy();
        }
    }
}
