package org.openingminute.local.load;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.openingminute.local.load.Candidate.Answered;
import org.openingminute.local.load.Measured.Took;

/** Calls a candidate in a closed or an open loop, and records the responses. Can be used once. */
public final class Load {

    /** Longer than a service lets a request wait for a batch. A request that is refused after half of that may have been carried out. */
    private static final long LONG_WAIT = Duration.ofSeconds(4).toNanos();

    private static final long LONGEST = Duration.ofMinutes(1).toNanos();
    private static final int DIGITS = 3;
    private static final long SEED = 20_260_202;
    /** The maximum of requests in progress in an open loop. Later ones wait here, and the wait counts. */
    private static final int MOST_UNDER_WAY = 4_000;

    private final Candidate candidate;
    private final Sale sale;
    private final long most;
    private final AtomicLong next = new AtomicLong();
    private final LongAdder done = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder saidNo = new LongAdder();
    private final LongAdder unsure = new LongAdder();
    private final Took doneAfter = took();
    private final Took refusedAfter = took();
    private final LongAccumulator lastAnswer = new LongAccumulator(Math::max, Long.MIN_VALUE);
    private final Queue<UUID> ids = new ConcurrentLinkedQueue<>();
    private final long begun = System.nanoTime();
    private volatile long end;

    private Load(Candidate candidate, Sale sale, long most) {
        this.most = most;
        this.candidate = candidate;
        this.sale = sale;
        candidate.begin();
    }

    private static Took took() {
        return new Took(new ConcurrentHistogram(LONGEST, DIGITS), new ConcurrentHistogram(LONGEST, DIGITS));
    }

    /**
     * Runs a closed loop: each client sends its next request when it has the response.
     *
     * @param most the maximum number of requests, which may end the run early
     */
    public static Measured closed(Candidate candidate, Sale sale, int clients, Duration length, long most) {
        Load load = new Load(candidate, sale, most);
        load.end = load.begun + length.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                threads.execute(load::loop);
            }
        }
        if (load.doneAfter.sent().getTotalCount() + load.refused.sum() == 0) {
            throw new IllegalStateException(candidate.name() + " answers nothing at all");
        }
        return load.measured(length);
    }

    /**
     * Runs an open loop: requests start at random instants (Poisson), however long the responses take.
     *
     * @param perSecond more than 0
     */
    public static Measured open(Candidate candidate, Sale sale, double perSecond, Duration length) {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("no request a second of " + candidate.name());
        }
        Load load = new Load(candidate, sale, Long.MAX_VALUE);
        Random random = new Random(SEED);
        Semaphore underWay = new Semaphore(MOST_UNDER_WAY);
        long intended = load.begun;
        load.end = intended + length.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            while (true) {
                intended += (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
                if (intended >= load.end) {
                    break;
                }
                long early;
                while ((early = intended - System.nanoTime()) > 0) {
                    LockSupport.parkNanos(early);
                }
                underWay.acquireUninterruptibly();
                long from = intended;
                threads.execute(() -> {
                    try {
                        load.askOnce(from);
                    } finally {
                        underWay.release();
                    }
                });
            }
        }
        return load.measured(length);
    }

    private void loop() {
        long now;
        while ((now = System.nanoTime()) < end && next.get() < most) {
            askOnce(now);
        }
    }

    /** @param from the intended time of sending */
    private void askOnce(long from) {
        long sent = System.nanoTime();
        Answered answered = candidate.ask(sale, sale.numbers().of(next.getAndIncrement()));
        long now = System.nanoTime();
        lastAnswer.accumulate(now);
        switch (answered.kind()) {
            case DONE -> {
                note(doneAfter, from, sent, now);
                if (answered.id() != null) {
                    ids.add(answered.id());
                }
                if (now <= end) {
                    done.increment();
                }
            }
            case SAID_NO -> {
                note(doneAfter, from, sent, now);
                if (now <= end) {
                    saidNo.increment();
                }
            }
            case REFUSED -> {
                note(refusedAfter, from, sent, now);
                refused.increment();
                if (now - sent > LONG_WAIT) {
                    unsure.increment();
                }
            }
            case FAILED -> unsure.increment();
        }
    }

    private static void note(Took took, long from, long sent, long now) {
        took.intended().recordValue(Math.min(LONGEST, now - from));
        took.sent().recordValue(Math.min(LONGEST, now - sent));
    }

    private Measured measured(Duration length) {
        Set<UUID> made = new HashSet<>(ids);
        return new Measured(
                length.toNanos() / 1e9,
                (Math.max(end, lastAnswer.get()) - begun) / 1e9,
                done.sum(),
                refused.sum(),
                saidNo.sum(),
                unsure.sum(),
                doneAfter,
                refusedAfter,
                made,
                Map.of());
    }
}
