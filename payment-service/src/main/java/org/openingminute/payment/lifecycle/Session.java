package org.openingminute.payment.lifecycle;

import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to be paid at a provider.
 *
 * @param id ours, and the provider's idempotency key
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
        /** The intent is saved, and no answer of the provider is. */
        OPENING,
        OPEN,
        /** The session has to be ended at the provider, and its outcome read. */
        ENDING,
        ENDED,
        CAPTURED
    }

    /** Whether a payer may still pay in it, as far as we wish. */
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
