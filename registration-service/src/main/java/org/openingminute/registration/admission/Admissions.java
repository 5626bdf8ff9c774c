package org.openingminute.registration.admission;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openingminute.messaging.Inbox;
import org.openingminute.messaging.MayPass;
import org.openingminute.messaging.OrderLock;
import org.openingminute.registration.admission.AdmissionBatch.Waiting;
import org.openingminute.registration.decision.Answer;
import org.openingminute.registration.decision.Ask;
import org.openingminute.registration.decision.Decisions;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.decision.ScopedKey;
import org.openingminute.registration.form.Addresses;
import org.openingminute.registration.web.Problem;
import org.openingminute.registration.web.ProblemCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The one way in which registrations and limits change. Asks of a conference are decided in batches, each one transaction
 * under the lock of that conference's inventory row; nobody is answered before the commit. Safe for all threads.
 *
 * <p>A batch that lost its transaction, or does not know whether it committed, runs again: keys and states tell what was
 * saved. One that fails because of what a request asks is halved, so that the request fails alone.
 */
@Service
public class Admissions {

    private static final Logger log = LoggerFactory.getLogger(Admissions.class);
    private static final Duration GIVE_UP = Duration.ofSeconds(8);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(9);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Map<String, AdmissionBatch> batches = new ConcurrentHashMap<>();
    private final Set<String> inventories = ConcurrentHashMap.newKeySet();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final BatchRepository repository;
    private final TransactionTemplate transaction;
    private final Inbox inbox;
    private final Decisions decisions;

    Admissions(BatchRepository repository, TransactionTemplate transaction, Inbox inbox, Decisions decisions) {
        this.repository = repository;
        this.transaction = transaction;
        this.inbox = inbox;
        this.decisions = decisions;
    }

    /**
     * Hands an ask to its conference's batch.
     *
     * @throws Problem {@code unavailable} at once when the queue is full
     */
    public CompletableFuture<Answer> submit(Ask ask) {
        CompletableFuture<Answer> answer = batches.computeIfAbsent(
                        ask.conference(),
                        conference -> new AdmissionBatch(executor, batch -> decide(conference, batch)))
                .offer(ask);
        if (answer == null) {
            throw unavailable();
        }
        return answer;
    }

    /**
     * Waits for what was decided.
     *
     * @throws Problem what the decision refused; {@code unavailable} if the database is away, and then the same request may
     *     be repeated with the same key
     */
    public Answer ask(Ask ask) {
        Answer answer = await(submit(ask));
        if (answer instanceof Answer.Refused(Problem problem)) {
            throw problem;
        }
        return answer;
    }

    /** Like {@link #ask}, for what is done with a body that the client reads. */
    public Answer.Done askForAnswer(Ask ask) {
        if (ask(ask) instanceof Answer.Done done) {
            return done;
        }
        throw new IllegalStateException(
                "nothing to tell about " + ask.getClass().getSimpleName());
    }

    private static Answer await(CompletableFuture<Answer> answer) {
        try {
            return answer.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw unavailable();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable();
        }
    }

    private void decide(String conference, List<Waiting> batch) {
        long giveUp = System.nanoTime() + GIVE_UP.toNanos();
        while (true) {
            try {
                if (inventories.add(conference)) {
                    repository.ensureInventory(conference);
                }
                List<Answer> answers = transaction.execute(status -> inTransaction(conference, batch));
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).answer().complete(answers.get(i));
                }
                return;
            } catch (RuntimeException e) {
                inventories.remove(conference);
                if (mayPass(e) && System.nanoTime() < giveUp) {
                    log.warn("A batch of {} begins again: {}", batch.size(), e.toString());
                    pause();
                } else if (mayPass(e)) {
                    batch.forEach(waiting -> waiting.answer().completeExceptionally(giveUp(waiting.ask(), e)));
                    return;
                } else if (batch.size() == 1) {
                    batch.getFirst().answer().completeExceptionally(e);
                    return;
                } else {
                    decide(conference, batch.subList(0, batch.size() / 2));
                    decide(conference, batch.subList(batch.size() / 2, batch.size()));
                    return;
                }
            }
        }
    }

    private List<Answer> inTransaction(String conference, List<Waiting> batch) {
        OrderLock lock = repository.lock(conference);
        Set<UUID> registrations = new LinkedHashSet<>();
        Set<ScopedKey> keys = new LinkedHashSet<>();
        Set<String> addresses = new LinkedHashSet<>();
        for (Waiting waiting : batch) {
            Ask ask = waiting.ask();
            if (ask instanceof Ask.OnRegistration on) {
                registrations.add(on.registration());
            }
            if (ask instanceof Ask.Repeatable repeatable) {
                keys.add(repeatable.key());
            }
            if (ask instanceof Ask.Register register) {
                addresses.addAll(Addresses.of(register.request()));
            }
        }
        SaleState sale = repository.read(conference, registrations, keys, addresses);
        List<Answer> answers = new ArrayList<>(batch.size());
        for (Waiting waiting : batch) {
            if (waiting.ask() instanceof Ask.PaymentNews news && !inbox.advances(news.message())) {
                answers.add(new Answer.Noted());
            } else {
                answers.add(decisions.decide(sale, waiting.ask()));
            }
        }
        repository.write(conference, lock, sale);
        return answers;
    }

    /** Whether the database, and not a request, is in the way. */
    private static boolean mayPass(RuntimeException e) {
        return (e instanceof DataAccessException || e instanceof TransactionException)
                && !(e instanceof DataIntegrityViolationException)
                && !(e instanceof org.springframework.jdbc.BadSqlGrammarException);
    }

    private static RuntimeException giveUp(Ask ask, RuntimeException cause) {
        return switch (ask) {
            case Ask.PaymentNews ignored -> new MayPass("the database is away", cause);
            case Ask.Register ignored -> unavailable();
            case Ask.Extend ignored -> unavailable();
            case Ask.Cancel ignored -> unavailable();
            case Ask.Refund ignored -> unavailable();
            case Ask.MarkPaid ignored -> unavailable();
            case Ask.ProofReceived ignored -> unavailable();
            case Ask.Review ignored -> unavailable();
            case Ask.AcceptOffer ignored -> unavailable();
            case Ask.HoldEnded ignored -> unavailable();
            case Ask.Define ignored -> unavailable();
            case Ask.SetSale ignored -> unavailable();
        };
    }

    private static Problem unavailable() {
        return new Problem(
                ProblemCode.UNAVAILABLE,
                "This cannot be done for a moment. Repeat it with the same key; nothing is lost.");
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @PreDestroy
    void close() {
        executor.close();
    }
}
