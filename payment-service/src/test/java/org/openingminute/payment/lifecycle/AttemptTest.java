package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proves the codes of failed attempts, without Spring. */
class AttemptTest {

    private static final Instant AT = Instant.parse("2026-02-02T17:01:10Z");

    @ParameterizedTest
    @EnumSource
    void reason_of_ours_has_its_code(Attempt.FailureCode code) {
        assertThat(declined(code.text()).failureCode()).isEqualTo(code);
    }

    @Test
    void provider_s_own_reason_is_a_decline() {
        assertThat(declined("processing-error").failureCode()).isEqualTo(Attempt.FailureCode.DECLINED);
        assertThat(declined(null).failureCode()).isEqualTo(Attempt.FailureCode.DECLINED);
    }

    private static Attempt declined(@Nullable String reason) {
        return new Attempt("sandbox", "attempt-1", AT, AT, Attempt.AttemptOutcome.DECLINED, reason);
    }
}
