package org.openingminute.registration.registrations;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.operations.MessagingStatus;

/**
 * Why holds that have ended with an amount due are kept before their seats are freed: a payment may have been made whose event cannot be
 * received yet.
 */
public enum HoldGrace {
    /** No broker answers, or the brokers have not answered steadily since an outage. */
    BROKER_AWAY("broker-away"),
    /** This service's database was promoted or restored a moment ago, so its readers may still have to rewind. */
    PAYMENTS_READ_AGAIN("payments-read-again"),
    /** This service has unread payment events that are late. */
    PAYMENTS_UNREAD("payments-unread"),
    /** Payment-service has stopped reporting its progress. */
    PAYMENT_SILENT("payment-silent"),
    /** Payment-service reports late messages that it has not sent, or late work that it has not attempted. */
    PAYMENT_BEHIND("payment-behind"),
    /** {@link #PAYMENT_SILENT} or {@link #PAYMENT_BEHIND} ended a moment ago, and the delayed events may not have arrived yet. */
    PAYMENT_BACK("payment-back");

    private final String wireName;

    HoldGrace(String wireName) {
        this.wireName = wireName;
    }

    /** Returns the name used in the status and in metrics. */
    @JsonValue
    public String wireName() {
        return wireName;
    }

    /** The age at which an event, a report or work of payment-service counts as late. */
    static final Duration LATE = Duration.ofSeconds(5);

    /** How long delayed events may take to arrive after an interruption. */
    private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(8);

    /**
     * How long the status may take to notice a new incarnation; until then it may miss the lag of readers that still have to rewind. The
     * copy of the incarnations and the status itself are up to two seconds old each; the rest allows for slow statements.
     */
    private static final Duration REWIND_WITHIN = Duration.ofSeconds(15);

    private static final String READER = "registration-service";
    private static final Set<String> PAYMENTS = Set.of("payment.events.v1");

    /**
     * The last progress report of payment-service.
     *
     * @param asOf by the clock of payment-service's database; the other instants are by the clock of this service's database
     * @param readAt when the report was read
     * @param clearSince since when reports have arrived in time without late work; {@code null} if this report has late work
     */
    public record LastProgress(
            Instant asOf,
            double oldestUnsentSeconds,
            double oldestUntriedSeconds,
            Instant readAt,
            @Nullable Instant clearSince) {}

    /**
     * Returns why ended holds with an amount due are kept; empty if they may end.
     *
     * @param replacedAt when the current incarnation of the database replaced another; {@code null} if it is the first
     * @param progress empty if there never was a report: a system without reports does not wait for them
     */
    static Optional<HoldGrace> of(
            MessagingStatus.Broker broker, @Nullable Instant replacedAt, Optional<LastProgress> progress, Instant now) {
        if (!broker.answers() || !broker.steady()) {
            return Optional.of(BROKER_AWAY);
        }
        if (replacedAt != null && replacedAt.plus(REWIND_WITHIN).isAfter(now)) {
            return Optional.of(PAYMENTS_READ_AGAIN);
        }
        if (!broker.hasRead(READER, PAYMENTS, LATE)) {
            return Optional.of(PAYMENTS_UNREAD);
        }
        return progress.flatMap(last -> of(last, now));
    }

    private static Optional<HoldGrace> of(LastProgress last, Instant now) {
        if (last.readAt().plus(LATE).isBefore(now)) {
            return Optional.of(PAYMENT_SILENT);
        }
        if (last.clearSince() == null) {
            return Optional.of(PAYMENT_BEHIND);
        }
        return last.clearSince().plus(ARRIVES_WITHIN).isAfter(now) ? Optional.of(PAYMENT_BACK) : Optional.empty();
    }
}
