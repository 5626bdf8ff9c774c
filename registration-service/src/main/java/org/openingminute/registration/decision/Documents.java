package org.openingminute.registration.decision;

import org.openingminute.registration.lifecycle.Registration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How registrations are kept in the database. */
public final class Documents {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Documents() {}

    public static Registration registration(String json) {
        return MAPPER.readValue(json, Registration.class);
    }

    public static String json(Registration registration) {
        return MAPPER.writeValueAsString(registration);
    }

    public static JsonNode tree(String json) {
        return MAPPER.readTree(json);
    }

    static JsonNode treeOf(Object value) {
        return MAPPER.valueToTree(value);
    }
}
