package org.openingminute.registration.deskpages;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.conferences.StatisticsReader;
import org.openingminute.registration.conferences.StatisticsReader.Statistics;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.desk.DeskFigures;
import org.openingminute.registration.desk.DeskFigures.SeriesItem;
import org.openingminute.registration.desk.DeskFigures.Step;
import org.openingminute.registration.desk.DeskFigures.WaitingNeed;
import org.openingminute.registration.desk.IndexAge;
import org.springframework.stereotype.Component;

/** Counts what an overview shows. */
@Component
class OverviewCounts {

    private final StatisticsReader statistics;
    private final Conferences conferences;
    private final DeskFigures figures;
    private final IndexAge age;
    private final Cache<Kind, Counts> kept = Caffeine.newBuilder()
            .expireAfterWrite(Duration.ofSeconds(1))
            .maximumSize(1_000)
            .build();

    OverviewCounts(StatisticsReader statistics, Conferences conferences, DeskFigures figures, IndexAge age) {
        this.statistics = statistics;
        this.conferences = conferences;
        this.figures = figures;
        this.age = age;
    }

    /**
     * The counts of a sale.
     *
     * @param asOf business time up to which needs and series count everything; empty if that is not known
     * @param at business time at which they were counted
     */
    record Counts(
            Statistics seats, List<WaitingNeed> needs, List<SeriesItem> series, Optional<Instant> asOf, Instant at) {}

    private record Kind(String conference, Step step) {}

    /** As they are now. */
    Counts now(Conference conference, Step step) {
        Counts counts = read(conference, step);
        kept.put(new Kind(conference.slug(), step), counts);
        return counts;
    }

    /** At most a second old, and read once for all screens: each that is open asks every two seconds. */
    Counts recent(Conference conference, Step step) {
        return kept.get(new Kind(conference.slug(), step), _ -> read(conference, step));
    }

    private Counts read(Conference conference, Step step) {
        Instant now = conferences.now();
        Optional<Instant> asOf = age.atLeastAsOf();
        return new Counts(
                statistics.of(conference),
                figures.needs(conference.slug()),
                figures.series(conference, step, null, null, now),
                asOf,
                now);
    }
}
