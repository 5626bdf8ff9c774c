package org.openingminute.registration.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.registration.form.FieldError;
import org.openingminute.registration.form.RegistrationRequest;

class BodiesTest {

    private final Bodies bodies = new Bodies();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"nickname\": 1}                                  | nickname",
                "{\"nickname\": \"x\"}                              | nickname",
                "{\"nickname\": null}                               | nickname",
                "{\"attendes\": []}                                 | attendes",
                "{\"attendes\": [{\"a\": [1]}], \"voucher\": \"x\"} | attendes",
                "{\"more\": {\"a\": {\"b\": 1}}}                    | more",
                "{\"contact\": {\"phone\": \"1\"}}                  | contact.phone",
                "{\"contact\": {\"phones\": [\"1\"]}}               | contact.phones",
                "{\"attendees\": [{}, {\"age\": 3}]}                | attendees[1].age",
                "{\"attendees\": [{\"addOns\": [{\"size\": {}}]}]}  | attendees[0].addOns[0].size",
            })
    void a_field_that_nobody_knows_is_named_where_it_stands(String body, String field) {
        assertThat(read(body)).extracting(FieldError::field).containsExactly(field);
    }

    @Test
    void several_are_all_named() {
        assertThat(read("{\"a\": [], \"contact\": {\"b\": {}}, \"c\": 1}"))
                .extracting(FieldError::field)
                .containsExactly("a", "contact.b", "c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "\"x\"",
                "{} {}",
                "{\"contact\": 1}",
                "{\"contact\": {\"name\": 1}}",
                "{\"attendees\": {}}",
                "{\"attendees\": [1]}",
                "{\"acceptedCodeOfConduct\": \"true\"}",
                "{\"attendees\": [{\"addOns\": [{\"quantity\": \"1\"}]}]}",
                "{\"attendees\": [{\"addOns\": [{\"quantity\": 1.5}]}]}",
                "{\"voucher\": \"a\", \"voucher\": \"b\"}",
            })
    void what_cannot_be_read_or_has_a_wrong_type_is_malformed(String body) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.MALFORMED));
    }

    private List<FieldError> read(String body) {
        return bodies.read(bodies.tree(body.getBytes(StandardCharsets.UTF_8)), RegistrationRequest.class)
                .unknown();
    }
}
