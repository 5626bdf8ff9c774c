package org.openingminute.gateway.room;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.room.Counters.Count;

/**
 * A conference's waiting room at the beginning of a second, with everything that is kept of it. Each state is computed from the previous
 * one by a function that reads no clock. Immutable.
 *
 * @param id the second in which its numbering began; distinguishes its numbers from those of a room that was lost
 * @param law the state of the control law; its line applies from the next second on
 * @param line the line that applies until then
 * @param reported the latest report of registration-service
 * @param drawing the draw of this opening, or of the last one
 */
public record WaitingRoom(
        long id,
        State state,
        Room law,
        Line line,
        Counters counters,
        Numbers numbers,
        Reported reported,
        @Nullable Drawing drawing,
        Opening opening) {

    private static final double USABLE_CAPACITY = 0.8;
    private static final int GATHERING_SECONDS = 3600;
    /** The time within which a sale that opens at the moment of the draw is reported as open. */
    private static final int OPENING_SECONDS = 3;
    /** After this time without a new line, the last line continues by itself. */
    private static final int PATIENCE_SECONDS = 3;

    public enum State {
        /** Closed: nobody needs a place, and everybody is admitted. */
        OFF,
        /** A draw is near, and all places are equal until then. */
        GATHERING,
        ON,
        /** Open, but nobody is called, because nothing is sold. */
        PAUSED
    }

    /** When the room should be open, as the organiser has chosen. */
    public enum Mode {
        AUTO,
        ON,
        OFF
    }

    /**
     * The report of registration-service on a sale and its room.
     *
     * @param drawAt the second of the draw on the room's clock; {@code null} for no draw
     * @param ahead the seconds by which business time is ahead of that clock
     * @param capacity the registrations a second that an earlier opening measured; {@code null} if none did
     */
    public record Reported(
            Sale sale,
            Mode mode,
            @Nullable Long drawAt,
            long ahead,
            @Nullable Double capacity) {

        /** The second of the draw in business time. */
        public @Nullable Long drawAtInBusinessTime() {
            return drawAt == null ? null : (Long) (drawAt + ahead);
        }

        /** The same report while registration-service is silent: an admission could not be used. */
        public Reported silent() {
            return new Reported(sale.halted(), mode, drawAt, ahead, capacity);
        }
    }

    /**
     * The numbers given so far.
     *
     * @param next the next number to give
     * @param most the highest number of places given within a second
     * @param latest the last second in which a number below {@code next} was given
     */
    record Numbers(Numbering numbering, long next, long most, long latest) {

        /** The position of a number in the line; equals the count of positions before it. */
        long place(long number) {
            return numbering.place(number);
        }

        Numbers upTo(long number, long second) {
            return new Numbers(
                    numbering, Math.max(next, number), Math.max(most, number - next), Math.max(latest, second));
        }

        /** Continues far enough ahead to give no number twice. */
        Numbers ahead() {
            Numbering further = next == 0 ? numbering : numbering.resumed(next, most);
            return new Numbers(further, Math.max(next, further.end()), most, latest);
        }
    }

    /**
     * A draw. Its seed is published after the draw.
     *
     * @param first the first position of those who gathered
     * @param early how many people gathered; {@code null} before the draw
     */
    record Drawing(String seed, long first, @Nullable Long early) {

        /** The draw among the people who have come by now; unchanged if it has taken place. */
        Drawing drawn(long issued) {
            return early == null ? new Drawing(seed, first, issued - first) : this;
        }
    }

    /** The public part of a draw; the seed and the number of people are {@code null} before the draw. */
    public record PublicDraw(
            String commitment,
            @Nullable Long early,
            @Nullable String seed) {}

    /**
     * What one gateway counted in about a second.
     *
     * @param waits the people who came when called, by their waiting time in {@link Opening#bin bins}
     * @param latest the last second in which this gateway gave a number
     */
    public record Counted(List<Entry> entries, Map<Integer, Integer> waits, long latest) {

        /**
         * One count.
         *
         * @param second the second to which it belongs, as {@link Count} defines
         */
        public record Entry(Count count, long second, int by) {}

        /** Whether nothing was counted. */
        @JsonIgnore
        public boolean isEmpty() {
            return entries.isEmpty() && waits.isEmpty();
        }

        private void addTo(Counters counters, long now) {
            for (Entry entry : entries) {
                if (entry.count() == Count.USED) {
                    for (int i = 0; i < entry.by(); i++) {
                        counters.used(entry.second(), now);
                    }
                } else {
                    counters.add(entry.count(), entry.second(), entry.by());
                }
            }
        }
    }

    /**
     * A room to which nobody has come yet.
     *
     * @param assumed the registrations a second to assume if no opening measured the capacity and the organiser sets none
     */
    public static WaitingRoom unknown(Reported reported, double assumed, long now) {
        Capacity capacity = reported.capacity() == null
                ? Capacity.assumed(wanted(reported.sale(), assumed))
                : Capacity.measured(reported.capacity());
        Room law = Room.unknown(capacity, now);
        return new WaitingRoom(
                now,
                State.OFF,
                law,
                law.line(),
                new Counters(now),
                new Numbers(Numbering.withoutGaps(), 0, 0, 0),
                reported,
                null,
                Opening.NONE);
    }

    private static double wanted(Sale sale, double assumed) {
        return sale.perSecond().isPresent() ? sale.perSecond().getAsDouble() / USABLE_CAPACITY : assumed;
    }

    /**
     * The room after one or more seconds.
     *
     * @param now the second that begins
     * @param next the next number to give
     * @param seeds supplies unpredictable secret texts; one is used for each draw
     */
    public WaitingRoom next(Reported news, Collection<Counted> counted, long next, long now, Supplier<String> seeds) {
        Numbers given = numbers.upTo(next, numbers.latest());
        for (Counted one : counted) {
            given = given.upTo(next, one.latest());
        }
        long issued = given.place(given.next());
        Line holds = lineAt((double) now);
        Counters seen = counters.copy();
        seen.begin(now, state == State.OFF ? (double) issued : holds.at((double) now, issued), issued);
        counted.forEach(one -> one.addTo(seen, now));
        State becomes = becomes(news, seen, now);
        Room before = law.on(holds);
        boolean wasOpen = state == State.ON || state == State.PAUSED;
        boolean isOpen = becomes == State.ON || becomes == State.PAUSED;
        Room after;
        if (!isOpen) {
            after = CallingLaw.watch(before, seen, news.sale(), now);
        } else if (wasOpen) {
            after = CallingLaw.next(before, seen, news.sale(), now);
        } else {
            Room opening =
                    before.capacity().isMeasured() || news.sale().perSecond().isEmpty()
                            ? before
                            : before.of(Capacity.assumed(wanted(news.sale(), 0)));
            after = CallingLaw.open(opening, seen, news.sale(), now);
        }
        return new WaitingRoom(
                id,
                becomes,
                after,
                becomes == State.GATHERING ? after.line() : holds,
                seen,
                given,
                news,
                drawing(becomes, seen, news, seeds),
                opening.next(state != State.OFF, becomes != State.OFF, seen, counted, now));
    }

    private State becomes(Reported news, Counters seen, long now) {
        @Nullable Long drawAt = news.drawAt();
        State open = news.sale().state() == Sale.State.HALTED ? State.PAUSED : State.ON;
        if (news.mode() == Mode.OFF || news.sale().state() == Sale.State.OVER) {
            return State.OFF;
        }
        // People who already stand in the order of a draw are not drawn again.
        boolean mayGather = state == State.OFF || drawing == null;
        boolean isNear = mayGather && drawAt != null && now >= drawAt - GATHERING_SECONDS;
        if (drawAt != null && now < drawAt && (state == State.GATHERING || isNear)) {
            return State.GATHERING;
        }
        if (drawAt != null && state == State.GATHERING && open == State.PAUSED && now < drawAt + OPENING_SECONDS) {
            return State.GATHERING;
        }
        boolean isAuto = news.mode() == Mode.AUTO;
        return switch (state) {
            case OFF -> !isAuto || AutoRule.opens(law, seen, news.sale(), now) ? open : State.OFF;
            case GATHERING -> open;
            case ON, PAUSED -> isAuto && AutoRule.closes(law, seen, news.sale(), now) ? State.OFF : open;
        };
    }

    private @Nullable Drawing drawing(State becomes, Counters seen, Reported news, Supplier<String> seeds) {
        if (becomes == State.GATHERING) {
            if (state == State.GATHERING && drawing != null) {
                boolean isDue = news.drawAt() != null && seen.newest() >= news.drawAt();
                if (isDue) {
                    return drawing.drawn(seen.issued());
                }
                // A draw that was put off after it had taken place is repeated, with a seed that nobody knows.
                return drawing.early() == null ? drawing : new Drawing(seeds.get(), drawing.first(), null);
            }
            // In a room that was open before, the people who wait take part in the draw, too.
            return new Drawing(seeds.get(), (long) Math.ceil(seen.stood(seen.newest())), null);
        }
        if (state == State.GATHERING && drawing != null && becomes != State.OFF) {
            // If the organiser cancelled the draw, those who gathered keep their order of arrival.
            return news.drawAt() == null ? null : drawing.drawn(seen.issued());
        }
        boolean opens = state == State.OFF && becomes != State.OFF;
        return opens || (drawing != null && drawing.early() == null) ? null : drawing;
    }

    /**
     * The line that applies in a second. If no gateway moves the line any more, it continues at its pace on every gateway from the same
     * second on, because the gateway that moved it, or the shared store, may be unavailable.
     */
    private Line lineAt(double second) {
        Line newest = law.line();
        if (second < newest.since()) {
            return line;
        }
        long alone = newest.since() + PATIENCE_SECONDS;
        if (second < alone || state != State.ON || reported.sale().seatsLeft() <= 0) {
            return newest;
        }
        return new Line(newest.handover(alone, issued()), newest.pace(), alone, newest.pace(), newest.credit());
    }

    /** The room as it continues after its gateway was down: nobody was called meanwhile, and no number is given twice. */
    public WaitingRoom resumed(long now) {
        double last = counters.newest();
        Line stopped = new Line(
                lineAt(last).at(last, issued()),
                0,
                now + 1,
                law.line().pace(),
                law.line().credit());
        return with(law.on(stopped), stopped, numbers.ahead());
    }

    /**
     * The room with numbers that continue far enough ahead to give none twice, because their counter was lost.
     *
     * @param highest the highest next number that any gateway knows
     */
    public WaitingRoom renumbered(long highest) {
        return with(law, line, numbers.upTo(highest, numbers.latest()).ahead());
    }

    /** The room with a newer report of registration-service, while no gateway moves its line. */
    public WaitingRoom reported(Reported news) {
        return new WaitingRoom(id, state, law, line, counters, numbers, news, drawing, opening);
    }

    private WaitingRoom with(Room otherLaw, Line otherLine, Numbers otherNumbers) {
        return new WaitingRoom(id, state, otherLaw, otherLine, counters, otherNumbers, reported, drawing, opening);
    }

    /** The next number to give, as far as this room knows. */
    public long nextNumber() {
        return numbers.next();
    }

    /** The last second in which a number was given, as far as this room knows. */
    public long latest() {
        return numbers.latest();
    }

    /** Whether the room has been evaluated. A new room counts as off for its first second, and would admit everybody. */
    public boolean hasBegun() {
        return counters.newest() > id;
    }

    /** Converts a second of the room's clock to business time, by their present difference. */
    public Instant businessTime(long second) {
        return Instant.ofEpochSecond(second + reported.ahead());
    }

    /** The second that began last. */
    public long second() {
        return counters.newest();
    }

    /** The first position that was called so recently that its holder may still come. */
    public long firstAnswerable() {
        return (long) counters.stood(counters.newest() - Standing.ANSWER_SECONDS);
    }

    @JsonIgnore
    public boolean isOff() {
        return state == State.OFF;
    }

    /**
     * Creates a new place.
     *
     * @param issued the number after all given ones, as far as this gateway knows
     */
    public Place place(String conference, long number, double now, boolean inBrowser, long issued) {
        Place.Visit visit = new Place.Visit((long) now, (long) now, false);
        Place place = new Place(conference, id, number, visit, null, inBrowser);
        // While the line stands still there is nothing to estimate.
        return state == State.ON
                ? place.estimated(Math.round(standing(place, now, issued).left()))
                : place;
    }

    /** Whether this room gave a place. */
    public boolean owns(Place place) {
        return place.room() == id;
    }

    /**
     * Determines the standing of a place.
     *
     * @param now the second of the room's clock, with its fraction
     * @param next the next number to give, as far as this gateway knows
     */
    public Standing standing(Place place, double now, long next) {
        long issued = numbers.place(Math.max(next, numbers.next()));
        long position = position(place);
        Line holds = lineAt(now);
        Standing standing = Standing.of(place, position, holds, counters, now, issued);
        // While the room is closed nobody misses a turn, however late they come.
        if (state == State.OFF
                && (standing.state() == Standing.State.WAITING || standing.state() == Standing.State.MISSED)) {
            return new Standing(Standing.State.ADMITTED, 0, 0, (long) now);
        }
        if (standing.state() != Standing.State.WAITING) {
            return standing;
        }
        if (state == State.GATHERING && reported.drawAt() != null) {
            double left = Math.max(0, reported.drawAt() - now);
            return new Standing(Standing.State.WAITING, standing.ahead(), left, 0);
        }
        return standing;
    }

    /** The position of a place among all places that were ever given, from 0. */
    public long position(Place place) {
        long position = numbers.place(place.number());
        if (drawing == null || drawing.early() == null || position < drawing.first()) {
            return position;
        }
        return drawing.first() + new Draw(drawing.seed(), drawing.early()).position(position - drawing.first());
    }

    /** The index of a place among those that gathered for the draw, from 0; empty for a place that takes part in no draw. */
    public Optional<Long> gathered(Place place) {
        if (drawing == null) {
            return Optional.empty();
        }
        long gathered = numbers.place(place.number()) - drawing.first();
        return gathered < 0 || (drawing.early() != null && gathered >= drawing.early())
                ? Optional.empty()
                : Optional.of(gathered);
    }

    /** The range of seconds until a place is called. While people gather, it begins with the draw and ends when all of them are called. */
    public Line.Estimate estimate(Standing standing, long next) {
        if (state != State.GATHERING || standing.state() != Standing.State.WAITING) {
            return Line.estimate(standing.left());
        }
        double all =
                Math.max(0, numbers.place(Math.max(next, numbers.next())) - (drawing == null ? 0 : drawing.first()));
        return new Line.Estimate(
                standing.left(),
                standing.left() + Line.estimate(all / law.line().pace()).toSeconds());
    }

    /** How many numbers were called in this opening. */
    public long called(double now) {
        return Math.max(0, calledEver(now) - opening.before().called());
    }

    /** How many numbers were called since the numbering began. */
    public long calledEver(double now) {
        return (long) Math.ceil(lineAt(now).at(now, issued()));
    }

    /**
     * The figures on which the control law bases its decisions.
     *
     * @param target the registrations a second to aim at
     * @param comeShare the share of called people who come
     * @param useShare the share of admitted people who register
     * @param admitted the people admitted since the numbering began
     * @param used the admissions among them that became a registration
     */
    public record Figures(double target, double comeShare, double useShare, long admitted, long used) {}

    /** The figures of the last second. */
    public Figures figures() {
        return new Figures(
                law.target(),
                CallingLaw.comeShare(counters, law.openedAt(), counters.newest()),
                law.table().share(),
                counters.total(Count.ADMITTED),
                counters.total(Count.USED));
    }

    /** How many people wait. */
    public long waiting(double now, long next) {
        long issued = numbers.place(Math.max(next, numbers.next()));
        return state == State.OFF
                ? 0
                : Math.max(0, issued - (long) Math.ceil(lineAt(now).at(now, issued)));
    }

    /** The seats that the people who wait or fill in the form are expected to take, by the share of admissions that is used. */
    public double seatsWanted(double now, long next) {
        LifeTable table = law.table();
        return reported.sale().seatsPerRegistration()
                * (waiting(now, next) * table.share() + table.toCome(counters, counters.newest()));
    }

    /** The numbers a second to expect for the next minutes; empty while nobody is called. */
    public OptionalDouble pace() {
        return state == State.ON ? OptionalDouble.of(law.line().pace()) : OptionalDouble.empty();
    }

    /** The numbers a second by which polls are scheduled. */
    public double pollPace() {
        return law.line().pace();
    }

    /** The registrations a second that registration-service can decide, if an opening measured it. */
    public double capacity() {
        return law.capacity().perSecond();
    }

    /** Whether a busy queue ever showed the capacity. */
    public boolean capacityIsMeasured() {
        return law.capacity().isMeasured();
    }

    public Optional<PublicDraw> draw() {
        return Optional.ofNullable(drawing).map(held -> {
            boolean isOver = held.early() != null;
            return new PublicDraw(new Draw(held.seed(), 0).commitment(), held.early(), isOver ? held.seed() : null);
        });
    }

    /** Business time of the draw for which people gather; {@code null} unless a draw is ahead. */
    public @Nullable Instant gathersUntil() {
        boolean isAhead = state == State.GATHERING && drawing != null && drawing.early() == null;
        return isAhead && reported.drawAt() != null ? businessTime(reported.drawAt()) : null;
    }

    /** The report of this opening, or of the last one. */
    public Opening.Report report() {
        return opening.report();
    }

    private long issued() {
        return numbers.place(numbers.next());
    }
}
