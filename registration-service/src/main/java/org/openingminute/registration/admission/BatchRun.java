package org.openingminute.registration.admission;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.TransientFailure;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.registration.admission.AdmissionQueue.QueuedCommand;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Decisions;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Registration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs a batch to its end: one transaction under the lock of the conference's inventory row. No caller is answered before the commit.
 *
 * <p>A batch whose transaction was lost, or may have committed, runs again; keys and states show what was saved. A batch that ran out of
 * time, or that failed because of a request, is halved. In the end, only the request at fault fails.
 */
@Component
class BatchRun {

    /** How long a batch is tried, and a caller waits for its command, in production. */
    static final Duration GIVE_UP = Duration.ofSeconds(8);

    private static final Logger log = LoggerFactory.getLogger(BatchRun.class);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Set<String> inventories = ConcurrentHashMap.newKeySet();
    private final BatchRepository repository;
    private final BatchWriter writer;
    private final TransactionTemplate transaction;
    private final Decisions decisions;
    private final BusinessClock clock;
    private final AdmissionMetrics metrics;
    private final Duration giveUpAfter;

    /** @param environment may have {@code admission.give-up-after}, with which tests wait longer than a busy machine stands still */
    BatchRun(
            BatchRepository repository,
            BatchWriter writer,
            TransactionTemplate transaction,
            Decisions decisions,
            BusinessClock clock,
            AdmissionMetrics metrics,
            Environment environment) {
        this.repository = repository;
        this.writer = writer;
        this.transaction = transaction;
        this.decisions = decisions;
        this.clock = clock;
        this.metrics = metrics;
        this.giveUpAfter = environment.getProperty("admission.give-up-after", Duration.class, GIVE_UP);
    }

    Duration giveUpAfter() {
        return giveUpAfter;
    }

    /** Receives the outcome of a batch. */
    @FunctionalInterface
    interface Listener {

        /** Called after the commit, before any caller is answered. */
        void committed(Decided decided);
    }

    /** The state of the sale after the batch, and a result for each command. */
    record Decided(SaleState sale, List<Result> answers) {}

    /**
     * Decides, commits and answers.
     *
     * @param batch the commands, all of one conference
     * @param listener called after each commit, before any caller is answered
     */
    void run(String conference, List<QueuedCommand> batch, Listener listener) {
        run(conference, batch, listener, giveUpAfter);
    }

    /** @param longest how long the batch is tried */
    void run(String conference, List<QueuedCommand> batch, Listener listener, Duration longest) {
        long now = System.nanoTime();
        metrics.begins(batch.size());
        batch.forEach(waiting -> metrics.waited(now - waiting.since()));
        new BatchAttempt(conference, listener, now + longest.toNanos()).run(batch);
    }

    /** Runs a batch and its halves until all commands are answered or the time is up. */
    private final class BatchAttempt {

        private final String conference;
        private final Listener listener;
        private final long giveUpAt;

        BatchAttempt(String conference, Listener listener, long giveUpAt) {
            this.conference = conference;
            this.listener = listener;
            this.giveUpAt = giveUpAt;
        }

        void run(List<QueuedCommand> batch) {
            try {
                commit(batch);
            } catch (RuntimeException e) {
                CommitFailure failure = CommitFailure.of(e);
                metrics.again(failure);
                inventories.remove(conference);
                switch (failure) {
                    case LOCK_NOT_FREE -> again(batch, e);
                    case DATABASE_AWAY -> {
                        pause();
                        again(batch, e);
                    }
                    case NO_PARTITION -> {
                        makePartitions();
                        again(batch, e);
                    }
                    case OUT_OF_TIME -> {
                        if (batch.size() == 1) {
                            again(batch, e);
                        } else {
                            halve(batch, e);
                        }
                    }
                    case REQUEST -> {
                        if (batch.size() == 1) {
                            batch.getFirst().answer().completeExceptionally(e);
                        } else {
                            halve(batch, e);
                        }
                    }
                }
            }
        }

        private void makePartitions() {
            try {
                repository.makePartitions();
            } catch (DataAccessException e) {
                log.warn("Today's partition for keys could not be created: {}", RedactedException.types(e));
                pause();
            }
        }

        private void again(List<QueuedCommand> batch, RuntimeException cause) {
            // An interrupted thread has to end, and its waits would be interrupted again.
            if (System.nanoTime() < giveUpAt && !Thread.currentThread().isInterrupted()) {
                log.warn("Running a batch of {} commands again: {}", batch.size(), RedactedException.types(cause));
                run(batch);
            } else {
                batch.forEach(waiting -> waiting.answer().completeExceptionally(notDone(waiting.command(), cause)));
            }
        }

        private void halve(List<QueuedCommand> batch, RuntimeException cause) {
            if (System.nanoTime() >= giveUpAt) {
                again(batch, cause);
                return;
            }
            log.warn("Halving a batch of {} commands: {}", batch.size(), RedactedException.types(cause));
            run(batch.subList(0, batch.size() / 2));
            run(batch.subList(batch.size() / 2, batch.size()));
        }

        /** If the connection is broken the rollback fails as well; the first failure, which is the cause, is thrown. */
        private Decided inTransaction(List<QueuedCommand> batch) {
            AtomicReference<@Nullable RuntimeException> first = new AtomicReference<>();
            try {
                return requireNonNull(transaction.execute(status -> {
                    try {
                        return decide(conference, batch);
                    } catch (RuntimeException e) {
                        first.set(e);
                        throw e;
                    }
                }));
            } catch (RuntimeException e) {
                @Nullable RuntimeException cause = first.get();
                throw cause == null ? e : cause;
            }
        }

        private void commit(List<QueuedCommand> batch) {
            if (inventories.add(conference)) {
                repository.ensureInventory(conference);
            }
            long begun = System.nanoTime();
            Decided decided = inTransaction(batch);
            metrics.committed(Duration.ofNanos(System.nanoTime() - begun));
            if (decided.sale().clockSetBack()) {
                metrics.clockSetBack();
                log.warn("The database's clock was set back; a batch of {} follows it", conference);
            }
            listener.committed(decided);
            for (int i = 0; i < batch.size(); i++) {
                Result answer = decided.answers().get(i);
                if (answer instanceof Result.Refused(Problem problem)) {
                    metrics.decidedAgainst(problem.code());
                }
                batch.get(i).answer().complete(answer);
            }
        }
    }

    /** Decides and writes one command in the running transaction. The caller rolls it back, so nothing is published. */
    Result dryRun(Command command) {
        return decide(command.conference(), List.of(QueuedCommand.of(command, Map.of())))
                .answers()
                .getFirst();
    }

    /** Decides a command on the current state. Nothing is locked, written or published. */
    Admissions.Foreseen foresee(Command.AtRevision command) {
        SaleState sale = repository.readWithoutLock(command.conference(), List.of(command.registration()), List.of());
        @Nullable Registration before = sale.registration(command.registration());
        if (before == null) {
            throw Problem.notFound();
        }
        Map<String, Integer> seats = foresee(sale, command);
        return new Admissions.Foreseen(before, requireNonNull(sale.registration(before.id())), seats);
    }

    /** Decides a sale at the desk in the same way. */
    Admissions.ForeseenSale foresee(Command.SellAtDesk command) {
        SaleState sale = repository.readWithoutLock(command.conference(), List.of(), List.of(command.order()));
        Map<String, Integer> seats = foresee(sale, command);
        return new Admissions.ForeseenSale(sale.created().getFirst(), seats);
    }

    /** Returns how many more seats of each limit would be held or sold. */
    private Map<String, Integer> foresee(SaleState sale, Command.Repeatable command) {
        Map<QuotaKey, Integer> sums = Map.copyOf(sale.inventory().sums());
        if (decisions.foresee(sale, command) instanceof Result.Refused(Problem problem)) {
            throw problem;
        }
        Map<String, Integer> seats = new TreeMap<>();
        sale.inventory().changed().forEach((key, now) -> seats.put(key.code(), now.sum() - sums.getOrDefault(key, 0)));
        seats.values().removeIf(change -> change == 0);
        return seats;
    }

    private Decided decide(String conference, List<QueuedCommand> batch) {
        OrderLock lock = repository.lock(conference);
        SaleState sale = read(lock, conference, batch);
        Deque<Message> advancing = repository.advancing(reports(batch));
        List<Result> answers = new ArrayList<>(batch.size());
        for (QueuedCommand waiting : batch) {
            int messageCount = sale.messageCount();
            if (waiting.command() instanceof Command.PaymentReported reported
                    && !isNext(reported.message(), advancing)) {
                answers.add(new Result.Noted());
            } else {
                answers.add(decisions.decide(sale, waiting.command()));
            }
            sale.traceMessages(waiting.trace(), messageCount);
        }
        writer.write(conference, lock, sale);
        return new Decided(sale, answers);
    }

    private static List<Message> reports(List<QueuedCommand> batch) {
        return batch.stream()
                .map(QueuedCommand::command)
                .filter(Command.PaymentReported.class::isInstance)
                .map(command -> ((Command.PaymentReported) command).message())
                .toList();
    }

    /** Whether a message is the next one that advances; if so, it is removed from them. */
    @SuppressWarnings("ReferenceEquality") // two deliveries of an event are equal, and one of them advances
    private static boolean isNext(Message message, Deque<Message> advancing) {
        if (advancing.peek() != message) {
            return false;
        }
        advancing.remove();
        return true;
    }

    private SaleState read(OrderLock lock, String conference, List<QueuedCommand> batch) {
        Set<UUID> registrations = new LinkedHashSet<>();
        Set<IdempotencyKey> keys = new LinkedHashSet<>();
        List<Command.Register> requests = new ArrayList<>();
        for (QueuedCommand waiting : batch) {
            Command command = waiting.command();
            if (command instanceof Command.OnRegistration on) {
                registrations.add(on.registration());
            }
            if (command instanceof Command.Repeatable repeatable) {
                keys.add(repeatable.key());
            }
            if (command instanceof Command.Register register) {
                requests.add(register);
            }
            if (command instanceof Command.SellAtDesk sold) {
                requests.add(sold.order());
            }
        }
        boolean mayCountAddresses = batch.stream().map(QueuedCommand::command).anyMatch(BatchRun::countsAddresses);
        if (mayCountAddresses
                && !repository
                        .lockedConference(conference)
                        .filter(BatchRun::countsAddresses)
                        .isPresent()) {
            writer.fillAttendees(conference);
        }
        return repository.read(lock, conference, registrations, keys, requests, mayCountAddresses);
    }

    private static boolean countsAddresses(Command command) {
        return command instanceof Command.Define define
                && define.definition().registration().onePerAddress();
    }

    private static boolean countsAddresses(Conference conference) {
        return conference.definition().registration().onePerAddress();
    }

    /** Does as much as possible on the caller's thread, before the lock; returns the command with what was decided. */
    Command prepare(Command command) {
        try {
            Optional<Conference> now = countsAddresses(command) || command instanceof Command.Register
                    ? repository.recentConference(command.conference())
                    : Optional.empty();
            if (command instanceof Command.Register register) {
                return now.map(conference -> decisions.prepare(conference, register, clock.now()))
                        .orElse(register);
            }
            if (now.filter(conference -> !countsAddresses(conference)).isPresent()) {
                writer.fillAttendees(command.conference());
            }
            return command;
        } catch (DataAccessException e) {
            // The batch does the preparation itself, and retries for longer.
            return command;
        }
    }

    /** Returns the exception for a caller that may repeat its command: either nothing was done, or the key leads to the result. */
    static RuntimeException notDone(Command command, Throwable cause) {
        return command instanceof Command.PaymentReported
                ? new TransientFailure("the command could not be decided", cause)
                : Problem.unavailable();
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The reason why a batch did not commit, or may not have committed. */
    enum CommitFailure {
        /** Another batch held the lock past the time-out. */
        LOCK_NOT_FREE,
        /** The server ended the transaction: it was too slow, or this process was paused. */
        OUT_OF_TIME,
        /** The server's clock has moved past the last partition. */
        NO_PARTITION,
        /** The server does not answer, or the reply to the commit was lost. */
        DATABASE_AWAY,
        /** A request of the batch cannot be executed. */
        REQUEST;

        private static final String LOCK_NOT_AVAILABLE = "55P03";
        private static final String TRANSACTION_TIMEOUT = "25P04";
        private static final String CHECK_VIOLATION = "23514";

        static CommitFailure of(RuntimeException e) {
            @Nullable SQLException sql = sqlOf(e);
            String state = sql == null || sql.getSQLState() == null ? "" : sql.getSQLState();
            if (state.equals(LOCK_NOT_AVAILABLE)) {
                return LOCK_NOT_FREE;
            }
            if (state.equals(TRANSACTION_TIMEOUT)) {
                return OUT_OF_TIME;
            }
            if (sql != null
                    && state.equals(CHECK_VIOLATION)
                    && String.valueOf(sql.getMessage()).contains("idempotency")) {
                return NO_PARTITION;
            }
            boolean byRequest = e instanceof DataIntegrityViolationException || e instanceof BadSqlGrammarException;
            return !byRequest && (e instanceof DataAccessException || e instanceof TransactionException)
                    ? DATABASE_AWAY
                    : REQUEST;
        }

        private static @Nullable SQLException sqlOf(Throwable e) {
            for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    return sql;
                }
            }
            return null;
        }

        /** The value of the metric's label. */
        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
