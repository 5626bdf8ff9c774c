package org.openingminute.kit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.Problem;

class QueryValuesTest {

    @Test
    void limit_is_50_where_none_is_given() {
        assertThat(QueryValues.limit(null)).isEqualTo(50);
        assertThat(QueryValues.limit("")).isEqualTo(50);
        assertThat(QueryValues.limit("1")).isEqualTo(1);
        assertThat(QueryValues.limit("200")).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "201", "-1", "1.5", "x", " 1", "10000000000"})
    void invalid_limit_is_refused(String text) {
        assertThatThrownBy(() -> QueryValues.limit(text))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.concerns("limit")).isTrue());
    }

    @Test
    void instant_is_read_with_its_offset() {
        assertThat(QueryValues.instant("at", "2026-02-02T09:00:00-08:00"))
                .isEqualTo(Instant.parse("2026-02-02T17:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-02-02T09:00:00",
                "+999999999-12-31T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "0000-12-31T23:59:59Z",
                "0001-01-01T00:00:00+01:00"
            })
    void what_is_no_instant_that_a_database_has_is_refused(String text) {
        assertThatThrownBy(() -> QueryValues.instant("at", text))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.concerns("at")).isTrue());
    }

    @Test
    void text_that_a_person_has_to_write_is_short_and_writable() {
        assertThat(QueryValues.textError("reason", "ill\nand away")).isNull();
        assertThat(QueryValues.textError("reason", "x".repeat(500))).isNull();
        assertThat(Stream.of("", " \t", "x".repeat(501), "a\u0007b")
                        .map(text -> QueryValues.textError("reason", text))
                        .map(error -> Objects.requireNonNull(error).code()))
                .containsExactly("required", "required", "too-long", "control-characters");
    }
}
