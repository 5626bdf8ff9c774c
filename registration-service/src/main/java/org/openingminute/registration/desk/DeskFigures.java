package org.openingminute.registration.desk;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.sale.Money;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads from the desk's index how many tasks wait for an organiser, and the course of a sale over time. */
@Repository
public class DeskFigures {

    private static final String NEEDS = """
              from desk_registration d, unnest(d.needs, d.needs_since, d.needs_due) as n (kind, since, due)
             where d.conference = :conference and d.oldest_need < 'infinity'
            """;

    static final String NEEDS_BY_KIND = "select n.kind, count(*) as waiting, min(n.since) as since, min(n.due) as due"
            + NEEDS + " group by n.kind order by since, n.kind";

    private static final String OLDEST_NEEDS = """
            select w.kind, w.since, w.due, w.id, r.document ->> 'reference' as reference, r.document -> 'contact' ->> 'name' as contact
              from (select n.kind, n.since, n.due, d.id, row_number() over (partition by n.kind order by n.since, d.id) as nth
            """ + NEEDS + """
                   ) w
              join registration r on r.id = w.id
             where w.nth <= :most
             order by w.since, w.id
            """;

    static final String SERIES = """
            select width_bucket(extract(epoch from at)::bigint, :begins::bigint[]) as step, sum(registered) as registered,
                   sum(confirmed) as confirmed, sum(ended) as ended, sum(captured) as captured, sum(refunded) as refunded
              from sale_minute
             where conference = :conference and at >= to_timestamp(:from) and at < to_timestamp(:to)
             group by step
            """;

    private final JdbcClient desk;

    DeskFigures(@Qualifier("desk") JdbcClient desk) {
        this.desk = desk;
    }

    /**
     * The number of waiting tasks of one kind.
     *
     * @param oldestAt business time at which the oldest of these tasks arose
     * @param dueAt the earliest deadline; {@code null} if none is known
     */
    public record WaitingNeed(
            String kind,
            int count,
            Instant oldestAt,
            @Nullable Instant dueAt) {}

    /** Returns the waiting tasks of a conference by kind, the kind with the oldest task first. Kinds without a task are left out. */
    public List<WaitingNeed> needs(String conference) {
        return desk.sql(NEEDS_BY_KIND)
                .param("conference", conference)
                .query((row, _) ->
                        new WaitingNeed(row.getString("kind"), row.getInt("waiting"), at(row, "since"), due(row)))
                .list();
    }

    /**
     * One waiting task.
     *
     * @param contact the contact's name
     * @param dueAt the deadline; {@code null} if none is known
     */
    public record NeedItem(
            String kind,
            UUID registration,
            String reference,
            String contact,
            Instant since,
            @Nullable Instant dueAt) {}

    /** Returns the oldest waiting tasks of each kind in a conference, at most {@code mostOfAKind} of each, the oldest first. */
    public List<NeedItem> oldestNeeds(String conference, int mostOfAKind) {
        return desk.sql(OLDEST_NEEDS)
                .param("conference", conference)
                .param("most", mostOfAKind)
                .query((row, _) -> new NeedItem(
                        row.getString("kind"),
                        row.getObject("id", UUID.class),
                        row.getString("reference"),
                        row.getString("contact"),
                        at(row, "since"),
                        due(row)))
                .list();
    }

    private static Instant at(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant due(ResultSet row) throws SQLException {
        OffsetDateTime at = row.getObject("due", OffsetDateTime.class);
        return at.equals(OffsetDateTime.MAX) ? null : at.toInstant();
    }

    /** The length of the steps of a series. */
    public enum Step {
        MINUTE(Duration.ofHours(1)),
        HOUR(Duration.ofDays(2)),
        DAY(Duration.ofDays(30));

        /** The minutes of a day with 25 hours, as at the end of summer time. */
        private static final int MOST = 1_500;

        private final Duration usual;

        Step(Duration usual) {
            this.usual = usual;
        }

        /**
         * Parses a step's name; {@code null} and the empty string mean an hour.
         *
         * @throws Problem {@code invalid} for an unknown name
         */
        public static Step of(@Nullable String name) {
            return switch (name == null ? "" : name) {
                case "minute" -> MINUTE;
                case "", "hour" -> HOUR;
                case "day" -> DAY;
                default -> throw Problem.invalid("step", "not-one-of", "must be one of {}", "minute, hour, day");
            };
        }

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns the start of each step that overlaps the span, followed by the end of the last step. */
        private List<Instant> limits(Instant from, Instant to, ZoneId zone) {
            List<Instant> limits = new ArrayList<>();
            Instant next = begin(from, zone);
            limits.add(next);
            while (next.isBefore(to)) {
                if (limits.size() > MOST) {
                    throw Problem.invalid("from", "too-early", "must be at most {} steps before to", MOST);
                }
                next = after(next, zone);
                limits.add(next);
            }
            return limits;
        }

        private Instant begin(Instant at, ZoneId zone) {
            return switch (this) {
                case MINUTE -> at.truncatedTo(ChronoUnit.MINUTES);
                case HOUR -> at.atZone(zone).truncatedTo(ChronoUnit.HOURS).toInstant();
                case DAY -> at.atZone(zone).toLocalDate().atStartOfDay(zone).toInstant();
            };
        }

        private Instant after(Instant begin, ZoneId zone) {
            return switch (this) {
                case MINUTE -> begin.plus(1, ChronoUnit.MINUTES);
                case HOUR -> begin.plus(1, ChronoUnit.HOURS);
                case DAY ->
                    begin.atZone(zone)
                            .toLocalDate()
                            .plusDays(1)
                            .atStartOfDay(zone)
                            .toInstant();
            };
        }
    }

    /**
     * The totals of one step: registrations created, confirmed and ended, and money captured and refunded.
     *
     * @param at start of the step
     */
    public record SeriesItem(Instant at, int registered, int confirmed, int ended, Money captured, Money refunded) {}

    /**
     * Returns all steps that overlap a span, in order. The first and the last step are counted in full. Hours and days are those of the
     * conference's time zone.
     *
     * @param from start of the span; {@code null} for the step's default length before the end
     * @param to end of the span, exclusive; {@code null} for now
     * @param now business time
     * @throws Problem {@code invalid} if the span is empty or has too many steps
     */
    public List<SeriesItem> series(
            Conference conference, Step step, @Nullable Instant from, @Nullable Instant to, Instant now) {
        Instant end = to == null ? now : to;
        Instant begin = from == null ? end.minus(step.usual) : from;
        if (!begin.isBefore(end)) {
            throw Problem.invalid("from", "not-before", "must be before {}", "to");
        }
        List<Instant> limits = step.limits(begin, end, conference.definition().timeZone());
        int steps = limits.size() - 1;
        String currency = conference.definition().registration().currency();
        Map<Integer, SeriesItem> counted = new HashMap<>();
        desk.sql(SERIES)
                .param("conference", conference.slug())
                .param(
                        "begins",
                        limits.stream()
                                .limit(steps)
                                .map(Instant::getEpochSecond)
                                .toArray(Long[]::new))
                .param("from", limits.getFirst().getEpochSecond())
                .param("to", limits.getLast().getEpochSecond())
                .query(row -> {
                    int nth = row.getInt("step") - 1;
                    counted.put(
                            nth,
                            new SeriesItem(
                                    limits.get(nth),
                                    row.getInt("registered"),
                                    row.getInt("confirmed"),
                                    row.getInt("ended"),
                                    new Money(row.getLong("captured"), currency),
                                    new Money(row.getLong("refunded"), currency)));
                });
        Money nothing = Money.zero(currency);
        return IntStream.range(0, steps)
                .mapToObj(nth -> counted.getOrDefault(nth, new SeriesItem(limits.get(nth), 0, 0, 0, nothing, nothing)))
                .toList();
    }
}
