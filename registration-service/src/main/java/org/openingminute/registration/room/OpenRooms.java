package org.openingminute.registration.room;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.admission.Admissions.QueueWatch;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;

/** The conferences whose waiting room is open. The gateways report them every second. */
@Component
@EnableConfigurationProperties(OpenRooms.RoomBounds.class)
final class OpenRooms {

    /** How long a room counts as open after the last report, in nanoseconds. */
    private static final long KNOWN_FOR = Duration.ofSeconds(10).toNanos();

    private final Map<String, OpenRoom> rooms = new ConcurrentHashMap<>();
    private final RoomBounds bounds;
    private final LongSupplier nanoTime;
    private volatile Map<String, Instant> draws = Map.of();

    /** @param most how many requests may be in progress at this instance */
    private record OpenRoom(int most, long reportedAt) {}

    @Autowired
    OpenRooms(RoomBounds bounds) {
        this(bounds, System::nanoTime);
    }

    OpenRooms(RoomBounds bounds, LongSupplier nanoTime) {
        this.bounds = bounds;
        this.nanoTime = nanoTime;
    }

    /**
     * Records a gateway's report that a room is open.
     *
     * @param capacity registrations per second, all instances together
     * @param instances how many instances share the capacity; each admits its share of half a second's capacity, because all decide under
     *     one lock
     */
    void reported(String conference, double capacity, int instances) {
        int sharing = Math.max(1, instances);
        int most = Math.clamp(
                (long) (capacity / 2 / sharing), Math.ceilDiv(bounds.fewestInside(), sharing), bounds.mostInside());
        rooms.put(conference, new OpenRoom(most, nanoTime.getAsLong()));
    }

    /** Closes all rooms but these. Only the gateway that controls the queues reports the complete list. */
    void closeOthers(Collection<String> conferences) {
        rooms.keySet().retainAll(conferences);
    }

    /** Records the draws of all rooms, by conference, in business time. */
    void setDraws(Map<String, Instant> draws) {
        this.draws = draws;
    }

    boolean isOpen(String conference) {
        return open(conference) != null;
    }

    /** Returns the draw of a conference's room, if one is set. */
    @Nullable
    Instant drawAt(String conference) {
        return draws.get(conference);
    }

    /**
     * Returns how many requests of a conference may be in progress at this instance: half a second's capacity, or unbounded if no room is
     * open.
     */
    int most(String conference) {
        @Nullable OpenRoom room = open(conference);
        return room == null ? QueueWatch.UNBOUNDED : room.most();
    }

    private @Nullable OpenRoom open(String conference) {
        @Nullable OpenRoom room = rooms.get(conference);
        if (room == null || nanoTime.getAsLong() - room.reportedAt() < KNOWN_FOR) {
            return room;
        }
        rooms.remove(conference, room);
        return null;
    }

    /**
     * How many of a conference's registrations may be in progress while its waiting room is on: what is decided in half a second, within
     * these bounds.
     *
     * @param fewestInside how many registrations of a conference whose waiting room is on may be in progress at all instances together,
     *     however slowly they are decided
     * @param mostInside how many registrations of such a conference may be in progress at an instance, however fast they are decided
     */
    @ConfigurationProperties(prefix = "rooms", ignoreUnknownFields = false)
    record RoomBounds(
            @DefaultValue("8") int fewestInside,
            @DefaultValue("768") int mostInside) {

        RoomBounds {
            if (fewestInside < 1) {
                throw new IllegalArgumentException("ROOM_FEWEST_INSIDE must be above zero");
            }
            if (mostInside < fewestInside) {
                throw new IllegalArgumentException("ROOM_MOST_INSIDE is below ROOM_FEWEST_INSIDE");
            }
        }
    }
}
