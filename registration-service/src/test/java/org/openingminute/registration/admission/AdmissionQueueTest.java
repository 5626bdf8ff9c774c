package org.openingminute.registration.admission;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.AdmissionQueue.QueuedCommand;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.sale.RegistrationRequest;

/** Proves how commands gather in batches, with the queue alone: the test's executor lets commands arrive during a "commit". */
class AdmissionQueueTest {

    private final Deque<Runnable> started = new ConcurrentLinkedDeque<>();
    private final List<List<Command>> batches = new ArrayList<>();
    private Runnable meanwhile = () -> {};
    private volatile Executor executor = started::add;

    private Runnable gathering = () -> {};

    private final AdmissionQueue queue =
            new AdmissionQueue(task -> executor.execute(task), this::commit, () -> gathering.run());

    private void commit(List<QueuedCommand> batch) {
        batches.add(batch.stream().map(QueuedCommand::command).toList());
        Runnable comesMeanwhile = meanwhile;
        meanwhile = () -> {};
        comesMeanwhile.run();
        batch.forEach(waiting -> waiting.answer().complete(new Result.Noted()));
    }

    @Test
    void a_quiet_queue_starts_a_batch_at_once() {
        queue.offer(seat(), Map.of());
        assertThat(started).hasSize(1);
        started.remove().run();
        assertThat(batches).hasSize(1);

        queue.offer(seat(), Map.of());
        assertThat(started).hasSize(1);
    }

    @Test
    void commands_during_a_commit_form_the_next_batch_of_256_at_most() {
        queue.offer(seat(), Map.of());
        meanwhile = () -> offer(300);
        started.remove().run();

        assertThat(batches.stream().map(List::size)).containsExactly(1, 256, 44);
        assertThat(started).isEmpty();
    }

    @Test
    void longest_wait_is_that_of_the_oldest_queued_command() {
        long before = System.nanoTime();
        queue.offer(seat(), Map.of());
        AtomicLong afterTheFirst = new AtomicLong();
        meanwhile = () -> {
            assertThat(queue.longestWait()).isZero();
            afterTheFirst.set(System.nanoTime());
            offer(1);
            LockSupport.parkNanos(1_000_000);
            offer(1);
            assertThat(queue.longestWait()).isBetween(1_000_000L, System.nanoTime() - afterTheFirst.get());
        };
        assertThat(queue.longestWait()).isBetween(1L, System.nanoTime() - before);
        started.remove().run();
        assertThat(afterTheFirst).hasPositiveValue();
        assertThat(queue.longestWait()).isZero();
    }

    @Test
    void after_a_batch_of_several_the_next_waits_for_company() {
        offer(1);
        offer(1);
        meanwhile = () -> offer(1);
        gathering = () -> {
            gathering = () -> {};
            offer(2);
        };
        started.remove().run();
        assertThat(batches.stream().map(List::size)).containsExactly(2, 3);

        batches.clear();
        gathering = () -> offer(1);
        offer(1);
        started.remove().run();
        assertThat(batches.stream().map(List::size)).containsExactly(1);
    }

    @Test
    void commands_of_a_poll_are_one_batch() {
        List<QueuedCommand> poll = IntStream.range(0, 3)
                .mapToObj(_ -> QueuedCommand.of(new Command.HoldEnded("c", UUID.randomUUID()), Map.of()))
                .toList();
        executor = Runnable::run;

        assertThat(queue.offer(poll)).isTrue();

        assertThat(batches.stream().map(List::size)).containsExactly(3);
    }

    /** The order of ready threads is up to the scheduler, so most of many rounds have to succeed. */
    @Test
    void a_caller_that_asks_again_is_in_the_next_batch() throws Exception {
        int rounds = 50;
        int inTheNext = 0;
        for (int i = 0; i < rounds; i++) {
            batches.clear();
            Command again = seat();
            CompletableFuture<Result> answer = requireNonNull(queue.offer(seat(), Map.of()));
            Thread client = Thread.ofVirtual().start(() -> {
                answer.join();
                queue.offer(again, Map.of());
            });
            await().atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> client.getState() == Thread.State.WAITING);
            meanwhile = () -> queue.offer(seat(), Map.of());
            started.remove().run();
            client.join();
            inTheNext += batches.get(1).contains(again) ? 1 : 0;
            while (!started.isEmpty()) {
                started.remove().run();
            }
        }
        assertThat(inTheNext).isGreaterThan(rounds / 2);
    }

    @Test
    void out_of_memory_asks_all_callers_to_retry() {
        CompletableFuture<Result> asked = requireNonNull(queue.offer(seat(), Map.of()));
        meanwhile = () -> {
            throw new OutOfMemoryError("as it may be");
        };
        started.remove().run();

        assertThat(asked).isCompletedExceptionally();
        assertThatThrownBy(asked::join).hasCauseInstanceOf(Problem.class);
    }

    @Test
    void expiry_precedes_registrations_in_the_queue() {
        offer(3);
        Command.HoldEnded ended = new Command.HoldEnded("c", UUID.randomUUID());
        queue.offer(ended, Map.of());
        started.remove().run();

        assertThat(batches.getFirst().getFirst()).isEqualTo(ended);
    }

    @Test
    void full_queue_refuses_registrations_but_no_priority_command() {
        offer(AdmissionQueue.ROOM);
        assertThat(queue.offer(seat(), Map.of())).isNull();
        assertThat(queue.offer(new Command.HoldEnded("c", UUID.randomUUID()), Map.of()))
                .isNotNull();
        assertThat(queue.depth()).isEqualTo(AdmissionQueue.ROOM + 1);
    }

    @Test
    void abandoned_command_leaves_before_its_batch() {
        Command wanted = seat();
        requireNonNull(queue.offer(seat(), Map.of())).cancel(false);
        queue.offer(wanted, Map.of());
        requireNonNull(queue.offer(seat(), Map.of())).cancel(false);
        started.remove().run();

        assertThat(batches).containsExactly(List.of(wanted));
        assertThat(queue.depth()).isZero();
    }

    @Test
    void abandoned_commands_do_not_count_against_the_limit() {
        for (int i = 0; i < AdmissionQueue.ROOM; i++) {
            requireNonNull(queue.offer(seat(), Map.of())).cancel(false);
        }
        assertThat(queue.offer(seat(), Map.of())).isNotNull();
        assertThat(queue.depth()).isEqualTo(1);
    }

    @Test
    void a_failed_batch_does_not_stop_the_next() {
        CompletableFuture<Result> first = queue.offer(seat(), Map.of());
        CompletableFuture<Result>[] second = newArray();
        meanwhile = () -> {
            second[0] = queue.offer(seat(), Map.of());
            throw new StackOverflowError();
        };
        started.remove().run();

        assertThat(first).isNotNull();
        assertThatThrownBy(first::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StackOverflowError.class);
        assertThat(second[0]).isCompleted();
    }

    @Test
    void callers_get_an_answer_when_no_batch_can_be_started() {
        for (Throwable cannot : List.of(
                new RejectedExecutionException("closed"), new OutOfMemoryError("unable to create native thread"))) {
            executor = _ -> throwIt(cannot);
            assertThatThrownBy(() -> queue.offer(seat(), Map.of()).join()).hasCauseInstanceOf(Problem.class);
            assertThat(queue.offer(new Command.HoldEnded("c", UUID.randomUUID()), Map.of()))
                    .isCompletedExceptionally();
            assertThat(queue.depth()).isZero();

            executor = started::add;
            CompletableFuture<Result> served = queue.offer(seat(), Map.of());
            started.remove().run();
            assertThat(served).isCompletedWithValue(new Result.Noted());
        }
    }

    private static void throwIt(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) e;
    }

    @SuppressWarnings("unchecked")
    private static CompletableFuture<Result>[] newArray() {
        return new CompletableFuture[1];
    }

    private void offer(int seats) {
        for (int i = 0; i < seats; i++) {
            assertThat(queue.offer(seat(), Map.of())).isNotNull();
        }
    }

    private static Command seat() {
        return new Command.Register(
                "c",
                new IdempotencyKey("register:c", UUID.randomUUID().toString()),
                new RequestHash("0"),
                new RegistrationRequest(null, null, null, null, null, null));
    }
}
