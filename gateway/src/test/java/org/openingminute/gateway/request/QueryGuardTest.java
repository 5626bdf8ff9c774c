package org.openingminute.gateway.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.Problem;

class QueryGuardTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "q=a+b%20c", "q=%C3%A9&b", "q=%EF%BF%BD", "%F0%9F%98%80=1"})
    void text_is_let_through(String query) {
        assertThatCode(() -> QueryGuard.check(query)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "q=%ff, malformed",
        "q=%C3, malformed",
        "a=b&%ED%A0%80, malformed",
        "q=\u00e9, malformed",
        "q=a|b, malformed",
        "q=%00, invalid",
        "a=1&b%00=x, invalid"
    })
    void undecodable_query_is_refused(String query, String code) {
        assertThatExceptionOfType(Problem.class)
                .isThrownBy(() -> QueryGuard.check(query))
                .satisfies(refused -> assertThat(refused.code().wireName()).isEqualTo(code));
    }
}
