package org.openingminute.payment.sandbox;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Money;

/** A session, in the form of the sandbox's API. */
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
        @JsonIgnore Details details) {

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
            @JsonIgnore String card) {}

    record SandboxDispute(
            String id,
            String payment,
            Money amount,
            String state,
            Instant at,
            @Nullable Instant endedAt) {}

    /** The data of its page. */
    record Details(
            String reference,
            String conferenceName,
            List<SessionLine> lines,
            Money discount,
            Money tax,
            String returnUrl) {}

    record SessionLine(String description, int quantity, Money amount) {}

    SandboxSession with(List<SandboxAttempt> attempts, List<SandboxDispute> disputes) {
        return new SandboxSession(id, key, registration, url, state, amount, refunded, attempts, disputes, details);
    }

    Optional<SandboxAttempt> last(Outcome outcome) {
        return attempts.reversed().stream()
                .filter(one -> one.outcome() == outcome)
                .findFirst();
    }
}
