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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads request bodies strictly: invalid JSON or a wrong type is {@code malformed}; an unknown field, or a value that its type refuses
 * ({@link InvalidValue}), is {@code invalid}.
 */
public final class JsonBody {

    private static final int USUAL_BYTES = 16 * 1024;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
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
     * A parsed body and the errors that do not depend on the meaning of its fields.
     *
     * @param value the parsed value
     * @param errors one error for each unknown field, for each text that PostgreSQL cannot store, and for the first value in a field
     *     that the field's type refuses
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
     * @param most the maximum size in bytes
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
     * @param body the bytes; {@code null} or empty if there is no body
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
     * Binds an object to a record.
     *
     * @throws Problem {@code malformed} if a field has a wrong type
     */
    public static <T> Body<T> read(JsonNode tree, Class<T> type) {
        try {
            return valueOf(tree, type);
        } catch (JacksonException e) {
            throw Problem.malformed("A field has a wrong type: " + path(e) + ".");
        }
    }

    /** Looks for unknown fields and refused values only after strict binding has found one. */
    private static <T> Body<T> valueOf(JsonNode tree, Class<T> type) {
        List<FieldError> errors = new ArrayList<>();
        findUnstorable(errors, "", tree);
        try {
            return new Body<>(KNOWN.treeToValue(tree, type), errors);
        } catch (JacksonException _) {
            T value = withoutRefused(errors, tree, type);
            findUnknown(errors, "", tree, MAPPER.valueToTree(value));
            return new Body<>(value, errors);
        }
    }

    /** Binds an object, leaving out the fields whose values their types refuse. */
    private static <T> T withoutRefused(List<FieldError> errors, JsonNode tree, Class<T> type) {
        ObjectNode rest = MAPPER.createObjectNode();
        tree.properties().forEach(field -> rest.set(field.getKey(), field.getValue()));
        while (true) {
            try {
                return MAPPER.treeToValue(rest, type);
            } catch (JacksonException e) {
                errors.add(takeOut(rest, e));
            }
        }
    }

    /**
     * Removes the field whose value its type refuses.
     *
     * @return the error of that value
     * @throws JacksonException the given exception, if it has another cause
     */
    private static FieldError takeOut(ObjectNode object, JacksonException e) {
        @Nullable FieldError error = refusal(e);
        @Nullable
        String field = e.getPath().isEmpty() ? null : e.getPath().getFirst().getPropertyName();
        if (error == null || field == null || object.path(field).isNull()) {
            throw e;
        }
        object.putNull(field);
        return new FieldError(at(path(e), error.field()), error.code(), error.message(), error.parameters());
    }

    private static @Nullable FieldError refusal(JacksonException e) {
        for (@Nullable Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidValue refused) {
                return refused.error();
            }
        }
        return null;
    }

    /**
     * Binds an object to a record; every field must be known.
     *
     * @throws Problem {@code malformed} if a field has a wrong type, {@code invalid} if a field is unknown or its value is refused
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

    /**
     * Collects the paths of texts that contain a NUL or an unpaired surrogate. A field name that contains one counts as an unknown field.
     */
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

    /** Collects the paths of sent fields that binding did not know, such as {@code attendees[0].nickname}. */
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
