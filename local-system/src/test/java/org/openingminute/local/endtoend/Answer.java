package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import org.assertj.core.api.AbstractStringAssert;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What came back. */
public record Answer(int status, HttpHeaders headers, String text) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public JsonNode json() {
        return JSON.readTree(text);
    }

    /** The text at a JSON pointer, empty where there is none. */
    public String at(String pointer) {
        return json().at(pointer).asString("");
    }

    public Answer has(int expected) {
        assertThat(status).as(text).isEqualTo(expected);
        return this;
    }

    /** Checks that it is a problem with this status and code, in the form that the contract promises. */
    public Answer isProblem(int expected, String code) {
        assertThat(status + " " + text).startsWith(expected + " ").contains("\"" + code + "\"");
        assertThat(at("/code")).isEqualTo(code);
        assertThat(headers.firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(text).doesNotContainPattern("Exception|org\\.openingminute|java\\.|select .* from |127\\.0\\.0\\.1");
        return this;
    }

    public AbstractStringAssert<?> assertThatText(String pointer) {
        return assertThat(at(pointer));
    }
}
