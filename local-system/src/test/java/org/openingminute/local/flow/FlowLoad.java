package org.openingminute.local.flow;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.flow.FlowClient.Finished;
import org.openingminute.local.flow.FlowClient.FlowFailed;
import org.openingminute.local.flow.MailSink.Confirmed;
import org.openingminute.local.load.WarmUp;

/** Runs many flows in parallel, in a closed or an open loop. Can be used once. */
final class FlowLoad {

    private static final Duration MAILS_OF_WARMING = Duration.ofMinutes(3);
    private static final long LONGEST = Duration.ofMinutes(2).toNanos();
    private static final int DIGITS = 3;
    private static final long SEED = 20_260_202;
    private static final long LOOK_AGAIN = Duration.ofMillis(20).toNanos();
    /** Several domains, because notification-service opens few connections per domain. */
    private static final int DOMAINS = 40;

    private final FlowClient client;
    private final MailSink sink;
    private final String name = ApiClient.newKey().substring(0, 8);
    private final AtomicLong next = new AtomicLong();
    private final Queue<Mailed> done = new ConcurrentLinkedQueue<>();
    private final LongAdder confirmed = new LongAdder();
    private final Map<String, LongAdder> failed = new ConcurrentHashMap<>();
    private final long begun = System.nanoTime();
    private volatile long end = Long.MAX_VALUE;

    FlowLoad(FlowClient client, MailSink sink) {
        this.client = client;
        this.sink = sink;
    }

    /** A finished flow, the time of its confirmation, and the address of its mail. */
    private record Mailed(Finished finished, long confirmed, String email) {}

    /** Runs a closed loop: each client starts its next flow when the previous one is confirmed. */
    Generated closed(int clients, Duration length, Duration drain) {
        end = begun + length.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                threads.execute(this::loop);
            }
        }
        return generated(drain);
    }

    /** Runs a number of flows. Each client starts its next flow when the previous one's mail has arrived or the flow has failed. */
    Generated flows(int number, int clients, Duration patience) {
        AtomicInteger left = new AtomicInteger(number);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                threads.execute(() -> {
                    while (left.getAndDecrement() > 0) {
                        awaitMail(once(System.nanoTime()), System.nanoTime() + patience.toNanos());
                    }
                });
            }
        }
        end = System.nanoTime();
        return generated(Duration.ZERO);
    }

    /** Runs an open loop: flows start at random instants (Poisson), however long they take. */
    Generated open(double perSecond, Duration length, Duration drain) {
        end = begun + length.toNanos();
        Random random = new Random(SEED);
        long intended = begun;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            while (true) {
                intended += (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
                if (intended >= end) {
                    break;
                }
                long early;
                while ((early = intended - System.nanoTime()) > 0) {
                    LockSupport.parkNanos(early);
                }
                long from = intended;
                threads.execute(() -> once(from));
            }
        }
        return generated(drain);
    }

    /** Reads in a closed loop: each client sends the next request when it has the response. */
    Generated read(Reading reading, int clients, Duration length) {
        end = begun + length.toNanos();
        Recorder took = new Recorder(LONGEST, DIGITS);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                threads.execute(() -> {
                    long from;
                    while ((from = System.nanoTime()) < end) {
                        try {
                            client.read(reading);
                            took.recordValue(Math.min(LONGEST, System.nanoTime() - from));
                            confirmed.increment();
                        } catch (FlowFailed e) {
                            fail(e);
                        }
                    }
                });
            }
        }
        Map<Step, Histogram> histograms = histograms();
        histograms.put(Step.READ, took.getIntervalHistogram());
        return new Generated(
                (end - begun) / 1e9,
                confirmed.sum(),
                confirmed.sum(),
                0,
                0,
                0,
                0,
                0,
                0,
                failures(),
                Generated.packed(histograms));
    }

    /**
     * Runs a closed loop until it gets no faster, then waits for its mails, which would delay those of a measurement. Returns the rate per
     * second of each window.
     */
    List<Double> warm(int clients, Duration window, Duration most) throws InterruptedException {
        List<Double> rates;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                threads.execute(this::loop);
            }
            try {
                rates = WarmUp.rates(
                        () -> {
                            long before = confirmed.sum();
                            Thread.sleep(window);
                            return (confirmed.sum() - before) * 1e3 / window.toMillis();
                        },
                        most);
            } finally {
                end = System.nanoTime();
            }
        }
        long giveUp = System.nanoTime() + MAILS_OF_WARMING.toNanos();
        done.forEach(one -> awaitMail(one, giveUp));
        return rates;
    }

    private void loop() {
        long now;
        while ((now = System.nanoTime()) < end) {
            once(now);
        }
    }

    private @Nullable Mailed once(long from) {
        long number = next.getAndIncrement();
        String email = "f" + number + "." + name + "@d" + number % DOMAINS + ".example.org";
        try {
            Finished finished = client.run(email, from);
            Mailed mailed = new Mailed(finished, System.nanoTime(), email);
            done.add(mailed);
            confirmed.increment();
            return mailed;
        } catch (FlowFailed e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    private Generated generated(Duration drain) {
        long giveUp = System.nanoTime() + drain.toNanos();
        done.forEach(one -> awaitMail(one, giveUp));
        double drained = Math.max(0, System.nanoTime() - end) / 1e9;
        Map<Step, Histogram> took = histograms();
        long finished = 0;
        long mailed = 0;
        long unmailed = 0;
        long twice = 0;
        long polls = 0;
        long repeated = 0;
        for (Mailed one : done) {
            finished += one.confirmed() <= end ? 1 : 0;
            polls += one.finished().polls();
            repeated += one.finished().repeated();
            one.finished().took().forEach((step, nanos) -> took.get(step).recordValue(Math.min(LONGEST, nanos)));
            @Nullable Confirmed mail = sink.confirmed(one.email());
            if (mail == null) {
                unmailed++;
            } else {
                mailed += mail.at() <= end ? 1 : 0;
                twice += mail.mails() > 1 ? 1 : 0;
                took.get(Step.MAIL)
                        .recordValue(Math.clamp(mail.at() - one.finished().clicked(), 0, LONGEST));
            }
        }
        return new Generated(
                (end - begun) / 1e9,
                finished,
                done.size(),
                mailed,
                unmailed,
                twice,
                drained,
                polls,
                repeated,
                failures(),
                Generated.packed(took));
    }

    private static Map<Step, Histogram> histograms() {
        Map<Step, Histogram> histograms = new EnumMap<>(Step.class);
        for (Step step : Step.values()) {
            histograms.put(step, new Histogram(LONGEST, DIGITS));
        }
        return histograms;
    }

    private void fail(FlowFailed why) {
        failed.computeIfAbsent(why.getMessage(), _ -> new LongAdder()).increment();
    }

    private Map<String, Long> failures() {
        Map<String, Long> failures = new TreeMap<>();
        failed.forEach((kind, count) -> failures.put(kind, count.sum()));
        return failures;
    }

    private void awaitMail(@Nullable Mailed one, long giveUp) {
        while (one != null && sink.confirmed(one.email()) == null && System.nanoTime() < giveUp) {
            LockSupport.parkNanos(LOOK_AGAIN);
        }
    }
}
