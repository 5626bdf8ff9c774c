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
 * Compares passwords, two at a time, because each takes memory and time. Whoever has failed least goes first, so that a crowd that
 * guesses waits behind those who mistype; where too many wait, the last is refused. Safe for use by many threads.
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
     * Makes a comparison when it is its turn, unless nobody waits for it any more.
     *
     * @param failures of whoever asks
     * @return what the comparison found, or an error {@link RejectedExecutionException} if it is not made
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

    /** @return who has to leave, so that there are as many to wait as there are tasks to come for them */
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
            // On this thread, and not if it was cancelled.
            CompletableFuture<?> _ = turn.found.completeAsync(turn.comparison, Runnable::run);
        }
    }
}
