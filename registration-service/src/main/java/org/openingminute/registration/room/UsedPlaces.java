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
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** The admissions with which this instance created registrations in the last minute. Each gateway learns each of them once. */
@Component
final class UsedPlaces {

    /** How long an admission lasts that no refusal made longer. */
    private static final Duration LIFE = Duration.ofMinutes(15);

    private static final long KEPT = Duration.ofMinutes(1).toNanos();

    private final Deque<Used> places = new ArrayDeque<>();
    private final Map<String, Asked> gateways = new HashMap<>();
    private final Clock clock;
    private final LongSupplier nanoTime;
    private long count;

    private record Used(long index, long usedAt, Admission admission, long admittedAt) {

        private long[] numbers() {
            return new long[] {admission.room(), admission.number(), admittedAt};
        }
    }

    /** @param next the index of the first place that a gateway does not know */
    private record Asked(long next, long askedAt) {}

    @Autowired
    UsedPlaces(Clock clock) {
        this(clock, System::nanoTime);
    }

    UsedPlaces(Clock clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    synchronized void add(Collection<Admission> admissions) {
        long usedAt = nanoTime.getAsLong();
        Instant now = clock.instant();
        for (Admission admission : admissions) {
            Instant admittedAt = admission.until().minus(LIFE);
            places.add(new Used(
                    count++, usedAt, admission, (admittedAt.isAfter(now) ? now : admittedAt).getEpochSecond()));
        }
        forgetOld(usedAt);
    }

    /**
     * What was used since a gateway asked last.
     *
     * @return by conference: room, number, and the epoch second in which the admission began
     */
    synchronized Map<String, List<long[]>> since(String gateway) {
        long now = nanoTime.getAsLong();
        forgetOld(now);
        @Nullable Asked last = gateways.put(gateway, new Asked(count, now));
        return places.stream()
                .filter(place -> last == null || place.index() >= last.next())
                .collect(Collectors.groupingBy(
                        place -> place.admission().scope(), Collectors.mapping(Used::numbers, Collectors.toList())));
    }

    private void forgetOld(long now) {
        while (!places.isEmpty() && now - places.getFirst().usedAt() > KEPT) {
            places.removeFirst();
        }
        gateways.values().removeIf(asked -> now - asked.askedAt() > KEPT);
    }
}
