package org.openingminute.gateway.limits;

import io.github.bucket4j.TimeMeter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
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
 * <p>A connection that comes while others wait does not begin with nothing, but where the line is: at the number of calls that each of
 * those who wait could have had by now (the virtual time of Demers, Keshav and Shenker, "Analysis and Simulation of a Fair Queueing
 * Algorithm", 1989). Else a client that connects anew for each call would always go before those that keep their connections.
 */
final class FairQueue {

    /** More than the entrance lets an address have. */
    private static final int CONNECTIONS_KNOWN = 2_048;

    private static final Duration LOOKS_AT_LEAST_EVERY = Duration.ofMillis(100);

    private static final Comparator<Waiting> LEAST_SERVED =
            Comparator.comparingDouble(Waiting::served).thenComparingLong(Waiting::arrival);

    private final TokenBucket bucket;
    private final Duration patience;
    private final int room;
    private final Scheduler timer;
    private final TimeMeter clock;
    private final Map<InetSocketAddress, Double> served = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Double> eldest) {
            return size() > CONNECTIONS_KNOWN;
        }
    };
    private final TreeSet<Waiting> line = new TreeSet<>(LEAST_SERVED);
    private final Map<InetSocketAddress, Waiting> waiting = new HashMap<>();
    /** Calls that each of those who waited could have had. */
    private double level;

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

    private record Waiting(
            InetSocketAddress connection, double served, long arrival, long givesUpAt, Sinks.One<Turn> turn) {}

    /**
     * Takes a token, or waits for one.
     *
     * @param connection address and port of the client
     * @return the turn: at once, or later and from the timer's thread
     */
    Mono<Turn> take(InetSocketAddress connection) {
        List<Runnable> ends = new ArrayList<>(0);
        Mono<Turn> turn;
        synchronized (this) {
            if (line.isEmpty() && bucket.take() instanceof Turn.Granted granted) {
                if (granted.left() == rate().atOnce() - 1) {
                    // It was full: nobody has had more than its share.
                    served.clear();
                    level = 0;
                }
                serve(connection, servedOf(connection));
                return Mono.just(granted);
            }
            if (waiting.containsKey(connection)) {
                return Mono.just(refused());
            }
            Waiting call = new Waiting(
                    connection,
                    servedOf(connection),
                    arrivals++,
                    clock.currentTimeNanos() + patience.toNanos(),
                    Sinks.one());
            line.add(call);
            waiting.put(connection, call);
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

    private double servedOf(InetSocketAddress connection) {
        return Math.max(level, served.getOrDefault(connection, 0.0));
    }

    private void serve(InetSocketAddress connection, double before) {
        served.put(connection, before + 1);
    }

    private synchronized void leave(Waiting call) {
        line.remove(call);
        waiting.remove(call.connection, call);
    }

    private Turn.Refused refused() {
        return new Turn.Refused(bucket.untilNext().plus(rate().timeOf(line.size())));
    }

    private void refuse(Waiting call, List<Runnable> ends) {
        leave(call);
        Turn refused = refused();
        ends.add(() -> call.turn.tryEmitValue(refused));
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
                Waiting next = line.first();
                level += 1.0 / line.size();
                leave(next);
                serve(next.connection, next.served);
                ends.add(() -> next.turn.tryEmitValue(new Turn.Granted(granted.left(), true)));
            }
            long now = clock.currentTimeNanos();
            List.copyOf(line).stream().filter(call -> call.givesUpAt - now <= 0).forEach(call -> refuse(call, ends));
            schedule();
        }
        ends.forEach(Runnable::run);
    }
}
