package org.openingminute.registration.conferences;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.SaleTerms;
import org.springframework.stereotype.Service;

/** Counts a conference's seats and money, all at the same instant. */
@Service
public class StatisticsReader {

    private final AllocationRepository allocations;

    StatisticsReader(AllocationRepository allocations) {
        this.allocations = allocations;
    }

    /** Counts seats, not registrations: confirmed + held + free = capacity. */
    public record Statistics(
            int capacity,
            int confirmed,
            int held,
            int free,
            int waiting,
            Money revenue,
            Money refunded,
            List<CategoryStatistics> byCategory,
            List<AllocationRepository.Day> byDay) {}

    /**
     * A category's seats, even if they do not count against the capacity.
     *
     * @param quota its own limit, if it has one
     */
    public record CategoryStatistics(
            String code, int confirmed, int held, @Nullable Integer quota) {}

    public Statistics of(Conference conference) {
        SaleTerms terms = conference.definition().registration();
        AllocationRepository.Sold sold = allocations.sold(
                conference.slug(), inPostgres(conference.definition().timeZone()));
        Map<QuotaKey, AllocationRepository.Count> counts = sold.counts();
        AllocationRepository.Count seats =
                counts.getOrDefault(new QuotaKey.Capacity(), AllocationRepository.Count.NONE);
        List<CategoryStatistics> byCategory = terms.categories().stream()
                .map(category -> {
                    AllocationRepository.Count count = counts.getOrDefault(
                            new QuotaKey.OfCategory(category.code()), AllocationRepository.Count.NONE);
                    return new CategoryStatistics(category.code(), count.sold(), count.held(), category.quota());
                })
                .toList();
        return new Statistics(
                terms.capacity(),
                seats.sold(),
                seats.held(),
                terms.capacity() - seats.sold() - seats.held(),
                0,
                new Money(sold.captured(), terms.currency()),
                new Money(sold.refunded(), terms.currency()),
                byCategory,
                sold.byDay());
    }

    /** A conference's seats: confirmed + held + free = capacity. */
    public record Seats(String conference, int capacity, int held, int confirmed, int free) {}

    /** Returns the seats of conferences, all at the same instant. */
    public List<Seats> seats(List<Conference> conferences) {
        Map<String, Map<QuotaKey, AllocationRepository.Count>> counts = allocations.countsWithoutVouchers();
        return conferences.stream()
                .map(conference -> {
                    AllocationRepository.Count seats = counts.getOrDefault(conference.slug(), Map.of())
                            .getOrDefault(new QuotaKey.Capacity(), AllocationRepository.Count.NONE);
                    int capacity = conference.definition().registration().capacity();
                    return new Seats(
                            conference.slug(),
                            capacity,
                            seats.held(),
                            seats.sold(),
                            capacity - seats.held() - seats.sold());
                })
                .toList();
    }

    /**
     * Converts a zone's name. PostgreSQL uses the same names for regions, but the opposite sign for offsets: its zone {@code +12:00} is
     * west.
     */
    private static String inPostgres(ZoneId zone) {
        return zone.normalized() instanceof ZoneOffset offset
                ? ZoneOffset.ofTotalSeconds(-offset.getTotalSeconds()).getId().replace("Z", "UTC")
                : zone.getId();
    }
}
