package org.openingminute.payment.lifecycle;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A payer's attempt to pay, as the provider reported it.
 *
 * @param id the provider's name for it
 * @param at machine time, by which attempts are ordered
 * @param shownAt the same instant in business time, as far as known
 * @param reason why it was declined; {@code null} if it was not
 */
public record Attempt(
        String provider,
        String id,
        Instant at,
        Instant shownAt,
        AttemptOutcome outcome,
        @Nullable String reason) {

    public enum AttemptOutcome {
        PROCESSING("processing"),
        CAPTURED("captured"),
        /** Money that arrived although the registration was already paid; it is refunded automatically. */
        CAPTURED_TWICE("captured-twice"),
        DECLINED("declined");

        private final String text;

        AttemptOutcome(String text) {
            this.text = text;
        }

        @JsonValue
        public String text() {
            return text;
        }
    }

    /** Why an attempt was declined, in codes that are the same for every provider. */
    public enum FailureCode {
        CARD_DECLINED("card-declined"),
        INSUFFICIENT_FUNDS("insufficient-funds"),
        NOT_CONFIRMED("not-confirmed"),
        CONFIRMATION_REFUSED("confirmation-refused"),
        SESSION_ENDED("session-ended"),
        /** The provider gave a reason of its own. */
        DECLINED("declined");

        private final String text;

        FailureCode(String text) {
            this.text = text;
        }

        @JsonValue
        public String text() {
            return text;
        }
    }

    /** Returns the reason as one of these codes. */
    public FailureCode failureCode() {
        return Arrays.stream(FailureCode.values())
                .filter(code -> code.text.equals(reason))
                .findFirst()
                .orElse(FailureCode.DECLINED);
    }

    boolean sameAs(Attempt other) {
        return provider.equals(other.provider) && id.equals(other.id);
    }
}
