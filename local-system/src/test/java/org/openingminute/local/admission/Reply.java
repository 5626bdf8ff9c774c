package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A response of an instance; the status is {@link #NONE} if there was none. */
record Reply(int status, String text) {

    static final int NONE = 0;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    JsonNode json() {
        return JSON.readTree(text);
    }

    /** The text at a JSON pointer, or an empty text. */
    String at(String pointer) {
        return json().at(pointer).asString("");
    }

    Reply has(int expected) {
        assertThat(status).as(text).isEqualTo(expected);
        return this;
    }

    /** The status and the problem code, by which tests count. */
    String kind() {
        return status < 400 ? "" + status : status + " " + at("/code");
    }

    /** Whether the outcome is unknown, so that a client repeats the request with the same key. */
    boolean leavesOpen() {
        return status == NONE || status == 503 || (status == 409 && at("/code").equals("in-progress"));
    }
}
