package org.openingminute.local.admission;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Runs many clients with a bounded number in parallel. */
final class LoadClients {

    private LoadClients() {}

    /** The work of one client. */
    @FunctionalInterface
    interface Client {
        void run(int number) throws Exception;
    }

    /** Runs the clients from number {@code first} on, {@code atOnce} in parallel. The first failure ends the run. */
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

    /** Runs all clients in parallel in the background; {@code join} throws the first failure. */
    static CompletableFuture<Void> runMeanwhile(int count, Client client) {
        return CompletableFuture.runAsync(
                () -> run(0, count, count, client), task -> Thread.ofVirtual().start(task));
    }
}
