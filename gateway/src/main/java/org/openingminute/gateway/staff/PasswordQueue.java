package org.openingminute.gateway.staff;

import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Verifies passwords, two at a time, because each verification takes memory and time. Clients with the fewest failures go first, so that a
 * crowd that guesses waits behind people who mistype. If too many wait, the last one is refused. Thread-safe.
 */
final class PasswordQueue {

    private static final int AT_ONCE = 2;
    private static final int WAITING_AT_MOST = 64;

    private final TreeSet<Turn> waiting =
            new TreeSet<>(Comparator.comparingInt(Turn::failures).thenComparingLong(Turn::arrival));
    private final Executor threads = Executors.newFixedThreadPool(
            AT_ONCE, Thread.ofPlatform().daemon().name("passwords-", 0).factory());
    private long arrivals;

    private record Turn(
            int failures,
            long arrival,
            Supplier<Optional<Member>> comparison,
            CompletableFuture<Optional<Member>> found) {}

    /**
     * Runs a verification in its turn, unless nobody waits for it any more.
     *
     * @param failures the recent failures of the client
     * @return the result, or an error {@link RejectedExecutionException} if the queue is full
     */
    Mono<Optional<Member>> compare(int failures, Supplier<Optional<Member>> comparison) {
        return Mono.defer(() -> {
            CompletableFuture<Optional<Member>> found = new CompletableFuture<>();
            Optional<Turn> refused = add(failures, comparison, found);
            if (refused.isPresent()) {
                refused.get().found.completeExceptionally(new RejectedExecutionException());
            } else {
                threads.execute(this::compareNext);
            }
            return Mono.fromFuture(found);
        });
    }

    /** @return the entry to refuse, if any, so that the queue has as many entries as scheduled tasks */
    private synchronized Optional<Turn> add(
            int failures, Supplier<Optional<Member>> comparison, CompletableFuture<Optional<Member>> found) {
        waiting.add(new Turn(failures, arrivals++, comparison, found));
        return waiting.size() > WAITING_AT_MOST ? Optional.ofNullable(waiting.pollLast()) : Optional.empty();
    }

    private synchronized @Nullable Turn next() {
        return waiting.pollFirst();
    }

    private void compareNext() {
        @Nullable Turn turn = next();
        if (turn != null) {
            // Runs on this thread, and not at all if it was cancelled.
            CompletableFuture<?> _ = turn.found.completeAsync(turn.comparison, Runnable::run);
        }
    }
}
