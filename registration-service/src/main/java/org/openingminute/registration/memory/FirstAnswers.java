package org.openingminute.registration.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Ids;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.decision.ScopedKey;
import org.openingminute.registration.web.IdempotencyKeys;
import org.springframework.stereotype.Component;

/**
 * Answers that this instance gave lately, so that a double click is answered without the database. An answer never changes
 * while its key counts, so none that is here can be wrong; one that is not here may be in the database. Safe for all threads.
 */
@Component
public class FirstAnswers {

    /** Characters, of one byte each where the text is Latin. */
    private static final long ROOM = 32_000_000;

    /** What an entry takes beside its text, roughly. */
    private static final int OVERHEAD = 400;

    /** Long after a client has given up, and much shorter than keys count. */
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final Ids ids;

    private final Cache<ScopedKey, SaleState.Remembered> answers = Caffeine.newBuilder()
            .maximumWeight(ROOM)
            .weigher((ScopedKey key, SaleState.Remembered first) ->
                    OVERHEAD + first.answer().length())
            .expireAfterWrite(REMEMBERED)
            .build();

    public FirstAnswers(Ids ids) {
        this.ids = ids;
    }

    /** The key of an ask: the client's, or where it sent none a new one. */
    public ScopedKey key(String scope, @Nullable String sent) {
        IdempotencyKeys.optional(sent);
        return new ScopedKey(scope, sent == null ? ids.next().toString() : sent);
    }

    public Optional<SaleState.Remembered> find(ScopedKey key) {
        return Optional.ofNullable(answers.getIfPresent(key));
    }

    public void add(Map<ScopedKey, SaleState.Remembered> committed) {
        answers.putAll(committed);
    }
}
