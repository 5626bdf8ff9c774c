package org.openingminute.payment.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.provider.GuardedProvider;
import org.springframework.boot.convert.DurationStyle;

/** Proves that a checkout ends within the gateway's budget, by comparing the documented time-outs. */
class CheckoutTest {

    private static final Pattern BUDGET = Pattern.compile("\\| `GATEWAY_BUDGETS_PAYMENT` \\| +\\| `([^`]+)` \\|");

    @Test
    void payer_is_answered_before_the_gateway_gives_up() throws IOException {
        Duration budget = BUDGET.matcher(Files.readString(Path.of("..", "docs", "configuration.md")))
                .results()
                .map(row -> DurationStyle.detectAndParse(row.group(1)))
                .findFirst()
                .orElseThrow();
        assertThat(PaymentAwaiter.WAIT_AT_MOST.plus(Checkout.CALLS_BEGIN_WITHIN).plus(GuardedProvider.LONGEST_CALL))
                .isLessThan(budget);
    }
}
