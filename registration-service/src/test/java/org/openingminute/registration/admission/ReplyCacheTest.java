package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.decision.SaleState;

/** Proves that the cache keeps recent replies and is bounded. */
class ReplyCacheTest {

    private static final int MANY = 1_000;

    /** Holds fewer than 200 replies of 100 characters. */
    private final ReplyCache answers = new ReplyCache(100 * 500);

    @Test
    void however_many_there_were_the_last_hundred_are_remembered() {
        for (int i = 0; i < MANY; i++) {
            answers.add(Map.of(key(i), answer()));
            int from = Math.max(0, i - 99);
            assertThat(IntStream.rangeClosed(from, i)
                            .filter(n -> answers.find(key(n)).isEmpty()))
                    .as("of the last hundred up to " + i)
                    .isEmpty();
        }
    }

    @Test
    void cached_replies_are_bounded() {
        IntStream.range(0, MANY).forEach(i -> answers.add(Map.of(key(i), answer())));

        assertThat(IntStream.range(0, MANY).filter(n -> answers.find(key(n)).isPresent()))
                .hasSizeLessThan(210);
    }

    private static IdempotencyKey key(int n) {
        return new IdempotencyKey("register:c", "key-" + n);
    }

    private static SaleState.StoredReply answer() {
        return new SaleState.StoredReply(new RequestHash("0"), null, Result.How.CREATED, "x".repeat(100));
    }
}
