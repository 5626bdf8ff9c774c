package org.openingminute.gateway.room;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.room.Counters.Count;

/**
 * One conference's waiting room as a second begins, with all that is kept of it. Each second makes the next one, by a function without
 * a clock. Immutable.
 *
 * @param id when its numbering began, in seconds: tells its numbers from those of another that was lost
 * @param law what the law keeps; its line holds from the next second on
 * @param line the line that holds until then
 * @param reported what registration-service said last
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
    /** A line that nobody moved for so long goes on by itself. */
    private static final int PATIENCE_SECONDS = 3;

    public enum State {
        /** Nobody needs a place. */
        OFF,
        /** A draw is near, and all places are equal. */
        GATHERING,
        ON,
        /** On, and nobody is called, because nothing is sold. */
        PAUSED
    }

    /** How the organiser wants the room. */
    public enum Mode {
        AUTO,
        ON,
        OFF
    }

    /**
     * What registration-service says of a sale and its room.
     *
     * @param drawAt second of the room's clock; {@code null} for no draw
     * @param ahead seconds by which business time is ahead of that clock
     * @param capacity registrations a second, as an earlier opening showed it; {@code null} if none did
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

        /** The same while registration-service is silent: an admission would come to nothing. */
        public Reported silent() {
            return new Reported(sale.halted(), mode, drawAt, ahead, capacity);
        }
    }

    /**
     * The numbers given.
     *
     * @param next the next one
     * @param most the most that were given within a second
     * @param latest the latest second in which a number before {@code next} was given
     */
    record Numbers(Numbering numbering, long next, long most, long latest) {

        /** The place in the line of a number, or of all numbers before it. */
        long place(long number) {
            return numbering.place(number);
        }

        Numbers upTo(long number, long second) {
            return new Numbers(
                    numbering, Math.max(next, number), Math.max(most, number - next), Math.max(latest, second));
        }

        /** Goes on far enough ahead to give none twice. */
        Numbers ahead() {
            Numbering further = next == 0 ? numbering : numbering.resumed(next, most);
            return new Numbers(further, Math.max(next, further.end()), most, latest);
        }
    }

    /**
     * A draw, of which the seed is published once it was held.
     *
     * @param first the first place of those who gathered
     * @param early how many gathered; {@code null} until the draw
     */
    record Drawing(String seed, long first, @Nullable Long early) {}

    /** A draw as everybody may see it: the seed, and how many gathered, are {@code null} until it was held. */
    public record PublicDraw(
            String commitment,
            @Nullable Long early,
            @Nullable String seed) {}

    /**
     * What was counted, by one gateway in about a second.
     *
     * @param waits people who came when they were called, by how long they had waited, in {@link Opening#bin bins}
     * @param latest the latest second in which it gave a number
     */
    public record Counted(List<Entry> entries, Map<Integer, Integer> waits, long latest) {

        /**
         * How much was counted.
         *
         * @param second of which it is counted, as {@link Count} says
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
     * A room that nobody came to.
     *
     * @param assumed registrations a second, where no opening showed the capacity and the organiser wants no number
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
     * The room one second later, or some.
     *
     * @param now the second that begins
     * @param next the next number to be given
     * @param seeds secret texts that nobody can guess; one is taken for a draw
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
                holds,
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
        // Those who stand in the order of a draw are not drawn again.
        boolean mayGather = state == State.OFF || drawing == null;
        boolean isNear = mayGather && drawAt != null && now >= drawAt - GATHERING_SECONDS;
        if (drawAt != null && now < drawAt && (state == State.GATHERING || isNear)) {
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
            // In a room that was open before, those who wait gather, too.
            long first = (long) Math.ceil(seen.stood(seen.newest()));
            return state == State.GATHERING ? drawing : new Drawing(seeds.get(), first, null);
        }
        if (state == State.GATHERING && drawing != null && becomes != State.OFF) {
            // Where the organiser took the draw back, those who gathered keep the order in which they came.
            return news.drawAt() == null
                    ? null
                    : new Drawing(drawing.seed(), drawing.first(), seen.issued() - drawing.first());
        }
        boolean opens = state == State.OFF && becomes != State.OFF;
        return opens || (drawing != null && drawing.early() == null) ? null : drawing;
    }

    /**
     * The line of a second. One that nobody moves any more goes on at its pace, on every gateway from the same second on, because the
     * gateway that moved it or what they share may be away.
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

    /** The room as it goes on after its gateway was away: nobody was called meanwhile, and no number is given twice. */
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
     * The room with numbers that go on far enough ahead to give none twice, because their counter was lost.
     *
     * @param highest the highest next number that any gateway knows
     */
    public WaitingRoom renumbered(long highest) {
        return with(law, line, numbers.upTo(highest, numbers.latest()).ahead());
    }

    /** The room by what registration-service said since, while no gateway moves its line. */
    public WaitingRoom reported(Reported news) {
        return new WaitingRoom(id, state, law, line, counters, numbers, news, drawing, opening);
    }

    private WaitingRoom with(Room otherLaw, Line otherLine, Numbers otherNumbers) {
        return new WaitingRoom(id, state, otherLaw, otherLine, counters, otherNumbers, reported, drawing, opening);
    }

    /** The next number to be given, as this room knows it. */
    public long nextNumber() {
        return numbers.next();
    }

    /** The latest second in which a number was given, as far as is known here. */
    public long latest() {
        return numbers.latest();
    }

    /** Whether it was judged yet if it is on: a new room is off for a second, and would admit everybody. */
    public boolean hasBegun() {
        return counters.newest() > id;
    }

    /** The second that began last. */
    public long second() {
        return counters.newest();
    }

    /** The first place that has not been called for so long that its bearer could not come any more. */
    public long firstAnswerable() {
        return (long) counters.stood(counters.newest() - Standing.ANSWER_SECONDS);
    }

    @JsonIgnore
    public boolean isOff() {
        return state == State.OFF;
    }

    /**
     * A new place.
     *
     * @param issued the next number after all that are given, as far as is known here
     */
    public Place place(String conference, long number, double now, boolean inBrowser, long issued) {
        Place.Visit visit = new Place.Visit((long) now, (long) now, false);
        Place place = new Place(conference, id, number, visit, null, inBrowser);
        // A line that stands lets nobody expect anything.
        return state == State.ON
                ? place.estimated(Math.round(standing(place, now, issued).left()))
                : place;
    }

    /** Whether a place is one of this room. */
    public boolean gave(Place place) {
        return place.room() == id;
    }

    /**
     * Where a place stands.
     *
     * @param now second of the room's clock, with its fraction
     * @param next the next number to be given, as far as is known here
     */
    public Standing standing(Place place, double now, long next) {
        long issued = numbers.place(Math.max(next, numbers.next()));
        long position = position(place);
        Line holds = lineAt(now);
        Standing standing = Standing.of(place, position, holds, counters, now, issued);
        // Nobody misses a turn while the room is off, however late they ask.
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

    /** The place in the line, from 0, of all that were ever given. */
    public long position(Place place) {
        long position = numbers.place(place.number());
        if (drawing == null || drawing.early() == null || position < drawing.first()) {
            return position;
        }
        return drawing.first() + new Draw(drawing.seed(), drawing.early()).position(position - drawing.first());
    }

    /** Which of those who gathered a place is, from 0, as the draw counts them; empty for one that is in no draw. */
    public Optional<Long> gathered(Place place) {
        if (drawing == null) {
            return Optional.empty();
        }
        long gathered = numbers.place(place.number()) - drawing.first();
        return gathered < 0 || (drawing.early() != null && gathered >= drawing.early())
                ? Optional.empty()
                : Optional.of(gathered);
    }

    /** Seconds until everybody who gathers is called, at the least; 0 where nobody does. */
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

    /** How many were called in this opening. */
    public long called(double now) {
        return Math.max(0, calledEver(now) - opening.before().called());
    }

    /** How many were called since the numbering began. */
    public long calledEver(double now) {
        return (long) Math.ceil(lineAt(now).at(now, issued()));
    }

    /**
     * What the law goes by.
     *
     * @param target registrations a second
     * @param comeShare share of those called who come
     * @param useShare share of those admitted who register
     * @param admitted people, since the numbering began
     * @param used admissions of them with which somebody registered
     */
    public record Figures(double target, double comeShare, double useShare, long admitted, long used) {}

    /** What the law went by last. */
    public Figures figures() {
        return new Figures(
                law.target(),
                CallingLaw.comeShare(counters, law.openedAt(), counters.newest()),
                law.table().share(),
                counters.total(Count.ADMITTED),
                counters.total(Count.USED));
    }

    /** How many wait. */
    public long waiting(double now, long next) {
        long issued = numbers.place(Math.max(next, numbers.next()));
        return state == State.OFF
                ? 0
                : Math.max(0, issued - (long) Math.ceil(lineAt(now).at(now, issued)));
    }

    /** Seats that would be taken by those who wait or fill in the form, by the share of the admissions that is used. */
    public double seatsWanted(double now, long next) {
        LifeTable table = law.table();
        return reported.sale().seatsPerRegistration()
                * (waiting(now, next) * table.share() + table.toCome(counters, counters.newest()));
    }

    /** Numbers called a second, as is to be expected for the next minutes; empty while nobody is called. */
    public OptionalDouble pace() {
        return state == State.ON ? OptionalDouble.of(law.line().pace()) : OptionalDouble.empty();
    }

    /** Numbers called a second by which polls are planned. */
    public double pollPace() {
        return law.line().pace();
    }

    /** Registrations a second that registration-service can decide, where an opening showed it. */
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

    /** What an organiser is told of this opening, or of the last one. */
    public Opening.Report report() {
        return opening.report();
    }

    private long issued() {
        return numbers.place(numbers.next());
    }
}
