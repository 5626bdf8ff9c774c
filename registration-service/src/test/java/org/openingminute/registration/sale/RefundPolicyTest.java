package org.openingminute.registration.sale;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.registration.sale.RefundPolicy.CancellationRule;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Proves refunds by examples of policies. */
class RefundPolicyTest {

    private static final long SEED = 18L;
    private static final int CASES = 2_000;
    private static final List<CancellationRule> MLSYS =
            Examples.mlsys().registration().cancellationPolicy();

    @ParameterizedTest
    @CsvSource({
        "2026-02-02T09:00:00-08:00, 80000, 0, 75000",
        "2026-04-18T23:59:59.999999999-12:00, 80000, 0, 75000",
        "2026-04-19T00:00:00-12:00, 80000, 0, 40000",
        "2026-05-04T23:59:59.999999999-12:00, 80000, 0, 40000",
        "2026-05-05T00:00:00-12:00, 80000, 0, 0",
        "2026-05-18T00:00:01-07:00, 80000, 0, 0",
        "2026-02-02T09:00:00-08:00, 80000, 10000, 65000",
        "2026-02-02T09:00:00-08:00, 80000, 76000, 0",
        "2026-02-02T09:00:00-08:00, 80000, 80000, 0",
        "2026-02-02T09:00:00-08:00, 4000, 0, 0",
        "2026-02-02T09:00:00-08:00, 0, 0, 0",
        "2026-04-19T00:00:00-12:00, 80001, 0, 40001"
    })
    void the_policy_of_mlsys(String at, long captured, long before, long refund) {
        assertThat(RefundPolicy.refund(MLSYS, OffsetDateTime.parse(at).toInstant(), usd(captured), usd(before))
                        .amount())
                .isEqualTo(usd(refund));
    }

    @Test
    void it_says_which_rule_applied() {
        assertThat(sentenceAt("2026-02-02T17:00:00Z"))
                .isEqualTo("100 % of what was paid, less USD 50.00, until 2026-04-19T11:59:59Z.");
        assertThat(sentenceAt("2026-05-01T00:00:00Z")).isEqualTo("50 % of what was paid until 2026-05-05T11:59:59Z.");
        assertThat(sentenceAt("2026-05-10T00:00:00Z")).isEqualTo("No refund until 2026-05-18T07:00:00Z.");
        assertThat(sentenceAt("2026-05-20T00:00:00Z")).isEqualTo("No refund after 2026-05-18T07:00:00Z.");
    }

    @Test
    void no_policy_means_no_refund() {
        RefundPolicy.QuotedRefund refund = RefundPolicy.refund(List.of(), Instant.EPOCH, usd(100), usd(0));
        assertThat(refund).isEqualTo(new RefundPolicy.QuotedRefund(usd(0), "A cancellation gives no refund."));
    }

    @Test
    void a_policy_survives_being_stored() {
        JsonMapper json = JsonMapper.builder().build();
        assertThat(json.readValue(json.writeValueAsString(MLSYS), new TypeReference<List<CancellationRule>>() {}))
                .isEqualTo(MLSYS);
    }

    @Test
    void a_refund_is_never_below_nothing_nor_above_what_is_left() {
        System.out.println("seed " + SEED);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        for (int i = 0; i < CASES; i++) {
            List<CancellationRule> policy = new ArrayList<>();
            for (int rule = 0; rule < random.nextInt(4); rule++) {
                policy.add(new CancellationRule(
                        start.plusSeconds(100L * (rule + 1)),
                        BigDecimal.valueOf(random.nextInt(10_001), 2),
                        random.nextBoolean() ? 0 : random.nextInt(2_000)));
            }
            Money captured = usd(random.nextInt(10_000));
            Money before = usd(random.nextInt(10_000));
            Money refund = RefundPolicy.refund(policy, start.plusSeconds(random.nextInt(500)), captured, before)
                    .amount();
            assertThat(refund.amount()).isBetween(0L, Math.max(0, captured.amount() - before.amount()));
        }
    }

    private static String sentenceAt(String at) {
        return RefundPolicy.refund(MLSYS, Instant.parse(at), usd(80000), usd(0)).policy();
    }

    private static Money usd(long amount) {
        return new Money(amount, "USD");
    }
}
