package org.openingminute.messaging.operations;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.inbox.Redelivery;
import org.openingminute.messaging.inbox.Redelivery.RedeliveredMessage;
import org.openingminute.messaging.inbox.Redelivery.RedeliveryOutcome;
import org.openingminute.messaging.operations.DeadLetter.DeadLetterPage;
import org.openingminute.messaging.operations.DeadLetter.Replay;
import org.openingminute.messaging.operations.DeadLetter.Replayed;
import org.openingminute.messaging.operations.DeadLetter.Whole;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What this service could not apply, and what can be done about it. Each act is noted with who did it and what came of it.
 * Safe for use by all threads, and by several instances at once.
 */
public final class DeadLetters {

    private final DeadLetterRepository letters;
    private final OperatorAudit acts;
    private final Redelivery redelivery;
    private final DryRun dryRun;
    private final TransactionTemplate transaction;

    DeadLetters(
            DeadLetterRepository letters,
            OperatorAudit acts,
            Redelivery redelivery,
            DryRun dryRun,
            TransactionTemplate transaction) {
        this.letters = letters;
        this.acts = acts;
        this.redelivery = redelivery;
        this.dryRun = dryRun;
        this.transaction = transaction;
    }

    /**
     * What an act is answered.
     *
     * @param <T> what it shows where it was done
     */
    public sealed interface ReplayResult<T> {

        /** It was done. */
        record Done<T>(T now) implements ReplayResult<T> {}

        /** There is no such letter. */
        record Unknown<T>() implements ReplayResult<T> {}

        /**
         * The letter is not open, or somebody is replaying it.
         *
         * @param why as a sentence
         */
        record NotOpen<T>(String why) implements ReplayResult<T> {}
    }

    /**
     * Letters, newest first.
     *
     * @param state only those in it; {@code null} for all
     * @param most how many, at least one
     * @param after the id after which the list goes on; {@code null} for its begin
     */
    public DeadLetterPage list(@Nullable String state, int most, @Nullable UUID after) {
        List<DeadLetter> found = letters.list(state, most + 1, after);
        boolean more = found.size() > most;
        List<DeadLetter> items = more ? found.subList(0, most) : found;
        return new DeadLetterPage(items, more ? items.getLast().id() : null);
    }

    /** One letter; empty where there is none. */
    public Optional<Whole> find(UUID id) {
        return letters.find(id, acts.of(id));
    }

    /**
     * Hands the record to its listener again, once however many ask at once. A letter whose record is applied or superseded is
     * replayed; one whose record fails stays open. That it begins is noted before anything comes of it.
     *
     * @param who the operator's account
     */
    public ReplayResult<Replayed> replay(UUID id, String who) {
        return claim(id, who)
                .<ReplayResult<Replayed>>map(claimed -> {
                    RedeliveryOutcome outcome = redelivery.apply(claimed.record());
                    transaction.executeWithoutResult(_ -> {
                        letters.settle(id, isFailed(outcome) ? "open" : "replayed");
                        acts.settle(claimed.act(), nameOf(outcome), reasonOf(outcome));
                    });
                    return done(id, new Replay(false, nameOf(outcome), reasonOf(outcome), null, null));
                })
                .orElseGet(() -> refused(id));
    }

    /**
     * Does what a replay does in a transaction that is rolled back, and tells what it would have written and said. The letter
     * stays as it is.
     *
     * @param who the operator's account
     */
    public ReplayResult<Replayed> dryRun(UUID id, String who) {
        return letters.open(id)
                .<ReplayResult<Replayed>>map(record -> {
                    DryRun.Report report = dryRun.of(record);
                    RedeliveryOutcome outcome = report.outcome();
                    acts.note(who, "dry-run", id, null, nameOf(outcome), reasonOf(outcome));
                    return done(
                            id,
                            new Replay(true, nameOf(outcome), reasonOf(outcome), report.tables(), report.messages()));
                })
                .orElseGet(() -> refused(id));
    }

    /**
     * Puts a letter away for good.
     *
     * @param who the operator's account
     * @param why what they say
     */
    public ReplayResult<Whole> discard(UUID id, String who, String why) {
        boolean discarded = Boolean.TRUE.equals(transaction.execute(_ -> {
            if (!letters.discard(id)) {
                return false;
            }
            acts.note(who, "discard", id, why, "discarded", null);
            return true;
        }));
        return discarded ? new ReplayResult.Done<>(find(id).orElseThrow()) : refused(id);
    }

    private record Claimed(RedeliveredMessage record, long act) {}

    private Optional<Claimed> claim(UUID id, String who) {
        return Objects.requireNonNull(transaction.execute(_ ->
                letters.claim(id).map(record -> new Claimed(record, acts.begin(who, "replay", id, null)))));
    }

    private ReplayResult<Replayed> done(UUID id, Replay replay) {
        return new ReplayResult.Done<>(new Replayed(find(id).orElseThrow(), replay));
    }

    private <T> ReplayResult<T> refused(UUID id) {
        return letters.state(id)
                .<ReplayResult<T>>map(state -> new ReplayResult.NotOpen<>(
                        state.equals("open") ? "Somebody is replaying it just now." : "It is " + state + " already."))
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
