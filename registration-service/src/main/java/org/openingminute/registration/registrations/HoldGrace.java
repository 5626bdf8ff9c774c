package org.openingminute.registration.registrations;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.operations.MessagingStatus;

/**
 * Why ended holds with something to pay wait before their seats are freed: their money may be on its way, and cannot be
 * received.
 */
public enum HoldGrace {
    /** No broker answers, or it has not done so for long enough after an outage. */
    BROKER_AWAY("broker-away"),
    /** This service's database was promoted or restored a moment ago, and readers may not have gone back yet. */
    PAYMENTS_READ_AGAIN("payments-read-again"),
    /** This service has not applied older payment events. */
    PAYMENTS_UNREAD("payments-unread"),
    /** Payment-service reports nothing. */
    PAYMENT_SILENT("payment-silent"),
    /** Payment-service reports older messages that it has not sent, or older work that it has not tried. */
    PAYMENT_BEHIND("payment-behind"),
    /** One of these two ended a moment ago, and what it held back may not have arrived. */
    PAYMENT_BACK("payment-back");

    private final String wireName;

    HoldGrace(String wireName) {
        this.wireName = wireName;
    }

    /** Its name in the status and in metrics. */
    @JsonValue
    public String wireName() {
        return wireName;
    }

    /** The age from which an event, a report or work of payment-service is late. */
    static final Duration LATE = Duration.ofSeconds(5);

    /** The time in which what a silence held back arrives. */
    private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(8);

    /**
     * The time in which a new incarnation is known to the status, so that it tells no lag of readers that have still to go back:
     * the ages of its copy of the incarnations and of the status itself, two seconds each, and room for slow statements.
     */
    private static final Duration GO_BACK_WITHIN = Duration.ofSeconds(15);

    private static final String READER = "registration-service";
    private static final Set<String> PAYMENTS = Set.of("payment.events.v1");

    /**
     * The last report of payment-service.
     *
     * @param asOf by the clock of payment-service's database; the other instants are by that of this service's
     * @param readAt when it was read
     * @param clearSince since when reports have come in time and told of no late work; {@code null} if this one tells of some
     */
    public record LastProgress(
            Instant asOf,
            double oldestUnsentSeconds,
            double oldestUntriedSeconds,
            Instant readAt,
            @Nullable Instant clearSince) {}

    /**
     * @param replacedAt when the present incarnation of the database took the place of another; {@code null} if it is the first
     * @param progress empty if none was ever read: a system without such reports does not wait for them
     */
    static Optional<HoldGrace> of(
            MessagingStatus.Broker broker, @Nullable Instant replacedAt, Optional<LastProgress> progress, Instant now) {
        if (!broker.answers() || !broker.steady()) {
            return Optional.of(BROKER_AWAY);
        }
        if (replacedAt != null && replacedAt.plus(GO_BACK_WITHIN).isAfter(now)) {
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
