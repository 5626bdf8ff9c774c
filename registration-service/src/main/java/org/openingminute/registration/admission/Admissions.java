package org.openingminute.registration.admission;

import static java.util.Objects.requireNonNull;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.messaging.TraceContext;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Decisions;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.sale.OrderCheck;
import org.springframework.stereotype.Service;

/**
 * The one way in which registrations and limits change. Asks of a conference are decided in batches, each one transaction
 * under the lock of that conference's inventory row; nobody is answered before the commit. What this instance knows to be
 * answered without one, the same request again and a "no" that holds for all, it answers itself. Safe for all threads.
 */
@Service
public class Admissions {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(9);

    private final Map<String, AdmissionQueue> batches = new ConcurrentHashMap<>();
    /**
     * For the batches, one thread for each conference that is asked for something. Not virtual ones: those take turns, and a
     * batch with the lock in its hand would wait, after each of its statements, behind a crowd that is only told to come again.
     */
    private final ExecutorService executor = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("admission-", 1).factory());

    private final BatchRun run;
    private final ConferenceCache conferences;
    private final ReplyCache firstAnswers;
    private final RefusalCache refusals;
    private final AdmissionMetrics figures;
    private final Ids ids;
    private final TraceContext traces;

    Admissions(
            BatchRun run,
            ConferenceCache conferences,
            ReplyCache firstAnswers,
            RefusalCache refusals,
            AdmissionMetrics figures,
            Ids ids,
            TraceContext traces) {
        this.run = run;
        this.conferences = conferences;
        this.firstAnswers = firstAnswers;
        this.refusals = refusals;
        this.figures = figures;
        this.ids = ids;
        this.traces = traces;
        figures.watch(batches.values());
    }

    /**
     * The key of an ask whose client may send one: that, or a new one that is this ask's alone. By it a batch that did not hear
     * of its commit, and is run again, finds what it saved and gives the same answer.
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
     * Hands an ask to its conference's batch.
     *
     * @throws Problem {@code unavailable} at once when the queue is full
     */
    public CompletableFuture<Result> submit(Command ask) {
        Optional<Result> known = known(ask);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        CompletableFuture<Result> answer = batches.computeIfAbsent(
                        ask.conference(),
                        conference -> new AdmissionQueue(
                                executor, batch -> run.run(conference, batch, new Heard(conference))))
                .offer(ask, traces.current());
        if (answer == null) {
            Problem full = Problem.unavailable();
            figures.refused(full.code());
            throw full;
        }
        return answer;
    }

    /**
     * Decides an ask in the caller's transaction, as a batch of its own of one under the same lock as all others, and
     * remembers nothing of it: a dry run, which is to be rolled back.
     */
    public Result dryRun(Command ask) {
        return run.dryRun(ask);
    }

    private Optional<Result> known(Command ask) {
        if (ask instanceof Command.Repeatable repeatable) {
            Optional<SaleState.FirstAnswer> first = firstAnswers.find(repeatable.key());
            if (first.isPresent()) {
                return Optional.of(Decisions.again(first.get(), repeatable));
            }
        }
        return ask instanceof Command.Register register
                ? tooLarge(register).or(() -> refusals.of(register)).map(Result.Refused::new)
                : Optional.empty();
    }

    /** What is wrong by its size takes no room in the queue, and no time under the lock. */
    private Optional<Problem> tooLarge(Command.Register ask) {
        return OrderCheck.isTooLarge(ask.request())
                ? conferences
                        .find(ask.conference())
                        .map(conference -> Problem.invalid(OrderCheck.check(conference.definition(), ask.request())))
                : Optional.empty();
    }

    /** What this instance remembers of its batches. */
    private final class Heard implements BatchRun.Listener {

        private final String conference;

        Heard(String conference) {
            this.conference = conference;
        }

        @Override
        public void committed(BatchRun.Decided decided) {
            SaleState sale = decided.sale();
            firstAnswers.add(sale.newKeys());
            if (sale.conferenceChanged() && sale.conference() != null) {
                conferences.changed(sale.conference());
            }
            decided.answers().forEach(answer -> refusals.note(conference, answer));
            if (sale.stock().freesForOthers()) {
                refusals.forget(conference);
                // Nobody waits for this one.
                var _ = submit(new Command.SeatsFreed(conference));
            }
        }

        @Override
        public void notYet(AdmissionQueue.QueuedCommand waiting, Result.NotYet answer) {
            // Whoever asked has gone by then, as when the database's clock was put back and a second takes minutes.
            boolean tooLate = System.nanoTime() - waiting.since() > LONGEST_WAIT.toNanos();
            if (tooLate || !requireNonNull(batches.get(conference)).offerLater(waiting, answer.in())) {
                figures.refused(answer.otherwise().problem().code());
                waiting.answer().complete(answer.otherwise());
            }
        }
    }

    /**
     * Waits for what was decided.
     *
     * @throws Problem what the decision refused; {@code unavailable} if the database is away, and then the same request may
     *     be repeated with the same key
     */
    public Result ask(Command ask) {
        Result answer = await(submit(ask));
        if (answer instanceof Result.Refused(Problem problem)) {
            throw problem;
        }
        return answer;
    }

    /** Like {@link #ask}, for what is done with a body that the client reads. */
    public Result.Done askForAnswer(Command ask) {
        if (ask(ask) instanceof Result.Done done) {
            return done;
        }
        throw new IllegalStateException(
                "nothing to tell about " + ask.getClass().getSimpleName());
    }

    private static Result await(CompletableFuture<Result> answer) {
        try {
            return answer.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw Problem.unavailable();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable();
        }
    }

    @PreDestroy
    void close() {
        executor.close();
    }
}
