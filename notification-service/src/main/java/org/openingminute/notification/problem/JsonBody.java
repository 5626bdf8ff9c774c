package org.openingminute.notification.problem;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a request's body as one JSON object; what is in it is looked at later, once it is known who asks. */
public final class JsonBody {

    private static final int MOST_BYTES = 16 * 1024;

    private JsonBody() {}

    /**
     * The body.
     *
     * @throws ApiProblem {@code too-large} or {@code malformed}
     */
    public static JsonNode object(HttpServletRequest request, JsonMapper json) throws IOException {
        return object(request, json, MOST_BYTES);
    }

    /**
     * The body, where it may have more or fewer bytes than others.
     *
     * @throws ApiProblem {@code too-large} or {@code malformed}
     */
    public static JsonNode object(HttpServletRequest request, JsonMapper json, int most) throws IOException {
        byte[] body = request.getInputStream().readNBytes(most + 1);
        if (body.length > most) {
            throw new ApiProblem(ProblemCode.TOO_LARGE, "The body may have " + most + " bytes.");
        }
        try {
            JsonNode node = json.readTree(body);
            if (node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            // Answered below.
        }
        throw new ApiProblem(ProblemCode.MALFORMED, "The body must be a JSON object.");
    }

    /**
     * A text, {@code null} where there is none.
     *
     * @throws ApiProblem {@code malformed} if it is something else
     */
    public static @Nullable String text(JsonNode body, String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw new ApiProblem(ProblemCode.MALFORMED, field + " must be a text.");
        }
        return value.asString();
    }

    /**
     * A list of texts, empty where there is none.
     *
     * @throws ApiProblem {@code malformed} if it is something else
     */
    public static List<String> texts(JsonNode body, String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        if (value.isArray()) {
            for (JsonNode one : value) {
                if (one.isString()) {
                    texts.add(one.asString());
                }
            }
        }
        if (!value.isArray() || texts.size() != value.size()) {
            throw new ApiProblem(ProblemCode.MALFORMED, field + " must be a list of texts.");
        }
        return texts;
    }

    /** What is wrong with the fields that nobody knows. */
    public static List<ApiProblem.FieldError> unknown(JsonNode body, Set<String> known) {
        return body.propertyNames().stream()
                .filter(field -> !known.contains(field))
                .map(field -> new ApiProblem.FieldError(field, "is not a field of this request"))
                .toList();
    }
}
