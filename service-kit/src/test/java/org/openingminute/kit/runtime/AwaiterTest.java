package org.openingminute.kit.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AwaiterTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final AtomicInteger looks = new AtomicInteger();

    /** Returns a value from the third attempt on. */
    private final Supplier<Optional<Integer>> third =
            () -> Optional.of(looks.incrementAndGet()).filter(look -> look > 2);

    @Test
    void value_is_awaited() {
        assertThat(new Awaiter(1).await(third, LONG)).contains(3);
    }

    @Test
    void value_is_awaited_until_settled() {
        assertThat(new Awaiter(1).await(third, look -> look > 3, LONG)).contains(4);
    }

    @Test
    void nobody_waits_longer_than_the_bound() {
        Awaiter awaiter = new Awaiter(1);
        assertThat(awaiter.await(third, Duration.ZERO)).isEmpty();
        assertThat(looks).hasValue(1);
        assertThat(awaiter.await(third, LONG)).as("the place is free again").contains(3);
    }

    @Test
    void caller_without_a_place_gets_at_once_what_is_known() {
        assertThat(new Awaiter(0).await(third, LONG)).isEmpty();
        assertThat(looks).hasValue(1);
    }
}
