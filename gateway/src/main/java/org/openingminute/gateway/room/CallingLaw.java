package org.openingminute.gateway.room;

import org.openingminute.gateway.room.Counters.Count;

/**
 * How many numbers are called, judged once a second from counters alone. A call shows at registration-service only after the time
 * that a form takes, so the line is moved by what is expected and not by what is seen: used admissions meet the target, and those
 * who leave stall nobody. Decision 0051 has the measures. Pure functions.
 */
final class CallingLaw {

    private static final double USABLE_CAPACITY = 0.8;
    private static final int FIRST_MINUTE = 60;
    /** The share of the wanted admissions for which numbers are called whatever the debt, so that the line never stands still. */
    private static final double LEAST = 0.2;

    private static final double PRIOR_CAME = 32;
    private static final double PRIOR_CALLED = 40;

    private CallingLaw() {}

    /** The room one second later, while it is off: everybody is admitted, and it learns while the sale is open and has seats. */
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

    /** The room as it opens. */
    static Room open(Room room, Counters counters, Sale sale, long now) {
        LifeTable table = room.table().reopened();
        double target = target(room.capacity(), sale, 0, false);
        double wanted = target / table.share();
        double credit = firstCredit(room.capacity(), table, wanted, counters, now);
        Line line = new Line(counters.stood(now), 0, now + 1, wanted * PRIOR_CALLED / PRIOR_CAME, credit);
        return new Room(
                now, haltedAt(room, sale, now), line, room.capacity(), table, target, counters.total(Count.ADMITTED));
    }

    /** A minute's worth at once, less what fills that minute already: those who have a form open take two minutes on average. */
    private static double firstCredit(Capacity capacity, LifeTable table, double wanted, Counters counters, long now) {
        return capacity.isMeasured()
                ? Math.max(0, FIRST_MINUTE * wanted - table.toCome(counters, now) / table.share() / 2)
                : 0;
    }

    /**
     * The room one second later, while it is on. Its new line holds from the second after {@code now} on, so that every gateway
     * has a copy by then and all call the same numbers at once.
     *
     * @param counters in which {@code now} has begun
     * @param now the second in which the room's line begins to hold, or a later one where the gateway that moved it was lost
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
        // Each second of a pause gives back a second's worth, up to what an opening would begin with.
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

    /** Registrations a second to aim at: fewer while many stand refused at the door of registration-service. */
    private static double target(Capacity capacity, Sale sale, double atTheDoor, boolean wasBusy) {
        double usable = USABLE_CAPACITY * capacity.perSecond();
        double base = sale.perSecond().orElse(usable);
        double possible = wasBusy ? Math.min(base, usable) : base;
        return Math.max(possible / 2, possible - atTheDoor / 60);
    }

    /** The share of those called who come. */
    static double comeShare(Counters counters, long openedAt, long now) {
        long from = Math.max(openedAt, now - 60);
        long to = Math.max(from, now - 6);
        double called = counters.stood(to) - counters.stood(from);
        double share = (counters.sum(Count.CAME, from, to) + PRIOR_CAME) / (called + PRIOR_CALLED);
        return Math.max(share, now - openedAt < 90 ? 0.5 : 0.15);
    }

    /** Those called lately, up to where the next line begins, who will come and are not here. */
    private static double expected(Counters counters, long openedAt, long now, double number, double come) {
        long from = Math.max(openedAt, now - 20);
        double called = Math.min(number, (double) counters.issued()) - counters.stood(from);
        return Math.max(0, called * come - counters.sum(Count.CAME, from, now));
    }

    /** How many registrations more than those to come there are seats for, with some over for those who then do not register. */
    private static double seatsFor(Sale sale, double toCome) {
        double seats = Math.max(1.5 * sale.seatsLeft(), sale.seatsLeft() + 3 * Math.sqrt(sale.seatsLeft()));
        return Math.max(0, seats / sale.seatsPerRegistration() - toCome);
    }
}
