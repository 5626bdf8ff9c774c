package org.openingminute.gateway.limits;

import io.github.bucket4j.TimeMeter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.openingminute.gateway.Rate;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * An address's bucket, and the calls that wait while it is empty: one of each connection, that of the least served connection first.
 * So a loud client uses up its own share, and its neighbours at the same address have theirs. Thread-safe.
 *
 * <p>It has a level: the number of calls that each of those who want one could have had by now (the virtual time of Demers, Keshav and
 * Shenker, "Analysis and Simulation of a Fair Queueing Algorithm", 1989). A connection that comes while others wait begins there, else a
 * client that connects anew for each call would always go before those that keep their connections; and a new one begins one higher, so
 * that in a full line it gives way to those, of which one may have been refused before. One that has waited and had its turn may wait
 * again when the level is one higher, and is refused at once before that.
 */
final class FairQueue {

    /** More than the entrance lets an address have; a bot that makes 820 a second pushes out one that waits 5 s to come again. */
    private static final int CONNECTIONS_KNOWN = 4_096;

    private static final Duration LOOKS_AT_LEAST_EVERY = Duration.ofMillis(100);

    private static final Comparator<Waiting> LEAST_SERVED =
            Comparator.comparingDouble(Waiting::served).thenComparingLong(Waiting::arrival);

    private final TokenBucket bucket;
    private final Duration patience;
    private final int room;
    private final Scheduler timer;
    private final TimeMeter clock;
    private final Map<InetSocketAddress, Share> shares = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Share> eldest) {
            return size() > CONNECTIONS_KNOWN;
        }
    };
    private final TreeSet<Waiting> line = new TreeSet<>(LEAST_SERVED);
    private final Map<InetSocketAddress, Waiting> waiting = new HashMap<>();
    /** Those that have had their turn, in the order in which they may wait again. */
    private final Deque<Share> served = new ArrayDeque<>();

    private double level;
    /** How many of those that have had their turn have come again since. */
    private int insisting;

    private long arrivals;
    private boolean scheduled;

    /** @param patience how long a call may wait; as many wait as have their turn in this time */
    FairQueue(TokenBucket bucket, Duration patience, Scheduler timer, TimeMeter clock) {
        this.bucket = bucket;
        this.patience = patience;
        this.room = Math.max(1, rate().callsIn(patience));
        this.timer = timer;
        this.clock = clock;
    }

    /** What a connection has had. */
    private static final class Share {

        /** What it has had, and one more, from the level on that there was when it came. */
        private double calls;
        /** The level from which on it may wait. */
        private double waitsFrom;

        private boolean insists;

        private Share(double calls) {
            this.calls = calls;
        }
    }

    private record Waiting(
            InetSocketAddress connection,
            Share share,
            double served,
            long arrival,
            long givesUpAt,
            Sinks.One<Turn> turn) {}

    /**
     * Takes a token, or waits for one.
     *
     * @param connection address and port of the client
     * @param waits what to do if it waits
     * @return the turn: at once, or later and from the timer's thread
     */
    Mono<Turn> take(InetSocketAddress connection, Runnable waits) {
        List<Runnable> ends = new ArrayList<>(0);
        Mono<Turn> turn;
        synchronized (this) {
            if (line.isEmpty() && bucket.take() instanceof Turn.Granted granted) {
                if (granted.left() == rate().atOnce() - 1) {
                    forget();
                }
                Share share = shareOf(connection);
                share.calls = begin(share) + 1;
                if (insisting > 0) {
                    // Nobody waits, since all who want a turn have had one: their next comes nearer.
                    rise();
                }
                return Mono.just(granted);
            }
            Share share = shareOf(connection);
            if (waiting.containsKey(connection)) {
                return Mono.just(refusal(line.size()));
            }
            if (share.waitsFrom > level) {
                insist(share);
                return Mono.just(refusal((share.waitsFrom - level) * contenders()));
            }
            Waiting call = new Waiting(
                    connection,
                    share,
                    begin(share),
                    arrivals++,
                    clock.currentTimeNanos() + patience.toNanos(),
                    Sinks.one());
            line.add(call);
            waiting.put(connection, call);
            ends.add(waits);
            if (line.size() > room) {
                // It would not have its turn in time.
                refuse(line.last(), ends);
            }
            schedule();
            turn = call.turn.asMono().doOnCancel(() -> leave(call));
        }
        ends.forEach(Runnable::run);
        return turn;
    }

    private Rate rate() {
        return bucket.key().rate();
    }

    /** The bucket was full: nobody has had more than its share. */
    private void forget() {
        shares.clear();
        served.clear();
        level = 0;
        insisting = 0;
    }

    private Share shareOf(InetSocketAddress connection) {
        return shares.computeIfAbsent(connection, _ -> new Share(level + 1));
    }

    private double begin(Share share) {
        return Math.max(level, share.calls);
    }

    private void insist(Share share) {
        if (!share.insists) {
            share.insists = true;
            insisting++;
        }
    }

    private int contenders() {
        return line.size() + insisting;
    }

    /** The next in line has its turn. */
    private Waiting next() {
        Waiting next = line.first();
        next.share.calls = next.served + 1;
        next.share.waitsFrom = level + 1;
        served.add(next.share);
        rise();
        leave(next);
        return next;
    }

    /** A turn was given: the level rises by what that is for each of those who want one. */
    private void rise() {
        level += 1.0 / contenders();
        while (!served.isEmpty() && served.getFirst().waitsFrom <= level) {
            Share mayWait = served.removeFirst();
            insisting -= mayWait.insists ? 1 : 0;
            mayWait.insists = false;
        }
    }

    private synchronized void leave(Waiting call) {
        line.remove(call);
        waiting.remove(call.connection, call);
    }

    /** @param before how many turns are before that of the one who is refused */
    private Turn.Refused refusal(double before) {
        return new Turn.Refused(bucket.untilNext().plus(rate().timeOf((long) Math.ceil(before))));
    }

    private void refuse(Waiting call, List<Runnable> ends) {
        leave(call);
        Turn refusal = refusal(line.size());
        ends.add(() -> call.turn.tryEmitValue(refusal));
    }

    private void schedule() {
        if (!scheduled && !line.isEmpty()) {
            scheduled = true;
            long nanos = Math.min(bucket.untilNext().toNanos(), LOOKS_AT_LEAST_EVERY.toNanos());
            timer.schedule(this::serveLine, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void serveLine() {
        List<Runnable> ends = new ArrayList<>();
        synchronized (this) {
            scheduled = false;
            while (!line.isEmpty() && bucket.take() instanceof Turn.Granted granted) {
                Waiting next = next();
                ends.add(() -> next.turn.tryEmitValue(new Turn.Granted(granted.left(), true)));
            }
            long now = clock.currentTimeNanos();
            List.copyOf(line).stream().filter(call -> call.givesUpAt - now <= 0).forEach(call -> refuse(call, ends));
            schedule();
        }
        ends.forEach(Runnable::run);
    }
}
