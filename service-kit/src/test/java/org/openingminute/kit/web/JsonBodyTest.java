package org.openingminute.kit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.springframework.mock.web.MockHttpServletRequest;

class JsonBodyTest {

    record Form(
            @Nullable Person contact,
            @Nullable List<@Nullable Guest> attendees,
            @Nullable String voucher,
            @Nullable Boolean acceptedCodeOfConduct,
            @Nullable Span span) {}

    record Person(@Nullable String name) {}

    record Guest(
            @Nullable List<@Nullable Extra> addOns,
            @Nullable Span stay) {}

    record Span(int from, int to) {

        Span {
            if (to < from) {
                throw new InvalidValue(FieldError.of("to", "out-of-range", "must not be less than {}", from));
            }
        }
    }

    record Extra(@Nullable Integer quantity) {}

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"voucher\": \"a\\u0000\"}                         | voucher",
                "{\"contact\": {\"name\": \"\\ud83d\"}}              | contact.name",
                "{\"more\": [\"\", \"\\u0000\"]}                       | more[1]",
            })
    void a_text_that_no_database_stores_is_named_where_it_stands(String body, String field) {
        assertThat(read(body)).contains(FieldError.of(field, "control-characters", "has control characters"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"span\": {\"from\": 2, \"to\": 1}}                                        | span.to",
                "{\"attendees\": [{}, {\"stay\": {\"from\": 2, \"to\": 1}}, {\"age\": 3}]} | attendees[1].stay.to",
            })
    void a_value_that_its_type_refuses_is_named_where_it_stands(String body, String field) {
        assertThat(read(body)).containsExactly(FieldError.of(field, "out-of-range", "must not be less than {}", 2));
    }

    @Test
    void refused_values_are_named_beside_unknown_fields_and_hide_no_wrong_type() {
        String refused = """
                {"a": 1, "span": {"from": 2, "to": 1}, "attendees": [{"stay": {"from": 2, "to": 1}}]}""";
        assertThat(read(refused)).extracting(FieldError::field).containsExactly("span.to", "attendees[0].stay.to", "a");

        assertThatThrownBy(() -> read(refused.replace("}]}", "}], \"contact\": 1}")))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.MALFORMED));
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
    void unreadable_or_mistyped_bodies_are_malformed(String body) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.MALFORMED));
    }

    record Bill(@Nullable Sum total) {}

    record Sum(long amount) {}

    @ParameterizedTest
    @ValueSource(strings = {"{\"total\": {}}", "{\"total\": {\"amount\": null}}"})
    void absent_number_of_a_sum_is_not_zero(String body) {
        assertThatThrownBy(() -> JsonBody.read(JsonBody.object(body.getBytes(StandardCharsets.UTF_8)), Bill.class))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.MALFORMED));
    }

    private List<FieldError> read(String body) {
        return JsonBody.read(JsonBody.object(body.getBytes(StandardCharsets.UTF_8)), Form.class)
                .errors();
    }

    @Test
    void a_body_has_as_many_bytes_as_it_may_and_no_more() throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setContent("{\"a\":1}".getBytes(StandardCharsets.UTF_8));

        assertThat(JsonBody.object(request, 7).path("a").asInt()).isEqualTo(1);
        MockHttpServletRequest again = new MockHttpServletRequest();
        again.setContent("{\"a\":12}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> JsonBody.object(again, 7))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.TOO_LARGE));
    }
}
