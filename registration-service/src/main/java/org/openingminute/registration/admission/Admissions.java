package org.openingminute.registration.admission;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.messaging.TraceContext;
import org.openingminute.registration.admission.AdmissionQueue.QueuedCommand;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Decisions;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.OrderCheck;
import org.springframework.stereotype.Service;

/**
 * The only way to change registrations and limits. Commands of a conference are decided in batches; each batch is one transaction under the
 * lock of that conference's inventory row, and no caller is answered before the commit. Repeated requests, and refusals that hold for all
 * callers, are answered from this instance's caches.
 */
@Service
public class Admissions {

    private final Map<String, AdmissionQueue> batches = new ConcurrentHashMap<>();
    private final List<Consumer<List<Registration>>> listeners = new CopyOnWriteArrayList<>();
    private final WaitingLimit limit = new WaitingLimit();
    private volatile QueueWatch watch = QueueWatch.NONE;
    /**
     * Runs the batches, one thread for each conference with commands. Platform threads, because virtual threads share
     * carriers: a batch that holds the lock would wait, after each of its statements, behind requests that will only be
     * refused.
     */
    private final ExecutorService executor = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("admission-", 1).factory());

    private final BatchRun run;
    private final ConferenceCache conferences;
    private final ReplyCache replyCache;
    private final RefusalCache refusals;
    private final AdmissionMetrics metrics;
    private final Ids ids;
    private final TraceContext traces;

    Admissions(
            BatchRun run,
            ConferenceCache conferences,
            ReplyCache replyCache,
            RefusalCache refusals,
            AdmissionMetrics metrics,
            Ids ids,
            TraceContext traces) {
        this.run = run;
        this.conferences = conferences;
        this.replyCache = replyCache;
        this.refusals = refusals;
        this.metrics = metrics;
        this.ids = ids;
        this.traces = traces;
        metrics.watch(batches.values(), limit);
    }

    /**
     * The idempotency key of a command: the client's, or a new one. A batch that lost the reply to its commit runs again,
     * finds what it saved by this key, and gives the same result.
     *
     * @param scope the call and what it acts on
     * @param sent the request's {@code Idempotency-Key}, if it has one
     * @throws Problem {@code malformed} where it has another form
     */
    public IdempotencyKey key(String scope, @Nullable String sent) {
        return new IdempotencyKey(
                scope, IdempotencyKey.optional(sent).orElseGet(() -> ids.next().toString()));
    }

    /**
     * Submits a command to the batches of its conference. A caller that stops waiting should cancel the result, so that a command that is
     * still queued frees its place.
     *
     * @throws Problem {@code unavailable} at once if the queue is full or too many requests for seats are waiting
     */
    public CompletableFuture<Result> submit(Command command) {
        Optional<Result> known = known(command);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        return command instanceof Command.Register register ? enqueueLimited(register) : enqueue(command);
    }

    private CompletableFuture<Result> enqueueLimited(Command.Register command) {
        AdmissionQueue queue = queue(command.conference());
        int most = watch.most(command.conference());
        if (!limit.tryEnter()) {
            throw shed(command, most);
        }
        if (!queue.tryEnter(most)) {
            limit.left(false);
            throw shed(command, most);
        }
        try {
            CompletableFuture<Result> answer = enqueue(command);
            var _ = answer.whenComplete((result, _) -> {
                limit.left(!answer.isCancelled());
                queue.leave();
                if (result == null) {
                    watch.refused(command.conference());
                } else {
                    watch.decided(command, result);
                }
            });
            return answer;
        } catch (Throwable e) {
            limit.left(false);
            queue.leave();
            watch.refused(command.conference());
            throw e;
        }
    }

    /**
     * Refuses a request because of load. While a waiting room bounds the queue, the time to retry is random, so that refused callers do not
     * return all at once.
     */
    private Problem shed(Command.Register command, int most) {
        metrics.shed();
        watch.refused(command.conference());
        Problem full = Problem.unavailable();
        return most == QueueWatch.UNBOUNDED
                ? full
                : full.retryAfter(Duration.ofSeconds(ThreadLocalRandom.current().nextInt(2, 7)));
    }

    private CompletableFuture<Result> enqueue(Command command) {
        CompletableFuture<Result> answer = queue(command.conference()).offer(run.prepare(command), traces.current());
        if (answer == null) {
            Problem full = Problem.unavailable();
            metrics.refused(full.code());
            throw full;
        }
        return answer;
    }

    /**
     * A command that a message listener submits.
     *
     * @param trace the trace headers of the message
     */
    public record ReceivedCommand(Command command, Map<String, String> trace) {}

    /**
     * Submits the commands of received messages. The commands of a conference are queued together, so that one batch takes up to 256 of
     * them.
     *
     * @return their results, in the same order
     */
    public List<CompletableFuture<Result>> submitAll(List<ReceivedCommand> received) {
        List<QueuedCommand> commands = received.stream()
                .map(one -> QueuedCommand.of(one.command(), one.trace()))
                .toList();
        commands.stream()
                .collect(Collectors.groupingBy(one -> one.command().conference()))
                .forEach((conference, of) -> {
                    if (!queue(conference).offer(of)) {
                        of.forEach(one -> one.answer().completeExceptionally(Problem.unavailable()));
                    }
                });
        return commands.stream().map(QueuedCommand::answer).toList();
    }

    /** Returns how long the oldest command has waited in this instance for a batch to begin; zero if none is waiting. */
    public Duration longestWait() {
        return Duration.ofNanos(batches.values().stream()
                .mapToLong(AdmissionQueue::longestWait)
                .max()
                .orElse(0));
    }

    private AdmissionQueue queue(String slug) {
        return batches.computeIfAbsent(
                slug,
                conference -> new AdmissionQueue(executor, batch -> {
                    watch.begins(conference, longestWait(batch));
                    run.run(conference, batch, decided -> committed(conference, decided));
                }));
    }

    private static Duration longestWait(List<QueuedCommand> batch) {
        long now = System.nanoTime();
        return Duration.ofNanos(batch.stream()
                .filter(one -> one.command() instanceof Command.Register)
                .mapToLong(one -> now - one.since())
                .max()
                .orElse(0));
    }

    /** Returns {@link #longestWait()} for one conference. */
    public Duration longestWait(String conference) {
        @Nullable AdmissionQueue queue = batches.get(conference);
        return queue == null ? Duration.ZERO : Duration.ofNanos(queue.longestWait());
    }

    /** Returns how long a caller waits for its command, who then gets {@code unavailable} and may repeat the same request. */
    public Duration giveUpAfter() {
        return run.giveUpAfter();
    }

    /**
     * Decides a command in the caller's transaction, as a batch of its own under the same lock as all others, and
     * caches nothing, because a dry run is rolled back.
     */
    public Result dryRun(Command command) {
        return run.dryRun(command);
    }

    /**
     * The effects of a command.
     *
     * @param seats by a limit's code, how many more seats would be held or sold (negative: fewer); unchanged limits are absent
     */
    public record Foreseen(Registration before, Registration after, Map<String, Integer> seats) {}

    /**
     * Decides a command on the current state of the database by the same rules as a batch, and changes nothing. The result includes what
     * follows automatically: a transfer that is marked as received counts as booked.
     *
     * @throws Problem the refusal that the command would get now
     */
    public Foreseen foresee(Command.AtRevision command) {
        return run.foresee(command);
    }

    /**
     * The effects of a sale at the desk.
     *
     * @param made the registration it would create; the actual one may get another number and other ids
     * @param seats as in {@link Foreseen}
     */
    public record ForeseenSale(Registration made, Map<String, Integer> seats) {}

    /**
     * Decides a sale at the desk without changing anything, like {@link #foresee(Command.AtRevision)}.
     *
     * @throws Problem the refusal that the command would get now
     */
    public ForeseenSale foresee(Command.SellAtDesk command) {
        return run.foresee(command);
    }

    private Optional<Result> known(Command command) {
        if (command instanceof Command.Repeatable repeatable) {
            Optional<SaleState.StoredReply> first = replyCache.find(repeatable.key());
            if (first.isPresent()) {
                return Optional.of(Decisions.again(first.get(), repeatable));
            }
        }
        return command instanceof Command.Register register
                ? tooLarge(register).or(() -> refusals.of(register)).map(Result.Refused::new)
                : Optional.empty();
    }

    /** Refuses an oversized request, which must take no room in the queue and no time under the lock. */
    private Optional<Problem> tooLarge(Command.Register command) {
        return OrderCheck.isTooLarge(command.request())
                ? conferences
                        .find(command.conference())
                        .map(conference -> Problem.invalid(
                                OrderCheck.check(conference.definition(), command.request(), AddressForm.DEPLOYED)))
                : Optional.empty();
    }

    /**
     * Registers a listener for the registrations that a batch of this instance has changed. It is called after the commit and before any
     * caller is answered, on the threads of all batches, and must return at once.
     */
    public void afterCommits(Consumer<List<Registration>> listener) {
        listeners.add(listener);
    }

    /** Sets the watch of this instance's queues, replacing the previous one. */
    public void watchedBy(QueueWatch other) {
        watch = other;
    }

    /** Observes requests for seats and may bound the queues further. Its methods are called by many threads and must return at once. */
    public interface QueueWatch {

        int UNBOUNDED = Integer.MAX_VALUE;

        QueueWatch NONE = new QueueWatch() {};

        /** Returns how many requests for a conference's seats may be in progress, queued or in a batch. */
        default int most(String conference) {
            return UNBOUNDED;
        }

        /** A request was refused for load, or was not decided: its batch failed, or its caller stopped waiting. */
        default void refused(String conference) {}

        /** A batch begins; {@code longestWait} is the longest wait of its requests for seats. */
        default void begins(String conference, Duration longestWait) {}

        /** A batch has decided a request. */
        default void decided(Command.Register command, Result answer) {}

        /** A batch has created registrations that used these admissions. */
        default void used(String conference, Collection<Admission> admissions) {}
    }

    /** Updates the caches of this instance after each commit of its batches, and notifies the listeners. */
    private void committed(String conference, BatchRun.Decided decided) {
        SaleState sale = decided.sale();
        replyCache.add(sale.newKeys());
        if (sale.conferenceChanged() && sale.conference() != null) {
            conferences.changed(sale.conference());
        }
        decided.answers().forEach(answer -> refusals.note(conference, answer));
        if (sale.inventory().freesForOthers()) {
            refusals.forget(conference);
            // No caller waits for this command.
            var _ = submit(new Command.SeatsFreed(conference));
        }
        watch.used(conference, sale.used().values());
        listeners.forEach(listener -> listener.accept(sale.changed()));
    }

    /**
     * Submits a command and waits for its result.
     *
     * @throws Problem the decision's refusal; {@code unavailable} if the database is away, and then the same request may be
     *     repeated with the same key
     */
    public Result execute(Command command) {
        Result answer = await(submit(command));
        if (answer instanceof Result.Refused(Problem problem)) {
            throw problem;
        }
        return answer;
    }

    /** Like {@link #execute}, for a result with a body that the client reads. */
    public Result.Done executeForReply(Command command) {
        if (execute(command) instanceof Result.Done done) {
            return done;
        }
        throw new IllegalStateException("no reply to " + command.getClass().getSimpleName());
    }

    private Result await(CompletableFuture<Result> answer) {
        try {
            return answer.get(giveUpAfter().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw Problem.unavailable();
        } catch (InterruptedException e) {
            answer.cancel(false);
            Thread.currentThread().interrupt();
            throw Problem.unavailable();
        }
    }

    @PreDestroy
    void close() {
        executor.close();
    }
}
