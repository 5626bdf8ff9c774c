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
import org.openingminute.registration.sale.Definition;
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

    /**
     * A sale at one instant.
     *
     * @param seatsLeft of the capacity, without seats reserved by vouchers
     */
    public record CurrentSale(AvailabilityView view, int seatsLeft) {}

    private record CachedAvailability(AvailabilityView view, long readAt, Duration clockOffset) {}

    Conferences(ConferenceCache repository, AllocationRepository allocations, BusinessClock clock) {
        this.repository = repository;
        this.allocations = allocations;
        this.clock = clock;
    }

    /**
     * Returns the conference from the cache; it may be up to 1.5 s old.
     *
     * @throws Problem {@code not-found}
     */
    public Conference require(String slug) {
        return repository.find(slug).orElseThrow(Problem::notFound);
    }

    /**
     * Returns the current conference, for a caller that is about to change it.
     *
     * @throws Problem {@code not-found}
     */
    Conference requireCurrent(String slug) {
        return repository.current(slug).orElseThrow(Problem::notFound);
    }

    /** Returns all conferences, ordered by their first day. */
    public List<Conference> all() {
        return repository.slugs().stream()
                .flatMap(slug -> repository.find(slug).stream())
                .sorted(java.util.Comparator.comparing(
                                (Conference c) -> c.definition().startsOn())
                        .thenComparing(Conference::slug))
                .toList();
    }

    /** Returns the conferences that are not over. */
    List<Conference> notOver() {
        Instant now = clock.now();
        return all().stream().filter(conference -> !isOver(conference, now)).toList();
    }

    /** Whether the last day has passed in the conference's time zone. */
    public static boolean isOver(Conference conference, Instant now) {
        Definition definition = conference.definition();
        return definition.endsOn().isBefore(LocalDate.ofInstant(now, definition.timeZone()));
    }

    /** Returns business time. */
    public Instant now() {
        return clock.now();
    }

    /** Returns the availability, at most one second old; concurrent callers share one read. */
    public AvailabilityView availability(String slug) {
        @Nullable CachedAvailability last = cached.get(slug);
        Duration offset = clock.offset();
        if (last != null
                && System.nanoTime() - last.readAt() < FRESH_NANOS
                && last.clockOffset().equals(offset)) {
            return last.view();
        }
        long readAt = System.nanoTime();
        Conference conference = requireCurrent(slug);
        AvailabilityView view =
                sale(conference, allocations.sums(slug), clock.now()).view();
        cached.put(slug, new CachedAvailability(view, readAt, offset));
        return view;
    }

    /**
     * Computes the state of a sale.
     *
     * @param sums held and sold seats of each quota
     * @param now business time
     */
    public static CurrentSale sale(Conference conference, Map<QuotaKey, Integer> sums, Instant now) {
        Availability availability = Availability.of(conference.definition(), now);
        Sale.Moment moment = conference.definition().registration().sale().phaseAt(now);
        List<Category> all = conference.definition().registration().categories();
        List<AvailabilityView.CategoryLeft> categories = all.stream()
                .map(category ->
                        AvailabilityView.left(conference, category, moment, availability.level(sums, category)))
                .toList();
        List<Category> seated =
                all.stream().filter(Category::countsAgainstCapacity).toList();
        // If no category counts against the capacity, all categories decide whether anything is left.
        List<Category> sold = seated.isEmpty() ? all : seated;
        boolean nothingLeft =
                sold.stream().allMatch(category -> availability.level(sums, category) == Availability.Level.NONE);
        return new CurrentSale(
                AvailabilityView.of(conference, moment, now, categories, nothingLeft),
                availability.free(sums, new QuotaKey.Capacity()).orElse(0));
    }
}
