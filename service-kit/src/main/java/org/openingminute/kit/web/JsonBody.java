package org.openingminute.kit.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
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
 * Reads request bodies strictly: unreadable JSON or a wrong type is {@code malformed}, an unknown field is {@code
 * invalid}.
 */
public final class JsonBody {

    private static final int USUAL_BYTES = 16 * 1024;

    private static final JsonMapper MAPPER = JsonMapper.builder()
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

    private static final ObjectReader KNOWN = MAPPER.reader().with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private JsonBody() {}

    /**
     * A body's value and what is wrong with its fields, whatever they mean.
     *
     * @param value the value
     * @param errors one for each unknown field, and for each text that no database stores
     */
    public record Body<T>(T value, List<FieldError> errors) {}

    /**
     * Reads a request's body as one JSON object of 16 KiB at most.
     *
     * @throws Problem {@code too-large} or {@code malformed}
     */
    public static JsonNode object(HttpServletRequest request) throws IOException {
        return object(request, USUAL_BYTES);
    }

    /**
     * Reads a request's body as one JSON object.
     *
     * @param most the most bytes that it may have
     * @throws Problem {@code too-large} or {@code malformed}
     */
    public static JsonNode object(HttpServletRequest request, int most) throws IOException {
        byte[] body = request.getInputStream().readNBytes(most + 1);
        if (body.length > most) {
            throw new Problem(CommonProblem.TOO_LARGE, "The body may have " + most + " bytes.");
        }
        return object(body);
    }

    /**
     * Reads one JSON object.
     *
     * @param body {@code null} or empty if there is none
     * @throws Problem {@code malformed}
     */
    public static JsonNode object(byte @Nullable [] body) {
        if (body == null || body.length == 0) {
            throw Problem.malformed("A request body is required.");
        }
        try {
            JsonNode tree = MAPPER.readTree(body);
            if (tree == null || !tree.isObject()) {
                throw Problem.malformed("The body must be a JSON object.");
            }
            return tree;
        } catch (JacksonException e) {
            throw Problem.malformed("The body is not valid JSON.");
        }
    }

    /**
     * Reads an object as a record.
     *
     * @throws Problem {@code malformed} where a field has another type
     */
    public static <T> Body<T> read(JsonNode tree, Class<T> type) {
        try {
            return valueOf(tree, type);
        } catch (JacksonException e) {
            throw Problem.malformed("A field has a wrong type: " + path(e) + ".");
        }
    }

    /** Collects unknown fields only where strict binding found one. */
    private static <T> Body<T> valueOf(JsonNode tree, Class<T> type) {
        List<FieldError> errors = new ArrayList<>();
        findUnstorable(errors, "", tree);
        try {
            return new Body<>(KNOWN.treeToValue(tree, type), errors);
        } catch (UnrecognizedPropertyException e) {
            T value = MAPPER.treeToValue(tree, type);
            findUnknown(errors, "", tree, MAPPER.valueToTree(value));
            return new Body<>(value, errors);
        }
    }

    /**
     * Reads an object as a record; every field must be known.
     *
     * @throws Problem {@code malformed} if a field has another type, {@code invalid} if one is unknown
     */
    public static <T> T readKnown(JsonNode tree, Class<T> type) {
        Body<T> read = read(tree, type);
        if (!read.errors().isEmpty()) {
            throw Problem.invalid(read.errors());
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

    /** Collects the texts that have a NUL or an unpaired surrogate, by path; a name that has one is an unknown field. */
    private static void findUnstorable(List<FieldError> errors, String path, JsonNode sent) {
        if (sent.isObject()) {
            sent.properties().forEach(field -> findUnstorable(errors, at(path, field.getKey()), field.getValue()));
        } else if (sent.isArray()) {
            for (int i = 0; i < sent.size(); i++) {
                findUnstorable(errors, path + "[" + i + "]", sent.get(i));
            }
        } else if (sent.isString() && sent.stringValue().codePoints().anyMatch(JsonBody::isUnstorable)) {
            errors.add(FieldError.of(path, "control-characters", "has control characters"));
        }
    }

    private static boolean isUnstorable(int character) {
        return character == 0 || Character.getType(character) == Character.SURROGATE;
    }

    private static String at(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    /** Collects the sent fields that binding did not know, by path: {@code attendees[0].nickname}. */
    private static void findUnknown(List<FieldError> unknown, String path, JsonNode sent, JsonNode understood) {
        if (sent.isObject() && understood.isObject()) {
            sent.properties().forEach(field -> {
                String at = at(path, field.getKey());
                JsonNode known = understood.get(field.getKey());
                if (known == null) {
                    unknown.add(FieldError.of(at, "unknown-field", "is not a known field"));
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
