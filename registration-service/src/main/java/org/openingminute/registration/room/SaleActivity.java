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

/** What becomes of the requests for seats of this instance: by it the gateways move their lines. */
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
     * The requests of a second.
     *
     * @param decided by batches
     * @param admitted those of them with an admission
     * @param refused those that did not get in, or that no batch decided in time
     * @param longestWaitMillis from queueing to the begin of a batch
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

    /** The last whole second of the machine's clock, at whose begin the gateways ask. */
    Activity lastSecond(String conference) {
        return of(conference).before(second());
    }

    /**
     * The mean of what this instance has accepted since its start, and of twenty registrations of two seats: if a line took groups for
     * single people at first, hundreds would fill in a form for seats that are gone.
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

    /** The present second of a conference and the one before. */
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

        /** A thread may be a moment late; a clock that was set back is followed. */
        private void advance(long at) {
            if (at > second || at < second - LATE) {
                last = at == second + 1 ? now : Activity.NONE;
                now = Activity.NONE;
                second = at;
            }
        }
    }
}
