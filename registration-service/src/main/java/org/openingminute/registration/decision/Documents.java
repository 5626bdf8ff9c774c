package org.openingminute.registration.decision;

import org.openingminute.registration.lifecycle.Registration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON form of registrations and related data in the database. */
public final class Documents {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Documents() {}

    public static Registration registration(String json) {
        return MAPPER.readValue(json, Registration.class);
    }

    /**
     * Reads a value of a type.
     *
     * @throws tools.jackson.core.JacksonException if the text is not valid
     */
    public static <T> T value(String json, Class<T> type) {
        return MAPPER.readValue(json, type);
    }

    public static String json(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    public static JsonNode tree(String json) {
        return MAPPER.readTree(json);
    }

    public static JsonNode treeOf(Object value) {
        return MAPPER.valueToTree(value);
    }

    /**
     * Appends a field to an object without parsing it.
     *
     * @param object a JSON object with at least one field
     */
    public static String with(String object, String name, String value) {
        return object.substring(0, object.lastIndexOf('}')) + ',' + json(name) + ':' + json(value) + '}';
    }
}
