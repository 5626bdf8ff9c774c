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
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** Counts a conference's seats and money, all at the same instant. */
@Service
public class StatisticsReader {

    private final AllocationRepository allocations;

    StatisticsReader(AllocationRepository allocations) {
        this.allocations = allocations;
    }

    /** Seats and not registrations: confirmed + held + free = capacity. */
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

    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public Statistics of(Conference conference) {
        SaleTerms terms = conference.definition().registration();
        Map<QuotaKey, AllocationRepository.Count> counts = allocations.counts(conference.slug());
        AllocationRepository.Count seats =
                counts.getOrDefault(new QuotaKey.Capacity(), AllocationRepository.Count.NONE);
        AllocationRepository.Sums money = allocations.money(conference.slug());
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
                new Money(money.captured(), terms.currency()),
                new Money(money.refunded(), terms.currency()),
                byCategory,
                allocations.byDay(
                        conference.slug(), inPostgres(conference.definition().timeZone())));
    }

    /** PostgreSQL uses the same names for regions, but the opposite sign for offsets: its zone {@code +12:00} is west. */
    private static String inPostgres(ZoneId zone) {
        return zone.normalized() instanceof ZoneOffset offset
                ? ZoneOffset.ofTotalSeconds(-offset.getTotalSeconds()).getId().replace("Z", "UTC")
                : zone.getId();
    }
}
