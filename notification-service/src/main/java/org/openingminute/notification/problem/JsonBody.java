package org.openingminute.notification.desk;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.openingminute.notification.problem.ApiProblem;
import org.openingminute.notification.problem.ProblemCode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a request's body as one JSON object; what is in it is looked at later, once it is known who asks. */
final class JsonBody {

    private static final int MOST_BYTES = 16 * 1024;

    private JsonBody() {}

    /**
     * The body.
     *
     * @throws ApiProblem {@code too-large} or {@code malformed}
     */
    static JsonNode object(HttpServletRequest request, JsonMapper json) throws IOException {
        byte[] body = request.getInputStream().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            throw new ApiProblem(ProblemCode.TOO_LARGE, "The body may have " + MOST_BYTES + " bytes.");
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
}
