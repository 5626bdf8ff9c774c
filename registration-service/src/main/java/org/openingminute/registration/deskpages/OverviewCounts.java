package org.openingminute.registration.deskpages;

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

/** Reads the counts that an overview shows. */
@Component
class OverviewCounts {

    private final StatisticsReader statistics;
    private final Conferences conferences;
    private final DeskFigures figures;
    private final IndexAge age;
    private final SharedReads<Kind, Counts> recent = new SharedReads<>();

    OverviewCounts(StatisticsReader statistics, Conferences conferences, DeskFigures figures, IndexAge age) {
        this.statistics = statistics;
        this.conferences = conferences;
        this.figures = figures;
        this.age = age;
    }

    /**
     * The counts of a sale.
     *
     * @param asOf business time up to which needs and series include every change; empty if unknown
     * @param at business time at which the counts were read
     */
    record Counts(
            Statistics seats, List<WaitingNeed> needs, List<SeriesItem> series, Optional<Instant> asOf, Instant at) {}

    private record Kind(String conference, Step step) {}

    /**
     * Returns counts that are at most one second old, plus the time to read them. Screens share them, because each open overview asks every
     * two seconds.
     */
    Counts recent(Conference conference, Step step) {
        return recent.get(new Kind(conference.slug(), step), () -> now(conference, step));
    }

    /** Reads the current counts. */
    Counts now(Conference conference, Step step) {
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
