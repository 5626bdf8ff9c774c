package org.openingminute.payment.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionJobTest {

    @ParameterizedTest
    @CsvSource({"PT0S,PT30S", "PT119S,PT30S", "PT2M,PT5M", "PT80M,PT5M"})
    void a_young_session_is_asked_about_often_and_an_old_one_seldom(Duration age, Duration pause) {
        assertThat(SessionJob.pause(age)).isEqualTo(pause);
    }
}
