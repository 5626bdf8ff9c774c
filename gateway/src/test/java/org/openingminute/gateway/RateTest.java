package org.openingminute.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RateTest {

    @Test
    void a_rate_is_read_as_it_is_written() {
        Rate rate = Rate.of("6/m, 10 at once");
        assertThat(rate.calls()).isEqualTo(6);
        assertThat(rate.per()).isEqualTo(Duration.ofMinutes(1));
        assertThat(rate.atOnce()).isEqualTo(10);
        assertThat(rate).hasToString("6/m, 10 at once");
        assertThat(Rate.of("50/s, 250 at once").per()).isEqualTo(Duration.ofSeconds(1));
        assertThat(Rate.of("30/h, 30 at once").per()).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "50", "0/s, 250 at once", "50/s, 0 at once", "50/d, 250 at once", "-1/s, 250 at once"})
    void what_is_no_rate_is_refused_with_the_form_of_one(String text) {
        assertThatThrownBy(() -> Rate.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a limit is written as 50/s, 250 at once (s, m or h)");
    }

    @Test
    void time_and_calls_follow_from_the_rate() {
        Rate rate = Rate.of("50/s, 250 at once");
        assertThat(rate.timeOf(250)).isEqualTo(Duration.ofSeconds(5));
        assertThat(rate.callsIn(Duration.ofSeconds(5))).isEqualTo(250);
        assertThat(Rate.of("30/h, 30 at once").callsIn(Duration.ofSeconds(5))).isZero();
        assertThat(Rate.of("9999999/s, 1 at once").callsIn(Duration.ofDays(1))).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"api/conferences", "get /", "GET", "GET /a?b", "/{"})
    void list_of_calls_that_cannot_be_read_is_named_by_its_variable(String call) {
        MapConfigurationPropertySource set = new MapConfigurationPropertySource(Map.of("limits.free", call));
        assertThatThrownBy(() -> new Binder(set).bind("limits", GatewaySettings.Limits.class))
                .rootCause()
                .hasMessageStartingWith("GATEWAY_LIMITS_FREE must list calls");
    }

    @Test
    void defaults_are_those_of_the_contract() {
        GatewaySettings.Limits limits = TestSettings.LIMITS;
        assertThat(limits.token()).isEqualTo(Rate.of("20/s, 100 at once"));
        assertThat(limits.staff()).isEqualTo(Rate.of("50/s, 200 at once"));
        assertThat(limits.place()).isEqualTo(Rate.of("5/s, 500 at once"));
        assertThat(limits.address()).isEqualTo(Rate.of("50/s, 250 at once"));
        assertThat(limits.patience()).isEqualTo(Duration.ofSeconds(5));
    }
}
