package org.openingminute.registration.room;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Admission;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.Admissions.QueueWatch;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.sale.RegistrationRequest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Counts what happens to requests for seats at this instance; the gateways control their queues by these counts. */
@Component
final class SaleActivity implements QueueWatch {

    private final Map<String, Counts> counts = new ConcurrentHashMap<>();
    private final OpenRooms rooms;
    private final UsedPlaces used;
    private final Clock clock;

    @Autowired
    SaleActivity(Admissions admissions, OpenRooms rooms, UsedPlaces used, Clock clock) {
        this(rooms, used, clock);
        admissions.watchedBy(this);
    }

    SaleActivity(OpenRooms rooms, UsedPlaces used, Clock clock) {
        this.rooms = rooms;
        this.used = used;
        this.clock = clock;
    }

    /**
     * The requests of one second.
     *
     * @param decided how many were decided by batches
     * @param admitted how many of the decided ones had an admission
     * @param refused how many were refused for load, or not decided in time
     * @param longestWaitMillis from queueing to the start of the batch
     */
    record Activity(int decided, int admitted, int refused, long longestWaitMillis) {

        private static final Activity NONE = new Activity(0, 0, 0, 0);

        private Activity plus(Activity other) {
            return new Activity(
                    decided + other.decided,
                    admitted + other.admitted,
                    refused + other.refused,
                    Math.max(longestWaitMillis, other.longestWaitMillis));
        }
    }

    /** Returns the counts of the last complete second of the machine's clock; the gateways ask at the start of each second. */
    Activity lastSecond(String conference) {
        return of(conference).before(second());
    }

    /**
     * Returns the mean number of seats per registration since the start of this instance, smoothed by twenty assumed registrations of two
     * seats. Without these, groups would first count as single persons, and the queue would admit hundreds of visitors for seats that are
     * gone.
     */
    double seatsPerRegistration(String conference) {
        return of(conference).seatsPerRegistration();
    }

    @Override
    public int most(String conference) {
        return rooms.most(conference);
    }

    @Override
    public void refused(String conference) {
        of(conference).add(second(), new Activity(0, 0, 1, 0));
    }

    @Override
    public void begins(String conference, Duration longestWait) {
        of(conference).add(second(), new Activity(0, 0, 0, longestWait.toMillis()));
    }

    @Override
    public void decided(Command.Register command, Result answer) {
        Counts counted = of(command.conference());
        counted.add(second(), new Activity(1, command.admission() == null ? 0 : 1, 0, 0));
        @Nullable
        List<RegistrationRequest.@Nullable RequestedAttendee> attendees =
                command.request().attendees();
        if (answer instanceof Result.Done && attendees != null) {
            counted.accepted(attendees.size());
        }
    }

    @Override
    public void used(String conference, Collection<Admission> admissions) {
        used.add(admissions);
    }

    private Counts of(String conference) {
        return counts.computeIfAbsent(conference, _ -> new Counts());
    }

    private long second() {
        return clock.instant().getEpochSecond();
    }

    /** The counts of a conference's current and previous second. Thread-safe. */
    private static final class Counts {

        private static final long LATE = 5;
        private static final double ASSUMED = 20;
        private static final double ASSUMED_SEATS = 2;

        private long second;
        private Activity now = Activity.NONE;
        private Activity last = Activity.NONE;
        private long accepted;
        private long seats;

        synchronized void add(long at, Activity more) {
            advance(at);
            now = now.plus(more);
        }

        synchronized void accepted(int more) {
            accepted++;
            seats += more;
        }

        synchronized Activity before(long at) {
            advance(at);
            return last;
        }

        synchronized double seatsPerRegistration() {
            return (seats + ASSUMED * ASSUMED_SEATS) / (accepted + ASSUMED);
        }

        /**
         * Moves on to the second {@code at}. Ignores a thread that is a few seconds late, but follows a clock that was set back further.
         */
        private void advance(long at) {
            if (at > second || at < second - LATE) {
                last = at == second + 1 ? now : Activity.NONE;
                now = Activity.NONE;
                second = at;
            }
        }
    }
}
