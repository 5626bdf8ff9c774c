package org.openingminute.registration.checkin;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.openingminute.registration.checkin.CheckInRepository.GateCount;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.conferences.StatisticsReader;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.deskpages.SharedReads;
import org.springframework.stereotype.Component;

/** Counts expected attendees and arrivals. */
@Component
class DoorCounter {

    private final CheckInRepository checkIns;
    private final StatisticsReader statistics;
    private final Conferences conferences;
    private final SharedReads<String, DoorCounts> recent = new SharedReads<>();

    DoorCounter(CheckInRepository checkIns, StatisticsReader statistics, Conferences conferences) {
        this.checkIns = checkIns;
        this.statistics = statistics;
        this.conferences = conferences;
    }

    /** The number of arrivals at a gate. */
    record AtGate(String gate, int in) {}

    /** The expected attendees of a category, and how many of them have arrived. */
    record OfCategory(String code, int expected, int in) {}

    /**
     * The counts of a conference.
     *
     * @param expected attendees of confirmed registrations
     * @param asOf business time
     */
    record DoorCounts(int expected, int in, List<AtGate> byGate, List<OfCategory> byCategory, Instant asOf) {}

    /**
     * Returns counts that are at most one second old, plus the time to read them. Gates share them, because a hundred phones may ask every
     * five seconds.
     */
    DoorCounts of(Conference conference) {
        return recent.get(conference.slug(), () -> read(conference));
    }

    private DoorCounts read(Conference conference) {
        StatisticsReader.Statistics sold = statistics.of(conference);
        List<GateCount> counts = checkIns.counts(conference.slug());
        Map<String, Integer> inByCategory = sums(counts, GateCount::category);
        List<OfCategory> byCategory = sold.byCategory().stream()
                .map(category -> new OfCategory(
                        category.code(), category.confirmed(), inByCategory.getOrDefault(category.code(), 0)))
                .toList();
        return new DoorCounts(
                byCategory.stream().mapToInt(OfCategory::expected).sum(),
                counts.stream().mapToInt(GateCount::in).sum(),
                sums(counts, GateCount::gate).entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(gate -> new AtGate(gate.getKey(), gate.getValue()))
                        .toList(),
                byCategory,
                conferences.now());
    }

    private static Map<String, Integer> sums(List<GateCount> counts, Function<GateCount, String> by) {
        return counts.stream().collect(Collectors.groupingBy(by, Collectors.summingInt(GateCount::in)));
    }
}
