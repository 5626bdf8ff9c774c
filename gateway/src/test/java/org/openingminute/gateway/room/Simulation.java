package org.openingminute.gateway.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.openingminute.gateway.room.Counters.Count;

/**
 * A discrete-event simulation of an opening with ticks of a tenth of a second: visitors who wait, leave, fill in the form and send it, two
 * gateways whose counters and line are exchanged once a second, and registration-service behind them. The calling law moves the line.
 */
final class Simulation {

    private static final int TICKS_PER_SECOND = 10;
    private static final int ANSWER_SECONDS = 300;
    private static final int ADMISSION_SECONDS = 900;
    private static final int GATEWAYS = 2;

    /** The parameters of a simulation. */
    static final class Course {
        long seed = 1;
        int seconds = 3600;
        /** The visitors of the rush: 80 % arrive within 30 seconds, or, before a draw, ahead of the opening. */
        int visitors = 50_000;
        /** The number of places that are taken within the same time and never used. */
        int silentPlaces;

        /** In the mode {@code auto}: the visitors who open the form while nothing is on sale, and do not register. */
        int lookers;

        double leaving = 0.3;
        double registering = 0.75;
        double formMedian = 90;
        double formP95 = 300;
        /** The registrations a second that registration-service can decide. */
        double capacity = 100;

        Capacity known = Capacity.measured(100);
        OptionalDouble perSecond = OptionalDouble.empty();
        /** The second in which the organiser sets another rate. */
        int wishChangesAt = Integer.MAX_VALUE;

        double laterPerSecond;
        int seats = 10_000_000;
        /** The second in which {@link #seatsBack} seats return. */
        int seatsBackAt = Integer.MAX_VALUE;

        int seatsBack;
        boolean boundBySeats = true;
        boolean draw;
        /** The second from which registration-service runs at a third of its speed, for 30 seconds. */
        int slowedAt = Integer.MAX_VALUE;
        /** The seconds in which the sale is paused, not yet open or of unknown state; no registration is accepted then. */
        int haltedFrom;

        int haltedUntil;
        /** Of these seconds, the first and then every nth are halted. */
        int haltedEvery = 1;
        /** Whether registration-service is unavailable in these seconds: visitors send their forms again until it returns. */
        boolean away;
        /** In the mode {@code auto}: the second of the rush, and the share of the capacity that registers all the time. */
        int rushAt = -1;

        double steady;

        void capacity(double registrationsPerSecond) {
            capacity = registrationsPerSecond;
            known = Capacity.measured(registrationsPerSecond);
        }

        boolean isAuto() {
            return rushAt >= 0;
        }

        int steadyVisitors() {
            return (int) (seconds * steady * capacity / registering);
        }
    }

    /** The state of a visitor. */
    private enum Step {
        AWAY,
        WAITING,
        WRITING,
        REFUSED
    }

    private final class Visitor {
        final int gateway;
        final int seats;
        int arrives;
        int leaves = Integer.MAX_VALUE;
        int number;
        int admitted;
        int firstRefused;
        int admissionEnds;
        Line.Estimate estimate = new Line.Estimate(0, 0);
        Step step = Step.AWAY;
        boolean hasPoll;

        Visitor() {
            gateway = random.nextInt(GATEWAYS);
            // The mean is 1.93 seats.
            int[] groups = {1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4, 4};
            seats = groups[random.nextInt(groups.length)];
        }
    }

    private record Sent(Visitor visitor, int tick) {}

    private final Course course = new Course();
    private final RandomGenerator random;
    private final List<Visitor> inOrderOfArrival;
    private final List<List<Visitor>> agenda = new ArrayList<>();
    private final Counters counters = new Counters(0);
    private final PollSchedule[] schedules = {new PollSchedule(), new PollSchedule()};
    private final int[] polls = new int[GATEWAYS];
    private final List<Runnable> countedByOther = new ArrayList<>();
    private final ArrayDeque<Sent> queue = new ArrayDeque<>();
    private final int[] usedByMinute;
    private final boolean[] someoneWaits;
    private final int[][] pollsByMinute;
    private final double[] targetByMinute;
    private Room room;
    /** The line of this second; that of {@link #room} applies from the next second on. */
    private Line line;

    private int called;
    private boolean on;
    private int issued;
    private double work;
    private int decided;
    private int refused;
    private int waitTicks;
    private int estimates;
    private int estimatesKept;
    private int longestWaitTicks;
    private int longestAtTheDoorTicks;
    private int stalledTicks;
    private int longestStallTicks;
    private int soldOutTick = -1;

    final List<Integer> openedAt = new ArrayList<>();
    final List<Integer> closedAt = new ArrayList<>();
    int seatsLeft;
    int admitted;
    int registered;
    int inVain;
    int missed;
    int mostPolls;

    private Simulation(Consumer<Course> change) {
        change.accept(course);
        random = new SplittableRandom(course.seed);
        room = Room.unknown(course.known, 0);
        seatsLeft = course.seats;
        usedByMinute = new int[course.seconds / 60];
        targetByMinute = new double[course.seconds / 60];
        pollsByMinute = new int[GATEWAYS][course.seconds / 60];
        someoneWaits = new boolean[course.seconds / 60];
        Arrays.fill(someoneWaits, true);
        for (int tick = 0; tick < course.seconds * TICKS_PER_SECOND; tick++) {
            agenda.add(new ArrayList<>(0));
        }
        inOrderOfArrival = arrivals();
    }

    static Simulation of(Consumer<Course> change) {
        Simulation simulation = new Simulation(change);
        simulation.run();
        return simulation;
    }

    private List<Visitor> arrivals() {
        List<Visitor> all = new ArrayList<>();
        int rush = course.visitors + course.silentPlaces;
        for (int i = 0; i < rush + course.steadyVisitors() + course.lookers; i++) {
            Visitor visitor = new Visitor();
            double second;
            if (i < rush) {
                second = Math.max(0, course.rushAt) + afterTheOpening();
            } else if (i < rush + course.steadyVisitors()) {
                second = random.nextDouble() * course.seconds;
            } else {
                second = random.nextDouble(course.haltedFrom, course.haltedUntil);
            }
            visitor.arrives = (int) (second * TICKS_PER_SECOND);
            if (i >= course.visitors && i < rush) {
                visitor.leaves = visitor.arrives + 1;
            } else if (random.nextDouble() < course.leaving) {
                visitor.leaves = visitor.arrives + random.nextInt(600 * TICKS_PER_SECOND);
            }
            all.add(visitor);
        }
        // A draw orders the visitors of second 0 at random.
        Collections.shuffle(all, Random.from(random));
        all.sort(Comparator.comparingInt(visitor -> visitor.arrives));
        return all;
    }

    private double afterTheOpening() {
        if (course.draw && random.nextDouble() < 0.8) {
            return 0;
        }
        return random.nextDouble() < 0.8 ? random.nextDouble(30) : 30 + random.nextExponential() * 300;
    }

    private void run() {
        counters.begin(0, 0, 0);
        on = !course.isAuto();
        room = on ? CallingLaw.open(room, counters, sale(0), 0) : CallingLaw.watch(room, counters, sale(0), 0);
        line = room.line();
        for (int tick = 0; tick < course.seconds * TICKS_PER_SECOND; tick++) {
            if (tick > 0 && tick % TICKS_PER_SECOND == 0) {
                begin(tick / TICKS_PER_SECOND);
            }
            while (issued < inOrderOfArrival.size() && inOrderOfArrival.get(issued).arrives <= tick) {
                arrive(inOrderOfArrival.get(issued), tick);
            }
            for (Visitor visitor : agenda.get(tick)) {
                switch (visitor.step) {
                    case WAITING -> poll(visitor, tick);
                    case WRITING, REFUSED -> send(visitor, tick);
                    case AWAY -> throw new IllegalStateException("somebody away is back");
                }
            }
            agenda.get(tick).clear();
            decide(tick);
            call(tick);
        }
    }

    /** Runs the work of each second: one gateway polls registration-service and moves the line, then both exchange their counters. */
    private void begin(int second) {
        seatsLeft += second == course.seatsBackAt ? course.seatsBack : 0;
        counters.add(Count.DECIDED, second - 1, decided);
        counters.add(Count.REFUSED, second - 1, refused);
        counters.add(Count.WAIT_MILLIS, second - 1, waitTicks * 1000 / TICKS_PER_SECOND);
        decided = 0;
        refused = 0;
        waitTicks = 0;
        line = room.line();
        counters.begin(second, on ? line.at(second, issued) : issued, issued);
        if (!on) {
            room = CallingLaw.watch(room, counters, sale(second), second);
            if (AutoRule.opens(room, counters, sale(second), second)) {
                on = true;
                openedAt.add(second);
                room = CallingLaw.open(room, counters, sale(second), second);
            }
        } else {
            room = CallingLaw.next(room, counters, sale(second), second);
            if (course.isAuto() && AutoRule.closes(room, counters, sale(second), second)) {
                on = false;
                closedAt.add(second);
            }
        }
        // The other gateway's counters of the last second arrive after the line has moved.
        countedByOther.forEach(Runnable::run);
        countedByOther.clear();
        targetByMinute[second / 60] += room.target();
        someoneWaits[second / 60] &= on && counters.of(Count.WAITING, second) > 0;
        mostPolls = Math.max(mostPolls, Arrays.stream(polls).max().orElseThrow());
        Arrays.fill(polls, 0);
    }

    private Sale sale(int second) {
        return new Sale(
                isHalted(second) ? Sale.State.HALTED : Sale.State.OPEN,
                course.boundBySeats || seatsLeft == 0 ? seatsLeft : course.seats * 1000.0,
                1.93,
                second < course.wishChangesAt ? course.perSecond : OptionalDouble.of(course.laterPerSecond));
    }

    private boolean isHalted(int second) {
        return second >= course.haltedFrom
                && second < course.haltedUntil
                && (second - course.haltedFrom) % course.haltedEvery == 0;
    }

    private void arrive(Visitor visitor, int tick) {
        visitor.number = issued++;
        counters.add(Count.ARRIVED, tick / TICKS_PER_SECOND, 1);
        if (!on) {
            admit(visitor, tick);
            return;
        }
        visitor.step = Step.WAITING;
        double left = line.secondsTo(visitor.number, seconds(tick), issued);
        visitor.estimate = Line.estimate(left);
        // After a draw the page polls when its turn is due. One visitor in twenty uses no JavaScript.
        if (!course.draw || tick > 0 || random.nextInt(20) == 0) {
            planPoll(visitor, left, tick);
        }
    }

    private void planPoll(Visitor visitor, double left, int tick) {
        int next =
                tick + TICKS_PER_SECOND * schedules[visitor.gateway].next(left, line.pace(), tick / TICKS_PER_SECOND);
        visitor.hasPoll = true;
        if (next < visitor.leaves) {
            at(next, visitor);
        }
    }

    private void poll(Visitor visitor, int tick) {
        polls[visitor.gateway]++;
        pollsByMinute[visitor.gateway][tick / TICKS_PER_SECOND / 60]++;
        double left = line.secondsTo(visitor.number, seconds(tick), issued);
        if (on && visitor.number >= line.at(seconds(tick), issued)) {
            planPoll(visitor, left, tick);
            return;
        }
        long calledIn = Math.max(counters.calledIn(visitor.number), visitor.arrives / TICKS_PER_SECOND);
        if (tick / TICKS_PER_SECOND - calledIn > ANSWER_SECONDS) {
            missed++;
            visitor.step = Step.AWAY;
        } else {
            count(visitor, () -> counters.add(Count.CAME, calledIn, 1));
            admit(visitor, tick);
        }
    }

    private void admit(Visitor visitor, int tick) {
        admitted++;
        visitor.admitted = tick;
        visitor.admissionEnds = tick + ADMISSION_SECONDS * TICKS_PER_SECOND;
        count(visitor, () -> counters.add(Count.ADMITTED, tick / TICKS_PER_SECOND, 1));
        boolean onlyLooks = !on && isHalted(tick / TICKS_PER_SECOND);
        if (!onlyLooks && random.nextDouble() < course.registering) {
            visitor.step = Step.WRITING;
            double sigma = Math.log(course.formP95 / course.formMedian) / 1.6449;
            double seconds = course.formMedian * Math.exp(sigma * random.nextGaussian());
            at(tick + (int) Math.ceil(seconds * TICKS_PER_SECOND), visitor);
        } else {
            visitor.step = Step.AWAY;
        }
    }

    private void send(Visitor visitor, int tick) {
        boolean halted = isHalted(tick / TICKS_PER_SECOND);
        if (tick > visitor.admissionEnds || (halted && !course.away)) {
            visitor.step = Step.AWAY;
        } else if (seatsLeft < visitor.seats) {
            inVain++;
            visitor.step = Step.AWAY;
        } else if (halted || (on && queue.size() >= Math.clamp(room.capacity().perSecond() / 2, 8, 768))) {
            refused += halted ? 0 : 1;
            if (visitor.step == Step.WRITING) {
                visitor.step = Step.REFUSED;
                visitor.firstRefused = tick;
            }
            visitor.admissionEnds += 120 * TICKS_PER_SECOND;
            at(tick + random.nextInt(2 * TICKS_PER_SECOND, 6 * TICKS_PER_SECOND + 1), visitor);
        } else {
            if (visitor.step == Step.REFUSED) {
                longestAtTheDoorTicks = Math.max(longestAtTheDoorTicks, tick - visitor.firstRefused);
            }
            visitor.step = Step.AWAY;
            queue.add(new Sent(visitor, tick));
        }
    }

    private void decide(int tick) {
        int second = tick / TICKS_PER_SECOND;
        boolean slowed = second >= course.slowedAt && second < course.slowedAt + 30;
        double speed = course.capacity / TICKS_PER_SECOND / (slowed ? 3 : 1);
        for (work = Math.min(work + speed, Math.max(speed, 1)); work >= 1 && !queue.isEmpty(); work--) {
            Sent sent = queue.remove();
            waited(tick - sent.tick());
            decided++;
            if (seatsLeft < sent.visitor().seats) {
                inVain++;
                continue;
            }
            seatsLeft -= sent.visitor().seats;
            if (seatsLeft == 0 && soldOutTick < 0) {
                soldOutTick = tick;
            }
            registered++;
            usedByMinute[second / 60]++;
            long since = sent.visitor().admitted / TICKS_PER_SECOND;
            count(sent.visitor(), () -> counters.used(since, second));
        }
        if (!queue.isEmpty()) {
            waited(tick - queue.element().tick());
        }
    }

    private void waited(int ticks) {
        waitTicks = Math.max(waitTicks, ticks);
        longestWaitTicks = Math.max(longestWaitTicks, ticks);
    }

    private void call(int tick) {
        double first = on ? line.at(seconds(tick), issued) : issued;
        boolean isStalled = called >= first
                && called < issued
                && seatsLeft > 0
                && sale(tick / TICKS_PER_SECOND).state() == Sale.State.OPEN;
        stalledTicks = isStalled ? stalledTicks + 1 : 0;
        longestStallTicks = Math.max(longestStallTicks, stalledTicks);
        for (; called < Math.min(first, issued); called++) {
            Visitor visitor = inOrderOfArrival.get(called);
            if (visitor.step == Step.WAITING) {
                call(visitor, tick);
            }
        }
    }

    private void call(Visitor visitor, int tick) {
        estimates++;
        double waited = seconds(tick - visitor.arrives);
        if (waited >= visitor.estimate.fromSeconds() && waited <= visitor.estimate.toSeconds()) {
            estimatesKept++;
        }
        if (!visitor.hasPoll && tick < visitor.leaves) {
            at(tick + random.nextInt(TICKS_PER_SECOND, 3 * TICKS_PER_SECOND), visitor);
        }
    }

    /** Counts at the visitor's gateway; the law sees the other gateway's counts at the next exchange. */
    private void count(Visitor visitor, Runnable counting) {
        if (visitor.gateway == 0) {
            counting.run();
        } else {
            countedByOther.add(counting);
        }
    }

    private void at(int tick, Visitor visitor) {
        if (tick < agenda.size()) {
            agenda.get(tick).add(visitor);
        }
    }

    private static double seconds(int ticks) {
        return (double) ticks / TICKS_PER_SECOND;
    }

    /**
     * Registrations divided by the line's own target, per minute. Includes the minutes in which somebody waited all the time, from the
     * fourth minute after the opening or after the halt.
     */
    double[] usedOverTarget() {
        return minutes()
                .mapToDouble(minute -> usedByMinute[minute] / targetByMinute[minute])
                .toArray();
    }

    /** The same, divided by {@code perSecond} or, without it, by 0.8 of what registration-service can decide at full speed. */
    double[] usedOverPossible() {
        double possible = 60 * course.perSecond.orElse(0.8 * course.capacity);
        return minutes().mapToDouble(minute -> usedByMinute[minute] / possible).toArray();
    }

    private IntStream minutes() {
        int opened = openedAt.isEmpty() ? course.haltedUntil : openedAt.getFirst();
        int first = (opened + 59) / 60 + 3;
        return IntStream.range(first, usedByMinute.length).filter(minute -> someoneWaits[minute]);
    }

    double longestWaitSeconds() {
        return seconds(longestWaitTicks);
    }

    double longestAtTheDoorSeconds() {
        return seconds(longestAtTheDoorTicks);
    }

    /** The longest time without a called number while the sale was open, seats were left and somebody waited. */
    double longestStallSeconds() {
        return seconds(longestStallTicks);
    }

    double soldOutAfterSeconds() {
        return seconds(soldOutTick);
    }

    /** The share of called visitors whose number was called within their first estimate. */
    double estimatesKept() {
        return (double) estimatesKept / estimates;
    }

    /** The polls a second of one gateway in its busiest minute. */
    double pollsOfBusiestMinute() {
        return Arrays.stream(pollsByMinute).flatMapToInt(Arrays::stream).max().orElseThrow() / 60.0;
    }

    double pollBound() {
        return Math.max(200, 5 * room.line().pace());
    }
}
