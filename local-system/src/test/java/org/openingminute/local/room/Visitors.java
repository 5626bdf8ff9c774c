package org.openingminute.local.room;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The visitors of one opening, each a thread that mostly sleeps, and what they saw, after they have left. */
final class Visitors implements AutoCloseable {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Visitor> all = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong admitted = new AtomicLong();
    private final long opened = System.nanoTime();
    private final Thread doors;

    /**
     * Starts the visitors.
     *
     * @param plans the plans in the order of arrival
     */
    Visitors(FrontDoor door, Watch watch, String slug, List<Crowd.Plan> plans) {
        plans.forEach(plan -> all.add(new Visitor(door, slug, plan, watch::isSoldOut, admitted)));
        doors = Thread.ofVirtual().start(this::come);
    }

    private void come() {
        try {
            for (Visitor visitor : all) {
                TimeUnit.NANOSECONDS.sleep(opened + visitor.comesAfter() - System.nanoTime());
                threads.execute(() -> visit(visitor));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void visit(Visitor visitor) {
        try {
            visitor.visit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    /** The start of the opening, by {@link System#nanoTime}. */
    long opened() {
        return opened;
    }

    /** The number of visitors who are or were admitted. */
    long admittedSoFar() {
        return admitted.get();
    }

    /** Waits until all visitors have come and left. */
    void awaitEnd(Duration limit) throws InterruptedException {
        doors.join();
        threads.shutdown();
        if (!threads.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("visitors are still there after " + limit + ", of the others: " + ends());
        }
    }

    /** Asserts that every response was as promised. */
    void assertNoneFailed() {
        failures.stream().findFirst().ifPresent(first -> {
            throw new AssertionError(failures.size() + " visitors failed, one with " + first, first);
        });
    }

    Map<Visitor.End, Long> ends() {
        Map<Visitor.End, Long> ends = new EnumMap<>(Visitor.End.class);
        all.stream()
                .map(visitor -> visitor.end)
                .filter(end -> end != null)
                .forEach(end -> ends.merge(end, 1L, Long::sum));
        return ends;
    }

    /** The seats of visitors who paid. */
    long seats() {
        return all.stream()
                .filter(visitor -> visitor.end == Visitor.End.CONFIRMED)
                .mapToLong(Visitor::seats)
                .sum();
    }

    long count(Predicate<Visitor> which) {
        return all.stream().filter(which).count();
    }

    Stream<Visitor> stream() {
        return all.stream();
    }

    /** A quantile of some duration of the visitors, in seconds. Visitors with the value 0 are ignored. */
    double seconds(double share, ToLongFunction<Visitor> nanos) {
        long[] sorted =
                all.stream().mapToLong(nanos).filter(one -> one != 0).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1e9;
    }

    /** The registrations in each minute after the opening. */
    int[] registeredByMinute() {
        int[] minutes = new int
                [(int) (LongStream.of(ofRegistered()).map(this::minute).max().orElse(0) + 1)];
        Arrays.stream(ofRegistered()).forEach(at -> minutes[(int) minute(at)]++);
        return minutes;
    }

    /** When a minute after the opening starts, by {@link System#nanoTime}. */
    long startOfMinute(int minute) {
        return opened + minute * MINUTE;
    }

    private long[] ofRegistered() {
        return all.stream()
                .mapToLong(visitor -> visitor.registered)
                .filter(at -> at != 0)
                .toArray();
    }

    private long minute(long at) {
        return (at - opened) / SECOND / 60;
    }

    /** The number of visitors whose number is below that of somebody who had a place more than a second before they asked for theirs. */
    long inversions() {
        return behind(visitor -> visitor.number, visitor -> visitor.number, 0);
    }

    /**
     * The number of visitors who were admitted more than a second before somebody ahead of them was told to wait. Those ahead had a place
     * more than a second before the visitor asked for one.
     */
    long overtaking() {
        return behind(
                visitor -> visitor.lastWaited,
                visitor -> visitor.admitted == 0 ? Long.MAX_VALUE : visitor.admitted,
                SECOND);
    }

    /** The number of visitors whose value is below the highest of those who had a place more than a second before they asked for one. */
    private long behind(ToLongFunction<Visitor> most, ToLongFunction<Visitor> own, long tolerance) {
        List<Visitor> byGiven = all.stream()
                .sorted(Comparator.comparingLong(visitor -> visitor.given))
                .toList();
        List<Visitor> byAsked = all.stream()
                .sorted(Comparator.comparingLong(visitor -> visitor.asked))
                .toList();
        long behind = 0;
        long highest = Long.MIN_VALUE;
        int before = 0;
        for (Visitor visitor : byAsked) {
            for (; before < byGiven.size() && byGiven.get(before).given < visitor.asked - SECOND; before++) {
                highest = Math.max(highest, most.applyAsLong(byGiven.get(before)));
            }
            if (highest != Long.MIN_VALUE && own.applyAsLong(visitor) < highest - tolerance) {
                behind++;
            }
        }
        return behind;
    }

    @Override
    public void close() {
        doors.interrupt();
        threads.shutdownNow();
        threads.close();
    }
}
