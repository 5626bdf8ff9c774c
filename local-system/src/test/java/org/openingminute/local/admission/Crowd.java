package org.openingminute.local.admission;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Many people, so many of them at once. */
final class Crowd {

    private Crowd() {}

    /** What one of them does. */
    @FunctionalInterface
    interface Person {
        void come(int number) throws Exception;
    }

    /** Lets the numbers from {@code first} on come, {@code atOnce} at a time; the first failure ends it. */
    static void come(int first, int count, int atOnce, Person person) {
        AtomicInteger next = new AtomicInteger(first);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < Math.min(atOnce, count); i++) {
                threads.execute(() -> {
                    for (int number = next.getAndIncrement();
                            number < first + count && failure.get() == null;
                            number = next.getAndIncrement()) {
                        try {
                            person.come(number);
                        } catch (Throwable e) {
                            failure.compareAndSet(null, e);
                        }
                    }
                });
            }
        }
        Throwable firstFailure = failure.get();
        if (firstFailure != null) {
            throw new AssertionError(firstFailure.getMessage(), firstFailure);
        }
    }

    /** The same beside whoever goes on; {@code join} of it tells what went wrong. */
    static CompletableFuture<Void> comeMeanwhile(int count, Person person) {
        return CompletableFuture.runAsync(
                () -> come(0, count, count, person), task -> Thread.ofVirtual().start(task));
    }
}
