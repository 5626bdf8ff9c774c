package org.openingminute.registration.room;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.runtime.Ids;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The admissions that this instance used for registrations within the last minute. Each gateway gets them with its polls until it has
 * confirmed them.
 */
@Component
final class UsedPlaces {

    private static final long KEPT = Duration.ofMinutes(1).toNanos();

    private final Deque<Used> places = new ArrayDeque<>();
    private final Map<String, Asked> asked = new HashMap<>();
    private final String instance;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private long count;

    private record Used(long index, long usedAt, Admission admission, long admittedAt) {

        private long[] numbers() {
            return new long[] {admission.room(), admission.number(), admittedAt};
        }
    }

    /**
     * The response to a poll.
     *
     * @param upTo the position that the gateway confirms in its next poll
     * @param places by conference: room, number, and the epoch second at which the admission began
     */
    record Report(long upTo, Map<String, List<long[]>> places) {}

    /** @param next index of the first place that the gateway has not confirmed */
    private record Asked(long next, long askedAt) {}

    @Autowired
    UsedPlaces(Ids ids, Clock clock) {
        this(ids.next().toString(), clock, System::nanoTime);
    }

    UsedPlaces(String instance, Clock clock, LongSupplier nanoTime) {
        this.instance = instance;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    synchronized void add(Collection<Admission> admissions) {
        long usedAt = nanoTime.getAsLong();
        Instant now = clock.instant();
        for (Admission admission : admissions) {
            Instant admittedAt = admission.given();
            places.add(new Used(
                    count++, usedAt, admission, (admittedAt.isAfter(now) ? now : admittedAt).getEpochSecond()));
        }
        forgetOld(usedAt);
    }

    /** Returns the id of this process, new at each start. */
    String instance() {
        return instance;
    }

    /**
     * Returns the places used since the last response that the gateway confirmed.
     *
     * @param who id of the gateway
     * @param learnt the position that the gateway confirms; {@code null} for none. Earlier confirmations remain valid
     */
    synchronized Report since(String who, @Nullable Long learnt) {
        long now = nanoTime.getAsLong();
        forgetOld(now);
        @Nullable Asked last = asked.get(who);
        long next = Math.max(learnt == null ? 0 : learnt, last == null ? 0 : last.next());
        asked.put(who, new Asked(next, now));
        return new Report(
                count,
                places.stream()
                        .filter(place -> place.index() >= next)
                        .collect(Collectors.groupingBy(
                                place -> place.admission().scope(),
                                Collectors.mapping(Used::numbers, Collectors.toList()))));
    }

    private void forgetOld(long now) {
        while (!places.isEmpty() && now - places.getFirst().usedAt() > KEPT) {
            places.removeFirst();
        }
        asked.values().removeIf(one -> now - one.askedAt() > KEPT);
    }
}
