package org.openingminute.payment.lifecycle;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to collect the payment at a provider.
 *
 * @param id our id, which is also the provider's idempotency key
 * @param providerSession the provider's name for it; {@code null} until the provider has answered
 * @param url where the payer pays; {@code null} until the provider has answered
 * @param requestedAt when the intent was saved
 */
public record Session(
        UUID id,
        String provider,
        Money amount,
        SessionState state,
        @Nullable String providerSession,
        @Nullable URI url,
        Instant requestedAt) {

    public enum SessionState {
        /** The intent is saved, but no answer of the provider yet. */
        OPENING,
        OPEN,
        /** The session has to be ended at the provider, and its outcome read. */
        ENDING,
        ENDED,
        CAPTURED
    }

    /** Whether its state may still change. */
    @JsonIgnore
    public boolean isLive() {
        return canCapture() || state == SessionState.ENDING;
    }

    /** Whether the payer should still be able to pay in it. */
    boolean canCapture() {
        return state == SessionState.OPENING || state == SessionState.OPEN;
    }

    Session in(SessionState next) {
        return new Session(id, provider, amount, next, providerSession, url, requestedAt);
    }

    Session answered(String session, URI address) {
        return new Session(
                id,
                provider,
                amount,
                state == SessionState.OPENING ? SessionState.OPEN : state,
                session,
                address,
                requestedAt);
    }
}
