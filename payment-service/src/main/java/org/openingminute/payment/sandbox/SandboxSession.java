package org.openingminute.payment.sandbox;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Money;

/** A session in the form of the sandbox's API. */
record SandboxSession(
        String id,
        UUID key,
        UUID registration,
        String url,
        SandboxState state,
        Money amount,
        Money refunded,
        @JsonProperty("tries") List<SandboxAttempt> attempts,
        List<SandboxDispute> disputes,
        @JsonIgnore Details details,
        @JsonIgnore @Nullable Instant disputeAt) {

    enum SandboxState {
        open,
        confirming,
        captured,
        ended
    }

    enum Outcome {
        processing,
        captured,
        declined
    }

    record SandboxAttempt(
            String id,
            Instant at,
            Outcome outcome,
            @Nullable String reason,
            @JsonIgnore String card) {

        SandboxAttempt ended(Outcome how, @Nullable String why, Instant when) {
            return new SandboxAttempt(id, when, how, why, card);
        }
    }

    record SandboxDispute(
            String id,
            String payment,
            Money amount,
            String state,
            Instant at,
            @Nullable Instant endedAt,
            Instant evidenceDueAt) {

        /** The usual deadline of card networks. */
        private static final Duration EVIDENCE_WITHIN = Duration.ofDays(14);

        static SandboxDispute of(
                String id, String payment, Money amount, String state, Instant at, @Nullable Instant endedAt) {
            return new SandboxDispute(id, payment, amount, state, at, endedAt, at.plus(EVIDENCE_WITHIN));
        }

        SandboxDispute ended(boolean won, Instant when) {
            return of(id, payment, amount, won ? "won" : "lost", at, when);
        }
    }

    /** The data shown on the payment page. */
    record Details(
            String reference,
            String conferenceName,
            List<SessionLine> lines,
            Money discount,
            Money tax,
            String returnUrl) {}

    record SessionLine(String description, int quantity, Money amount) {}

    SandboxSession in(SandboxState next) {
        return new SandboxSession(
                id, key, registration, url, next, amount, refunded, attempts, disputes, details, disputeAt);
    }

    SandboxSession with(SandboxAttempt attempt) {
        List<SandboxAttempt> all = new ArrayList<>(attempts);
        all.removeIf(one -> one.id().equals(attempt.id()));
        all.add(attempt);
        return new SandboxSession(
                id, key, registration, url, state, amount, refunded, all, disputes, details, disputeAt);
    }

    SandboxSession with(SandboxDispute dispute) {
        List<SandboxDispute> all = new ArrayList<>(disputes);
        all.removeIf(one -> one.id().equals(dispute.id()));
        all.add(dispute);
        return new SandboxSession(
                id, key, registration, url, state, amount, refunded, attempts, all, details, disputeAt);
    }

    SandboxSession refunded(Money more) {
        return new SandboxSession(
                id, key, registration, url, state, amount, refunded.plus(more), attempts, disputes, details, disputeAt);
    }

    /** Sets when the payer's bank disputes the payment; {@code null} for never. */
    SandboxSession disputedAt(@Nullable Instant at) {
        return new SandboxSession(id, key, registration, url, state, amount, refunded, attempts, disputes, details, at);
    }

    Optional<SandboxAttempt> last(Outcome outcome) {
        return attempts.reversed().stream()
                .filter(one -> one.outcome() == outcome)
                .findFirst();
    }
}
