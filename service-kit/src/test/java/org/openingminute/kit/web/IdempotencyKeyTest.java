package org.openingminute.kit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;

class IdempotencyKeyTest {

    @Test
    void key_may_have_255_visible_ascii_characters() {
        String longest = "~!".repeat(127) + "x";
        assertThat(IdempotencyKey.required(longest)).isEqualTo(longest);
        assertThat(IdempotencyKey.optional(longest)).hasValue(longest);
        assertThat(IdempotencyKey.optional(null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a b", "\u00e9", "a\u007f", "a\nb"})
    void key_of_another_form_is_malformed(String key) {
        assertThat(catchThrowableOfType(Problem.class, () -> IdempotencyKey.required(key))
                        .code())
                .isEqualTo(CommonProblem.MALFORMED);
        assertThat(catchThrowableOfType(Problem.class, () -> IdempotencyKey.optional("x".repeat(256)))
                        .code())
                .isEqualTo(CommonProblem.MALFORMED);
    }

    @Test
    void key_that_has_to_be_there_is_missing_where_it_is_empty() {
        assertThat(catchThrowableOfType(Problem.class, () -> IdempotencyKey.required(""))
                        .code())
                .isEqualTo(CommonProblem.IDEMPOTENCY_KEY_MISSING);
        assertThat(catchThrowableOfType(Problem.class, () -> IdempotencyKey.required(null))
                        .code())
                .isEqualTo(CommonProblem.IDEMPOTENCY_KEY_MISSING);
        assertThat(catchThrowableOfType(Problem.class, () -> IdempotencyKey.optional(""))
                        .code())
                .isEqualTo(CommonProblem.MALFORMED);
    }

    @Test
    void key_hash_tells_scope_and_key() {
        long one = new IdempotencyKey("cancel:1", "2").keyHash();
        assertThat(one).isEqualTo(new IdempotencyKey("cancel:1", "2").keyHash());
        assertThat(one).isNotEqualTo(new IdempotencyKey("cancel:12", "").keyHash());
        assertThat(one).isNotEqualTo(new IdempotencyKey("cancel:", "12").keyHash());
    }
}
