package org.openingminute.registration.sale;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.Property;
import org.openingminute.registration.sale.RefundPolicy.CancellationRule;

/** Proves the bounds of refunds by random policies, instants and earlier refunds. */
class RefundPropertiesTest {

    private static final int CASES = 1_000;
    private static final Instant START = Instant.parse("2026-03-08T09:59:59Z");

    @Test
    void it_is_never_below_nothing_nor_above_what_is_left() {
        Property.holds(CASES, random -> {
            List<CancellationRule> policy = policy(random);
            long captured = random.nextInt(100_000);
            long before = random.nextInt(120_000);
            assertThat(refund(policy, instant(policy, random), captured, before))
                    .isBetween(0L, Math.max(0, captured - before));
        });
    }

    @Test
    void it_is_the_share_less_the_fee_less_what_was_given_back() {
        Property.holds(CASES, random -> {
            List<CancellationRule> policy = policy(random);
            Instant at = instant(policy, random);
            long captured = random.nextInt(100_000);
            long before = random.nextLong(captured + 1);
            long expected = 0;
            for (int i = policy.size() - 1; i >= 0; i--) {
                CancellationRule rule = policy.get(i);
                if (at.getEpochSecond() <= rule.until().getEpochSecond()) {
                    long share = BigDecimal.valueOf(captured)
                            .multiply(rule.refundPercent())
                            .movePointLeft(2)
                            .setScale(0, RoundingMode.HALF_UP)
                            .longValueExact();
                    expected = Math.max(0, share - rule.keeps() - before);
                }
            }
            assertThat(refund(policy, at, captured, before)).isEqualTo(expected);
        });
    }

    @Test
    void each_step_counts_to_the_end_of_its_last_second() {
        Property.holds(CASES, random -> {
            List<CancellationRule> policy = policy(random);
            long captured = 1 + random.nextInt(100_000);
            for (int i = 0; i < policy.size(); i++) {
                Instant until = policy.get(i).until();
                long own = refund(List.of(policy.get(i)), until, captured, 0);
                long next = i + 1 < policy.size() ? refund(List.of(policy.get(i + 1)), until, captured, 0) : 0;
                for (int millis = -2_000; millis < 1_000; millis += 1 + random.nextInt(50)) {
                    Instant at = until.plusMillis(millis);
                    if (i == 0 || policy.get(i - 1).until().isBefore(at.minusSeconds(1))) {
                        assertThat(refund(policy, at, captured, 0)).isEqualTo(own);
                    }
                }
                assertThat(refund(policy, until.plusNanos(999_999_999), captured, 0))
                        .isEqualTo(own);
                assertThat(refund(policy, until.plusSeconds(1), captured, 0)).isEqualTo(next);
            }
        });
    }

    @Test
    void a_part_that_was_given_back_before_and_the_rest_are_together_the_whole() {
        Property.holds(CASES, random -> {
            List<CancellationRule> policy = policy(random);
            Instant at = instant(policy, random);
            long captured = random.nextInt(100_000);
            long whole = refund(policy, at, captured, 0);
            long part = random.nextLong(whole + 1);
            assertThat(part + refund(policy, at, captured, part)).isEqualTo(whole);
            long more = whole + random.nextInt(1_000);
            assertThat(refund(policy, at, captured, more)).isZero();
        });
    }

    private static long refund(List<CancellationRule> policy, Instant at, long captured, long before) {
        Money refund = RefundPolicy.refund(policy, at, new Money(captured, "KWD"), new Money(before, "KWD"))
                .amount();
        assertThat(refund.currency()).isEqualTo("KWD");
        return refund.amount();
    }

    /** Returns up to five rules, some of them a second apart. */
    private static List<CancellationRule> policy(RandomGenerator random) {
        List<CancellationRule> policy = new ArrayList<>();
        Instant until = START;
        for (int i = random.nextInt(6); i > 0; i--) {
            until = until.plusSeconds(random.nextBoolean() ? 1 : 1 + random.nextInt(5_000_000));
            policy.add(new CancellationRule(
                    until, Examples.percent(random), random.nextBoolean() ? 0 : random.nextInt(20_000)));
        }
        return policy;
    }

    private static Instant instant(List<CancellationRule> policy, RandomGenerator random) {
        Instant around = policy.isEmpty()
                ? START
                : policy.get(random.nextInt(policy.size())).until();
        return around.plusNanos(random.nextLong(-2_000_000_000L, 2_000_000_001L));
    }
}
