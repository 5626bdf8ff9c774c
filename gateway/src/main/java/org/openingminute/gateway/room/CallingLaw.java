package org.openingminute.gateway.room;

import org.openingminute.gateway.room.Counters.Count;

/**
 * The control law of a waiting room: decides once a second, from counters alone, how many numbers are called. A call takes effect at
 * registration-service only after the time that filling in the form takes, so the law works with expected registrations instead of observed
 * ones: used admissions meet the target, and people who leave delay nobody. Decision 0051 explains the parameters. Pure functions.
 */
final class CallingLaw {

    private static final double USABLE_CAPACITY = 0.8;
    private static final int FIRST_MINUTE = 60;
    /** The minimum share of the wanted admissions that is called regardless of the debt, so that the line never stops. */
    private static final double LEAST = 0.2;

    private static final double PRIOR_CAME = 32;
    private static final double PRIOR_CALLED = 40;

    private CallingLaw() {}

    /** The room one second later, while it is closed: everybody is admitted. It learns as long as the sale is open and has seats. */
    static Room watch(Room room, Counters counters, Sale sale, long now) {
        long haltedAt = sale.isSoldOut() ? now : haltedAt(room, sale, now);
        Line line = new Line(counters.stood(now), 0, now + 1, room.line().pace(), 0);
        return new Room(
                room.openedAt(),
                haltedAt,
                line,
                room.capacity().next(counters, now),
                room.table().next(counters, haltedAt, now),
                room.target(),
                counters.total(Count.ADMITTED));
    }

    /** The room at the moment of opening. */
    static Room open(Room room, Counters counters, Sale sale, long now) {
        LifeTable table = room.table().reopened();
        double target = target(room.capacity(), sale, 0, false);
        double wanted = target / table.share();
        double credit = firstCredit(room.capacity(), table, wanted, counters, now);
        Line line = new Line(counters.stood(now), 0, now + 1, wanted * PRIOR_CALLED / PRIOR_CAME, credit);
        return new Room(
                now, haltedAt(room, sale, now), line, room.capacity(), table, target, counters.total(Count.ADMITTED));
    }

    /**
     * The initial credit: a minute's worth of admissions, minus those whose forms are open already and fill that minute; a form takes two
     * minutes on average.
     */
    private static double firstCredit(Capacity capacity, LifeTable table, double wanted, Counters counters, long now) {
        return capacity.isMeasured()
                ? Math.max(0, FIRST_MINUTE * wanted - table.toCome(counters, now) / table.share() / 2)
                : 0;
    }

    /**
     * The room one second later, while it is open. Its new line applies from the second after {@code now}, so that every gateway has
     * received it by then and all call the same numbers at the same time.
     *
     * @param counters the counters, in which {@code now} has begun
     * @param now the second in which the room's line starts to apply, or a later one if the gateway that moved the line was lost
     */
    static Room next(Room room, Counters counters, Sale sale, long now) {
        Capacity capacity = room.capacity().next(counters, now);
        boolean isOpen = sale.state() == Sale.State.OPEN;
        long haltedAt = haltedAt(room, sale, now);
        LifeTable table = room.table().next(counters, haltedAt, now);
        double door = 4 * counters.sum(Count.REFUSED, now - 5, now) / 5.0;
        double target = target(capacity, sale, door, capacity.lastBusy() >= room.openedAt());
        double wanted = target / table.share();
        double come = comeShare(counters, room.openedAt(), now);
        double number = room.line().handover(now + 1, counters.issued());
        double expected = expected(counters, room.openedAt(), now, number, come);
        long admitted = counters.total(Count.ADMITTED);
        boolean isFirstMinute = now - Math.max(room.openedAt(), haltedAt) < FIRST_MINUTE;
        // Each second of a pause restores a second's worth, up to the credit of a new opening.
        double mostCredit = isOpen
                ? (isFirstMinute ? FIRST_MINUTE : 10) * wanted
                : firstCredit(capacity, table, wanted, counters, now);
        double credit = Math.clamp(
                room.line().credit()
                        + 45 * (target - room.target()) / table.share()
                        + wanted * (now + 1 - room.line().since())
                        - (admitted - room.admitted()),
                -300 * wanted,
                mostCredit);
        double most = (isFirstMinute && credit > 5 * wanted ? 4.5 : 1.5) * wanted;
        double bySeats = seatsFor(sale, expected * table.share() + table.toCome(counters, now)) / table.share();
        double admissions = Math.min(Math.clamp(wanted + (credit - expected) / 10, LEAST * wanted, most), bySeats);
        Line line = new Line(number, isOpen ? admissions / come : 0, now + 1, wanted / come, credit);
        return new Room(room.openedAt(), haltedAt, line, capacity, table, target, admitted);
    }

    private static long haltedAt(Room room, Sale sale, long now) {
        return sale.state() == Sale.State.OPEN ? room.haltedAt() : now;
    }

    /** The registrations a second to aim at; fewer while registration-service refuses many. */
    private static double target(Capacity capacity, Sale sale, double atTheDoor, boolean wasBusy) {
        double usable = USABLE_CAPACITY * capacity.perSecond();
        double base = sale.perSecond().orElse(usable);
        double possible = wasBusy ? Math.min(base, usable) : base;
        return Math.max(possible / 2, possible - atTheDoor / 60);
    }

    /** The share of called people who come. */
    static double comeShare(Counters counters, long openedAt, long now) {
        long from = Math.max(openedAt, now - 60);
        long to = Math.max(from, now - 6);
        double called = counters.stood(to) - counters.stood(from);
        double share = (counters.sum(Count.CAME, from, to) + PRIOR_CAME) / (called + PRIOR_CALLED);
        return Math.max(share, now - openedAt < 90 ? 0.5 : 0.15);
    }

    /** How many of the people called recently, up to where the next line begins, are still expected to come. */
    private static double expected(Counters counters, long openedAt, long now, double number, double come) {
        long from = Math.max(openedAt, now - 20);
        double called = Math.min(number, (double) counters.issued()) - counters.stood(from);
        return Math.max(0, called * come - counters.sum(Count.CAME, from, now));
    }

    /** How many registrations there are seats for, beyond those to be expected already, with a margin for people who will not register. */
    private static double seatsFor(Sale sale, double toCome) {
        double seats = Math.max(1.5 * sale.seatsLeft(), sale.seatsLeft() + 3 * Math.sqrt(sale.seatsLeft()));
        return Math.max(0, seats / sale.seatsPerRegistration() - toCome);
    }
}
