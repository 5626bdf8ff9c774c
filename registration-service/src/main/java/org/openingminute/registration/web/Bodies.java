package org.openingminute.registration.web;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.form.FieldError;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads request bodies strictly: JSON that cannot be read, or has a wrong type somewhere, is {@code malformed}; a field that
 * nobody knows is {@code invalid}. Safe for all threads.
 */
@Component
public class Bodies {

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
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final ObjectReader known = mapper.reader().with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

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
        try {
            return valueOf(tree, type);
        } catch (JacksonException e) {
            throw Problem.malformed("A field has a wrong type: " + path(e) + ".");
        }
    }

    /** What is not known is looked for only where there is something. */
    private <T> Body<T> valueOf(JsonNode tree, Class<T> type) {
        try {
            return new Body<>(known.treeToValue(tree, type), List.of());
        } catch (UnrecognizedPropertyException e) {
            T value = mapper.treeToValue(tree, type);
            List<FieldError> unknown = new ArrayList<>();
            findUnknown(unknown, "", tree, mapper.valueToTree(value));
            return new Body<>(value, unknown);
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

    /** What was sent and is not in what was understood, where it stands: {@code attendees[0].nickname}. */
    private static void findUnknown(List<FieldError> unknown, String path, JsonNode sent, JsonNode understood) {
        if (sent.isObject() && understood.isObject()) {
            sent.properties().forEach(field -> {
                String at = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                JsonNode known = understood.get(field.getKey());
                if (known == null) {
                    unknown.add(new FieldError(at, "is not a known field"));
                } else {
                    findUnknown(unknown, at, field.getValue(), known);
                }
            });
        } else if (sent.isArray() && understood.isArray()) {
            for (int i = 0; i < Math.min(sent.size(), understood.size()); i++) {
                findUnknown(unknown, path + "[" + i + "]", sent.get(i), understood.get(i));
            }
        }
    }
}
