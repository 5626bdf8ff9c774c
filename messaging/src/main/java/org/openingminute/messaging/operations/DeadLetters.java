package org.openingminute.messaging.operations;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.messaging.inbox.Redelivery;
import org.openingminute.messaging.inbox.Redelivery.RedeliveredMessage;
import org.openingminute.messaging.inbox.Redelivery.RedeliveryOutcome;
import org.openingminute.messaging.operations.DeadLetter.DeadLetterPage;
import org.openingminute.messaging.operations.DeadLetter.Replay;
import org.openingminute.messaging.operations.DeadLetter.Replayed;
import org.openingminute.messaging.operations.DeadLetter.Whole;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The dead letters of this service, and what operators do with them. Each act is recorded with its account and outcome. Safe for use by
 * several instances at once.
 */
public final class DeadLetters {

    private final DeadLetterRepository deadLetters;
    private final OperatorAudit audit;
    private final Redelivery redelivery;
    private final DryRun dryRun;
    private final TransactionTemplate transaction;

    DeadLetters(
            DeadLetterRepository deadLetters,
            OperatorAudit audit,
            Redelivery redelivery,
            DryRun dryRun,
            TransactionTemplate transaction) {
        this.deadLetters = deadLetters;
        this.audit = audit;
        this.redelivery = redelivery;
        this.dryRun = dryRun;
        this.transaction = transaction;
    }

    /**
     * The result of an operator's act.
     *
     * @param <T> the type of the returned value if the act was done
     */
    public sealed interface ReplayResult<T> {

        /** The act was done. */
        record Done<T>(T now) implements ReplayResult<T> {}

        /** There is no dead letter with that id. */
        record Unknown<T>() implements ReplayResult<T> {}

        /**
         * The dead letter is not open, or a replay of it is running.
         *
         * @param why the reason, as a sentence
         */
        record NotOpen<T>(String why) implements ReplayResult<T> {}
    }

    /**
     * Lists dead letters, newest first.
     *
     * @param state the state to list; {@code null} for all
     * @param most the maximum number, at least one
     * @param after the id after which the page begins; {@code null} for the first page
     */
    public DeadLetterPage list(@Nullable String state, int most, @Nullable UUID after) {
        List<DeadLetter> found = deadLetters.list(state, most + 1, after);
        boolean more = found.size() > most;
        List<DeadLetter> items = more ? found.subList(0, most) : found;
        return new DeadLetterPage(items, more ? items.getLast().id() : null);
    }

    /** One dead letter; empty if there is none with that id. */
    public Optional<Whole> find(UUID id) {
        return deadLetters.find(id, audit.of(id));
    }

    /**
     * Delivers the record to its reader once more. However many calls arrive at once, it is delivered once. The dead letter becomes
     * replayed if its record is applied or superseded, and stays open if it fails. The start of the act is recorded before any effect.
     *
     * @param operator for the audit
     */
    public ReplayResult<Replayed> replay(UUID id, Person operator) {
        return claim(id, operator)
                .<ReplayResult<Replayed>>map(claimed -> {
                    RedeliveryOutcome outcome = redelivery.apply(claimed.record());
                    transaction.executeWithoutResult(_ -> {
                        deadLetters.settle(id, isFailed(outcome) ? "open" : "replayed");
                        audit.settle(claimed.entry(), nameOf(outcome), reasonOf(outcome));
                    });
                    return done(id, new Replay(false, nameOf(outcome), reasonOf(outcome), null, null));
                })
                .orElseGet(() -> refused(id));
    }

    /**
     * Runs a replay in a transaction that is rolled back, and returns the rows and messages that it would have written. The dead letter
     * does not change.
     *
     * @param operator for the audit
     */
    public ReplayResult<Replayed> dryRun(UUID id, Person operator) {
        return deadLetters
                .open(id)
                .<ReplayResult<Replayed>>map(record -> {
                    DryRun.Report report = dryRun.of(record);
                    RedeliveryOutcome outcome = report.outcome();
                    audit.note(operator, "dry-run", id, null, nameOf(outcome), reasonOf(outcome));
                    return done(
                            id,
                            new Replay(true, nameOf(outcome), reasonOf(outcome), report.tables(), report.messages()));
                })
                .orElseGet(() -> refused(id));
    }

    /**
     * Discards a dead letter permanently.
     *
     * @param operator for the audit
     * @param why the operator's reason
     */
    public ReplayResult<Whole> discard(UUID id, Person operator, String why) {
        boolean discarded = Boolean.TRUE.equals(transaction.execute(_ -> {
            if (!deadLetters.discard(id)) {
                return false;
            }
            audit.note(operator, "discard", id, why, "discarded", null);
            return true;
        }));
        return discarded ? new ReplayResult.Done<>(find(id).orElseThrow()) : refused(id);
    }

    private record ClaimedDeadLetter(RedeliveredMessage record, long entry) {}

    private Optional<ClaimedDeadLetter> claim(UUID id, Person operator) {
        return Objects.requireNonNull(transaction.execute(_ -> deadLetters
                .claim(id)
                .map(record -> new ClaimedDeadLetter(record, audit.begin(operator, "replay", id, null)))));
    }

    private ReplayResult<Replayed> done(UUID id, Replay replay) {
        return new ReplayResult.Done<>(new Replayed(find(id).orElseThrow(), replay));
    }

    private <T> ReplayResult<T> refused(UUID id) {
        return deadLetters
                .state(id)
                .<ReplayResult<T>>map(state -> new ReplayResult.NotOpen<>(
                        state.equals("open") ? "Someone is replaying it right now." : "It is " + state + " already."))
                .orElseGet(ReplayResult.Unknown::new);
    }

    private static boolean isFailed(RedeliveryOutcome outcome) {
        return outcome instanceof RedeliveryOutcome.Failed;
    }

    private static String nameOf(RedeliveryOutcome outcome) {
        return switch (outcome) {
            case RedeliveryOutcome.Applied() -> "applied";
            case RedeliveryOutcome.Superseded() -> "superseded";
            case RedeliveryOutcome.Failed _ -> "failed";
        };
    }

    private static @Nullable String reasonOf(RedeliveryOutcome outcome) {
        return switch (outcome) {
            case RedeliveryOutcome.Applied(), RedeliveryOutcome.Superseded() -> null;
            case RedeliveryOutcome.Failed(String reason, String cause) -> reason + " (" + cause + ")";
        };
    }
}
