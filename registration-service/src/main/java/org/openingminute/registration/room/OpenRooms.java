package org.openingminute.registration.room;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.admission.Admissions.QueueWatch;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** The conferences that need an admission now, as the gateways say each second. */
@Component
final class OpenRooms {

    /** So long an instance that hears nothing takes a room as open. */
    private static final long KNOWN_FOR = Duration.ofSeconds(10).toNanos();

    private static final int FEWEST_INSIDE = 8;
    private static final int MOST_INSIDE = 768;

    private final Map<String, OpenRoom> rooms = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    /** @param most how many requests may be inside */
    private record OpenRoom(int most, long reportedAt) {}

    @Autowired
    OpenRooms() {
        this(System::nanoTime);
    }

    OpenRooms(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * A gateway reports a room as open.
     *
     * @param capacity registrations a second, by all instances together
     * @param instances which decide under one lock, so that each lets in its share of half a second
     */
    void reported(String conference, double capacity, int instances) {
        int sharing = Math.max(1, instances);
        int most = Math.clamp((long) (capacity / 2 / sharing), Math.ceilDiv(FEWEST_INSIDE, sharing), MOST_INSIDE);
        rooms.put(conference, new OpenRoom(most, nanoTime.getAsLong()));
    }

    /** The gateway that moves the lines has reported all that are open. */
    void keep(Collection<String> conferences) {
        rooms.keySet().retainAll(conferences);
    }

    boolean isOpen(String conference) {
        return open(conference) != null;
    }

    /** How many of a conference's requests may be inside: what is decided in half a second, or unbounded without a room. */
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
}
