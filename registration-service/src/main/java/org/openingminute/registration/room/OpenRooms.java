package org.openingminute.registration.room;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.admission.Admissions.QueueWatch;
import org.openingminute.registration.room.RoomEntry.WaitingLine;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** The conferences whose waiting room is open. The gateways report them every second. */
@Component
@EnableConfigurationProperties(OpenRooms.RoomBounds.class)
final class OpenRooms {

    /** How long a room counts as open after the last report, in production. */
    private static final Duration KNOWN_FOR = Duration.ofSeconds(10);

    private final Map<String, OpenRoom> rooms = new ConcurrentHashMap<>();
    private final RoomBounds bounds;
    private final Duration knownFor;
    private final LongSupplier nanoTime;

    /** @param most how many requests may be in progress at this instance */
    private record OpenRoom(int most, @Nullable Instant drawAt, long reportedAt) {}

    /** @param environment may have {@code waiting-room.known-for}, with which tests report a room once for all that they do */
    @Autowired
    OpenRooms(RoomBounds bounds, Environment environment) {
        this(bounds, environment.getProperty("waiting-room.known-for", Duration.class, KNOWN_FOR), System::nanoTime);
    }

    OpenRooms(RoomBounds bounds, LongSupplier nanoTime) {
        this(bounds, KNOWN_FOR, nanoTime);
    }

    private OpenRooms(RoomBounds bounds, Duration knownFor, LongSupplier nanoTime) {
        this.bounds = bounds;
        this.knownFor = knownFor;
        this.nanoTime = nanoTime;
    }

    /**
     * Records a gateway's report that a room is open.
     *
     * @param capacity registrations per second, all instances together
     * @param instances how many instances share the capacity; each admits its share of half a second's capacity, because all decide under
     *     one lock
     * @param drawAt business time of the draw for which people gather; {@code null} for none
     */
    void reported(String conference, double capacity, int instances, @Nullable Instant drawAt) {
        int sharing = Math.max(1, instances);
        int most = Math.clamp(
                (long) (capacity / 2 / sharing), Math.ceilDiv(bounds.fewestInside(), sharing), bounds.mostInside());
        rooms.put(conference, new OpenRoom(most, drawAt, nanoTime.getAsLong()));
    }

    /** Closes all rooms but these. Only the gateway that controls the queues reports the complete list. */
    void closeOthers(Collection<String> conferences) {
        rooms.keySet().retainAll(conferences);
    }

    boolean isOpen(String conference) {
        return open(conference) != null;
    }

    /** Returns the line in front of a conference's sale; empty while its room is not open. */
    Optional<WaitingLine> line(String conference) {
        return Optional.ofNullable(open(conference)).map(room -> new WaitingLine(room.drawAt()));
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
        if (room == null || nanoTime.getAsLong() - room.reportedAt() < knownFor.toNanos()) {
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
