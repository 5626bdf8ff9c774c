package org.openingminute.local.admission;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Many clients, so many of them at once. */
final class LoadClients {

    private LoadClients() {}

    /** What one of them does. */
    @FunctionalInterface
    interface Client {
        void run(int number) throws Exception;
    }

    /** Runs the clients from number {@code first} on, {@code atOnce} at a time; the first failure ends it. */
    static void run(int first, int count, int atOnce, Client client) {
        AtomicInteger next = new AtomicInteger(first);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < Math.min(atOnce, count); i++) {
                threads.execute(() -> {
                    for (int number = next.getAndIncrement();
                            number < first + count && failure.get() == null;
                            number = next.getAndIncrement()) {
                        try {
                            client.run(number);
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

    /** The same beside the caller; {@code join} of it throws what went wrong. */
    static CompletableFuture<Void> runMeanwhile(int count, Client client) {
        return CompletableFuture.runAsync(
                () -> run(0, count, count, client), task -> Thread.ofVirtual().start(task));
    }
}
