package org.openingminute.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonDifferencesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {"a": 1, "b": 2}                           | {"a": 1, "b": 3}                           | b: 2 to 3
                    {"a": {"b": true}}                         | {"a": {"b": false, "c": "x"}}              | a/b: true to false, a/c: none to "x"
                    {"a": 1}                                   | {"a": 1, "b": null, "c": [], "d": {}}      | ~~
                    null                                       | {"a": {"b": 1}, "c": null}                 | a/b: none to 1
                    {"a": {"b": 1}}                            | null                                       | a/b: 1 to none
                    {"m": {"amount": 1, "currency": "USD"}}    | {"m": {"amount": 2, "currency": "USD"}}    | m: {"amount":1,"currency":"USD"} to {"amount":2,"currency":"USD"}
                    {"l": ["a", "b"]}                          | {"l": ["b"]}                               | l: ["a","b"] to ["b"]
                    {"l": [{"code": "a"}, {"code": "b"}]}      | {"l": [{"code": "b", "n": 1}]}             | l/a/code: "a" to none, l/b/n: none to 1
                    {"l": [{"id": "x", "n": 1}]}               | {"l": [{"id": "x", "n": 2}, {"id": "y"}]}  | l/1/n: 1 to 2, l/2/id: none to "y"
                    {"l": [{"code": "a"}, {"code": "a"}]}      | {"l": [{"code": "a"}, {"code": "c"}]}      | l/2/code: "a" to "c"
                    {"a": {"b": 1}}                            | {"a": "b"}                                 | a: {"b":1} to "b"
                    """)
    void each_place_that_differs_is_one_difference(String before, String after, String differences) {
        assertThat(String.join(
                        ", ",
                        JsonDifferences.between(json(before), json(after)).stream()
                                .map(one -> String.join("/", one.path()) + ": " + text(one.before()) + " to "
                                        + text(one.after()))
                                .toList()))
                .isEqualTo(differences);
    }

    @Test
    void absent_values_differ_in_nothing() {
        assertThat(JsonDifferences.between(null, null)).isEqualTo(List.of());
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static String text(@Nullable JsonNode value) {
        return value == null ? "none" : value.toString();
    }
}
