package org.openingminute.messaging;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * How bodies are written and read, the same in every service: tolerant where one reads, plain where one writes. A number that
 * is not there is no zero: a reader declares an optional field nullable. For the library's own packages.
 */
public final class MessageJson {

    /** The one mapper of all messages. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(tools.jackson.databind.cfg.EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .build();

    private MessageJson() {}
}
