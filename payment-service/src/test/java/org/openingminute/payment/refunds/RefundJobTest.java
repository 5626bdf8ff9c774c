package org.openingminute.payment.refunds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefundJobTest {

    @ParameterizedTest
    @CsvSource({"PT0S,PT1M", "PT1M,PT1M", "PT2M,PT2M", "PT31M,PT31M", "PT1H,PT1H", "P30D,PT1H", "PT-1M,PT1M"})
    void pauses_double_from_a_minute_to_an_hour(Duration age, Duration pause) {
        assertThat(RefundJob.pause(age)).isEqualTo(pause);
    }

    @Test
    void a_refund_that_takes_a_week_is_asked_about_some_hundred_times() {
        int asked = 0;
        for (Duration age = Duration.ZERO; age.toDays() < 7; age = age.plus(RefundJob.pause(age))) {
            asked++;
        }
        assertThat(asked).isLessThan(180);
    }
}
