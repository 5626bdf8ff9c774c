package org.openingminute.registration.web;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.FieldError;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads request bodies strictly: JSON that cannot be read, or has a wrong type somewhere, is {@code malformed}; a field that
 * nobody knows is {@code invalid}. Safe for all threads.
 */
@Component
public class Bodies {

    private static final String UNKNOWN = "unknown fields";

    private final JsonMapper mapper = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, coercion -> {
                coercion.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                coercion.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                coercion.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
            })
            .addHandler(new UnknownFields())
            .build();

    /**
     * What a body says.
     *
     * @param value the value
     * @param unknown a line for each field that nobody knows
     */
    public record Body<T>(T value, List<FieldError> unknown) {}

    /**
     * Reads any JSON.
     *
     * @throws Problem {@code malformed}
     */
    public JsonNode tree(byte @Nullable [] body) {
        if (body == null || body.length == 0) {
            throw Problem.malformed("A body is needed here.");
        }
        try {
            JsonNode tree = mapper.readTree(body);
            if (tree == null || !tree.isObject()) {
                throw Problem.malformed("The body must be a JSON object.");
            }
            return tree;
        } catch (JacksonException e) {
            throw Problem.malformed("The body is not JSON that can be read.");
        }
    }

    /**
     * Reads a body as a type of ours.
     *
     * @throws Problem {@code malformed}
     */
    public <T> Body<T> read(JsonNode tree, Class<T> type) {
        List<FieldError> unknown = new ArrayList<>();
        try {
            T value = mapper.readerFor(type).withAttribute(UNKNOWN, unknown).readValue(tree);
            return new Body<>(value, unknown);
        } catch (JacksonException e) {
            throw Problem.malformed("A field has a wrong type: " + path(e) + ".");
        }
    }

    /** Like {@link #read}, for a body of which every field must be known. */
    public <T> T readKnown(JsonNode tree, Class<T> type) {
        Body<T> read = read(tree, type);
        if (!read.unknown().isEmpty()) {
            throw Problem.invalid(read.unknown());
        }
        return read.value();
    }

    private static String path(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference reference : e.getPath()) {
            append(path, reference.getPropertyName(), reference.getIndex());
        }
        return path.isEmpty() ? "the body" : path.toString();
    }

    private static void append(StringBuilder path, @Nullable String name, int index) {
        if (name == null) {
            path.append('[').append(index).append(']');
        } else {
            path.append(path.isEmpty() ? "" : ".").append(name);
        }
    }

    private static final class UnknownFields extends DeserializationProblemHandler {

        @Override
        @SuppressWarnings("unchecked") // the attribute is set by read alone
        public boolean handleUnknownProperty(
                DeserializationContext context,
                JsonParser parser,
                ValueDeserializer<?> deserializer,
                Object beanOrClass,
                String name) {
            if (context.getAttribute(UNKNOWN) instanceof List<?> unknown) {
                String inside = parser.streamReadContext().pathAsPointer().toString();
                ((List<FieldError>) unknown).add(new FieldError(field(inside), "is not a known field"));
            }
            parser.skipChildren();
            return true;
        }

        /** {@code /attendees/0/nickname} as {@code attendees[0].nickname}. */
        private static String field(String pointer) {
            StringBuilder path = new StringBuilder();
            for (String step : pointer.substring(1).split("/", -1)) {
                if (step.chars().allMatch(Character::isDigit)) {
                    append(path, null, Integer.parseInt(step));
                } else {
                    append(path, step.replace("~1", "/").replace("~0", "~"), -1);
                }
            }
            return path.toString();
        }
    }
}
