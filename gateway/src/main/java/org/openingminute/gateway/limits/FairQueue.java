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
 * The bucket of an address, with a queue for the calls that find it empty. Each connection may have one call in the queue, and the least
 * served connection goes first. A busy client therefore uses up only its own share, and other clients behind the same address keep theirs.
 * Thread-safe.
 *
 * <p>The queue has a level: the number of calls that each contending connection could have had by now (the virtual time of Demers, Keshav
 * and Shenker, "Analysis and Simulation of a Fair Queueing Algorithm", 1989). A connection that arrives while others wait starts at the
 * level; otherwise a client that opens a connection for each call would always precede those that keep theirs. A connection that was never
 * seen starts one higher, so that in a full queue it yields to known ones, which may have been refused before. A connection that waited and
 * was served may wait again once the level is one higher; until then it is refused at once.
 */
final class FairQueue {

    /**
     * More connections than the entrance proxy allows one address. A bot that opens 820 a second evicts one that waits 5 s before it
     * returns.
     */
    private static final int CONNECTIONS_KNOWN = 4_096;

    private static final Duration POLLS_AT_LEAST_EVERY = Duration.ofMillis(100);

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
    /** The connections that were served after waiting, in the order in which they may wait again. */
    private final Deque<Share> served = new ArrayDeque<>();

    private double level;
    /** How many of those connections have called again since. */
    private int retrying;

    private long arrivals;
    private boolean scheduled;

    /** @param patience how long a call may wait; it also bounds the queue to the calls that can be served in that time */
    FairQueue(TokenBucket bucket, Duration patience, Scheduler timer, TimeMeter clock) {
        this.bucket = bucket;
        this.patience = patience;
        this.room = Math.max(1, rate().callsIn(patience));
        this.timer = timer;
        this.clock = clock;
    }

    /** How many calls a connection has been granted. */
    private static final class Share {

        /** The calls of the connection so far, counted from the level at which it arrived, plus one. */
        private double calls;
        /** The level from which on the connection may wait again. */
        private double waitsFrom;

        private boolean retries;

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
     * @param connection the client's address and port
     * @param waits runs if the call has to wait
     * @return the outcome, immediately or later on the timer's thread
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
                if (retrying > 0) {
                    // Nobody waits, because everyone who wants a turn has had one. The next turns come closer.
                    rise();
                }
                return Mono.just(granted);
            }
            Share share = shareOf(connection);
            if (waiting.containsKey(connection)) {
                return Mono.just(refusal(line.size()));
            }
            if (share.waitsFrom > level) {
                retry(share);
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
                // The last call in the queue would not be served in time.
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

    /** Resets all shares: the bucket was full, so nobody has had more than its share. */
    private void forget() {
        shares.clear();
        served.clear();
        level = 0;
        retrying = 0;
    }

    private Share shareOf(InetSocketAddress connection) {
        return shares.computeIfAbsent(connection, _ -> new Share(level + 1));
    }

    private double begin(Share share) {
        return Math.max(level, share.calls);
    }

    private void retry(Share share) {
        if (!share.retries) {
            share.retries = true;
            retrying++;
        }
    }

    private int contenders() {
        return line.size() + retrying;
    }

    /** Serves the first call in the queue. */
    private Waiting next() {
        Waiting next = line.first();
        next.share.calls = next.served + 1;
        next.share.waitsFrom = level + 1;
        served.add(next.share);
        rise();
        leave(next);
        return next;
    }

    /** Raises the level after a served call by the call's share for each contender. */
    private void rise() {
        level += 1.0 / contenders();
        while (!served.isEmpty() && served.getFirst().waitsFrom <= level) {
            Share mayWait = served.removeFirst();
            retrying -= mayWait.retries ? 1 : 0;
            mayWait.retries = false;
        }
    }

    private synchronized void leave(Waiting call) {
        line.remove(call);
        waiting.remove(call.connection, call);
    }

    /** @param before the number of calls that are served before the refused one */
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
            long nanos = Math.min(bucket.untilNext().toNanos(), POLLS_AT_LEAST_EVERY.toNanos());
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
