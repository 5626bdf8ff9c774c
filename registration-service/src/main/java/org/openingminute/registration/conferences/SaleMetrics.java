package org.openingminute.registration.conferences;

import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.kit.runtime.PolledGauges.GaugeRow;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.inventory.Limits;
import org.openingminute.registration.inventory.QuotaKey;
import org.springframework.stereotype.Component;

/** Metrics of a sale; {@code docs/metrics.md} lists the names. Vouchers are left out, because their codes are secret. */
@Component
class SaleMetrics {

    private static final int MOST_CONFERENCES = 20;
    private static final int MOST_LIMITS = 50;

    private final Conferences conferences;
    private final AllocationRepository allocations;

    SaleMetrics(Conferences conferences, AllocationRepository allocations, PolledGauges metrics) {
        this.conferences = conferences;
        this.allocations = allocations;
        metrics.of("seats", this::seats)
                .gauges(
                        "registration.seats",
                        "How much of a limited number is held, confirmed, and left",
                        null,
                        rows -> rows);
        metrics.of("holds", this::holds)
                .gauge("registration.holds", "Registrations that hold seats until an instant", null, Holds::number)
                .gauge(
                        "registration.holds.overdue.seconds",
                        "For how long the hold that should have ended first is overdue",
                        "seconds",
                        holds -> holds.overdue().toMillis() / 1000.0);
        metrics.of("captures", allocations::capturesWithoutSeatOrRefund)
                .gauge(
                        "registration.captures.without.seat.or.refund",
                        "Captures of registrations that have neither a seat nor a refund on its way",
                        null,
                        Long::doubleValue);
    }

    private record Holds(long number, Duration overdue) {}

    private Holds holds() {
        AllocationRepository.LiveHolds live = allocations.liveHolds();
        @Nullable Instant first = live.firstEndsAt();
        Duration overdue = first == null ? Duration.ZERO : Duration.between(first, conferences.now());
        return new Holds(live.number(), overdue.isNegative() ? Duration.ZERO : overdue);
    }

    private List<GaugeRow> seats() {
        Map<String, Map<QuotaKey, AllocationRepository.Count>> counts = allocations.countsWithoutVouchers();
        return conferences.notOver().stream()
                .limit(MOST_CONFERENCES)
                .flatMap(conference -> seats(conference, counts.getOrDefault(conference.slug(), Map.of())))
                .toList();
    }

    private static Stream<GaugeRow> seats(Conference conference, Map<QuotaKey, AllocationRepository.Count> counts) {
        return Limits.of(conference.definition()).byKey().entrySet().stream()
                .filter(limit -> !(limit.getKey() instanceof QuotaKey.OfVoucher))
                .sorted(Comparator.comparing(limit -> limit.getKey().code()))
                .limit(MOST_LIMITS)
                .flatMap(limit -> {
                    AllocationRepository.Count count =
                            counts.getOrDefault(limit.getKey(), AllocationRepository.Count.NONE);
                    Tags tags = Tags.of(
                            "conference",
                            conference.slug(),
                            "limit",
                            limit.getKey().code());
                    return Stream.of(
                            new GaugeRow(tags.and("state", "held"), count.held()),
                            new GaugeRow(tags.and("state", "confirmed"), count.sold()),
                            new GaugeRow(tags.and("state", "left"), limit.getValue() - count.held() - count.sold()));
                });
    }
}
