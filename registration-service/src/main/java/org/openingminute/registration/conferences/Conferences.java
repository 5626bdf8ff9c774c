package org.openingminute.registration.conferences;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.admission.ConferenceCache;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.inventory.Availability;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Sale;
import org.springframework.stereotype.Service;

/** Conferences and their availability, for the public. */
@Service
public class Conferences {

    private static final long FRESH_NANOS = 1_000_000_000L;

    private final ConferenceCache repository;
    private final AllocationRepository allocations;
    private final BusinessClock clock;
    private final Map<String, CachedAvailability> cached = new ConcurrentHashMap<>();

    private record CachedAvailability(CurrentSale sale, long readAt, Duration clockOffset) {}

    /**
     * A sale at one instant.
     *
     * @param seatsLeft of the capacity, without those that vouchers reserve
     */
    public record CurrentSale(AvailabilityView view, int seatsLeft) {}

    Conferences(ConferenceCache repository, AllocationRepository allocations, BusinessClock clock) {
        this.repository = repository;
        this.allocations = allocations;
        this.clock = clock;
    }

    /**
     * The conference with that slug, as it was a moment ago.
     *
     * @throws Problem {@code not-found}
     */
    public Conference require(String slug) {
        return repository.find(slug).orElseThrow(Problem::notFound);
    }

    /**
     * The conference with that slug as it is now, for a caller that is about to change it.
     *
     * @throws Problem {@code not-found}
     */
    Conference requireCurrent(String slug) {
        return repository.current(slug).orElseThrow(Problem::notFound);
    }

    /** All conferences, ordered by their first day. */
    public List<Conference> all() {
        return repository.slugs().stream()
                .flatMap(slug -> repository.find(slug).stream())
                .sorted(java.util.Comparator.comparing(
                                (Conference c) -> c.definition().startsOn())
                        .thenComparing(Conference::slug))
                .toList();
    }

    /** The conferences whose last day has not passed in their own time zone. */
    public List<Conference> notOver() {
        Instant now = clock.now();
        return all().stream()
                .filter(conference -> !conference
                        .definition()
                        .endsOn()
                        .isBefore(
                                LocalDate.ofInstant(now, conference.definition().timeZone())))
                .toList();
    }

    /** Business time. */
    public Instant now() {
        return clock.now();
    }

    /** The availability, at most a second old and read once for all callers. */
    public AvailabilityView availability(String slug) {
        return sale(slug).view();
    }

    /** The availability with the number of seats, as old. */
    public CurrentSale sale(String slug) {
        @Nullable CachedAvailability last = cached.get(slug);
        Duration offset = clock.offset();
        if (last != null
                && System.nanoTime() - last.readAt() < FRESH_NANOS
                && last.clockOffset().equals(offset)) {
            return last.sale();
        }
        long readAt = System.nanoTime();
        Conference conference = requireCurrent(slug);
        Map<QuotaKey, Integer> sums = allocations.sums(slug);
        Instant now = clock.now();
        Availability availability = Availability.of(conference.definition(), now);
        CurrentSale sale = new CurrentSale(
                view(conference, availability, sums, now),
                availability.free(sums, new QuotaKey.Capacity()).orElse(0));
        cached.put(slug, new CachedAvailability(sale, readAt, offset));
        return sale;
    }

    private static AvailabilityView view(
            Conference conference, Availability availability, Map<QuotaKey, Integer> sums, Instant now) {
        Sale.Moment moment = conference.definition().registration().sale().phaseAt(now);
        List<AvailabilityView.CategoryLeft> categories = conference.definition().registration().categories().stream()
                .map(category ->
                        AvailabilityView.left(conference, category, moment, availability.level(sums, category)))
                .toList();
        boolean nothingLeft = conference.definition().registration().categories().stream()
                .filter(Category::countsAgainstCapacity)
                .allMatch(category -> availability.level(sums, category) == Availability.Level.NONE);
        return AvailabilityView.of(conference, moment, now, categories, nothingLeft);
    }
}
