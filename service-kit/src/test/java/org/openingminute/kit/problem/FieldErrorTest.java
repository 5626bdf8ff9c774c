package org.openingminute.kit.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldErrorTest {

    @Test
    void message_is_the_template_with_its_parameters() {
        assertThat(FieldError.of("a", "required", "is required").message()).isEqualTo("is required");
        assertThat(FieldError.of("a", "out-of-range", "must be from {} to {}", 1, 1_000_000L)
                        .message())
                .isEqualTo("must be from 1 to 1000000");
        assertThat(FieldError.of("a", "unknown", "{} is none of {}", "{}", "x").message())
                .as("parameters are not templates")
                .isEqualTo("{} is none of x");
        assertThat(FieldError.of("a", "too-few", "must have an entry", 1))
                .isEqualTo(new FieldError("a", "too-few", "must have an entry", List.of(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Required", "is required", "too_long", "-", "a--b", "a-"})
    void code_is_in_kebab_case(String code) {
        assertThatThrownBy(() -> FieldError.of("a", code, "is wrong")).isInstanceOf(IllegalArgumentException.class);
    }
}
