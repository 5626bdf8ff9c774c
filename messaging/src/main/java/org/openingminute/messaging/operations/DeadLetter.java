package org.openingminute.messaging.operations;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A record that could not be applied, as operators see it. Values that may be personal data are masked. Immutable.
 *
 * @param id the service's name, a dot and the dead letter's own id
 * @param service the consuming service
 * @param type the header {@code ce_type}; {@code null} if the record has none
 * @param partition with topic and offset, the position of the record
 * @param key the record's key; {@code null} where it had none
 * @param reason the reason why it was parked
 * @param cause the simple name of the exception
 * @param at when the record was parked, by the database's clock
 * @param state {@code open}, {@code replayed} or {@code discarded}
 */
public record DeadLetter(
        String id,
        String service,
        String topic,
        @Nullable String type,
        int partition,
        long offset,
        @Nullable String key,
        String reason,
        String cause,
        Instant at,
        String state) {

    /**
     * A page of the list, newest first.
     *
     * @param next the value of {@code after} for the next page; {@code null} on the last page
     */
    public record DeadLetterPage(
            List<DeadLetter> items, @Nullable String next) {}

    /**
     * One dead letter with all its data.
     *
     * @param headers the record's headers by name
     * @param payload the body; {@code {"bytes", "sha256"}} where it is not JSON, {@code null} if there was none, or if
     *     the dead letter is closed and older than thirty days
     * @param acts the operators' acts on it, oldest first
     */
    public record Whole(
            @JsonUnwrapped DeadLetter deadLetter,
            Map<String, String> headers,
            @Nullable JsonNode payload,
            List<OperatorAct> acts) {}

    /**
     * An operator's act.
     *
     * @param who the account
     * @param person the name of the account's holder at the time; {@code null} in acts that an earlier version recorded
     * @param what {@code dry-run}, {@code replay} or {@code discard}
     * @param why the given reason, where one is required
     * @param outcome {@code applied}, {@code superseded}, {@code failed} or {@code discarded}; {@code begun} for a replay that is
     *     running, or whose outcome could not be saved
     * @param detail the reason of a failure
     */
    public record OperatorAct(
            Instant at,
            String who,
            @Nullable String person,
            String what,
            @Nullable String why,
            String outcome,
            @Nullable String detail) {}

    /**
     * A dead letter and the outcome of its replay.
     *
     * @param deadLetter the dead letter after the replay
     */
    public record Replayed(@JsonUnwrapped Whole deadLetter, Replay replay) {}

    /**
     * The outcome of a replay.
     *
     * @param outcome {@code applied}, {@code superseded}, or {@code failed}, after which the dead letter is open as
     * before
     * @param reason the reason of a failure
     * @param tables the tables in which a dry run would have changed rows; empty otherwise
     * @param messages the messages that a dry run would have published, in order; empty otherwise
     */
    public record Replay(
            boolean dryRun,
            String outcome,
            @Nullable String reason,
            @Nullable List<Rows> tables,
            @Nullable List<PublishedMessage> messages) {}

    /** The number of rows that a replay would change in a table. */
    public record Rows(String table, long inserted, long updated, long deleted) {}

    /** A message that would have been published, with its body masked. */
    public record PublishedMessage(
            String topic, String type, String key, @Nullable JsonNode body) {}
}
