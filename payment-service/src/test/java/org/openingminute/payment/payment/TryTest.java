package org.openingminute.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TryTest {

    private static final Instant AT = Instant.parse("2026-02-02T17:01:10Z");

    @ParameterizedTest
    @EnumSource
    void reason_of_ours_has_its_code(Try.FailureCode code) {
        assertThat(declined(code.text()).failureCode()).isEqualTo(code);
    }

    @Test
    void provider_s_own_reason_is_a_decline() {
        assertThat(declined("processing-error").failureCode()).isEqualTo(Try.FailureCode.DECLINED);
        assertThat(declined(null).failureCode()).isEqualTo(Try.FailureCode.DECLINED);
    }

    private static Try declined(@Nullable String reason) {
        return new Try("sandbox", "try-1", AT, AT, Try.Outcome.DECLINED, reason);
    }
}
