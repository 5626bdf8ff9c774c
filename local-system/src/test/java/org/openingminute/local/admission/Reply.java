package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an instance answered; status {@link #NONE} where it did not. */
record Reply(int status, String text) {

    static final int NONE = 0;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    JsonNode json() {
        return JSON.readTree(text);
    }

    /** The text at a JSON pointer, empty where there is none. */
    String at(String pointer) {
        return json().at(pointer).asString("");
    }

    Reply has(int expected) {
        assertThat(status).as(text).isEqualTo(expected);
        return this;
    }

    /** Status and problem code, as the tests count them. */
    String kind() {
        return status < 400 ? "" + status : status + " " + at("/code");
    }

    /** Whether a client repeats the request with the same key: nobody has said what became of it. */
    boolean leavesOpen() {
        return status == NONE || status == 503 || (status == 409 && at("/code").equals("in-progress"));
    }
}
