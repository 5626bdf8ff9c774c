package org.openingminute.notification.wording;

import java.util.List;
import java.util.Set;
import org.openingminute.notification.composing.OwnWording;
import org.openingminute.notification.owed.MailKind;
import org.openingminute.notification.problem.ApiProblem;
import org.openingminute.notification.problem.ProblemCode;
import tools.jackson.databind.JsonNode;

/** Reads an organiser's words from a request. */
final class WordingForm {

    private static final Set<String> FIELDS = Set.of("subject", "text");

    private WordingForm() {}

    /**
     * Looks at the types alone, which is done before it is known who asks.
     *
     * @throws ApiProblem {@code malformed}
     */
    static JsonNode typed(JsonNode body) {
        for (String field : FIELDS) {
            JsonNode value = body.path(field);
            if (!value.isMissingNode() && !value.isNull() && !value.isString()) {
                throw new ApiProblem(ProblemCode.MALFORMED, field + " must be a text.");
            }
        }
        return body;
    }

    /**
     * The words, which may be a mail of that kind.
     *
     * @throws ApiProblem {@code invalid}, with all that is wrong
     */
    static OwnWording checked(JsonNode body, MailKind kind) {
        for (String field : body.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw ApiProblem.invalid(field, "is not a field of this request");
            }
        }
        OwnWording wording = new OwnWording(
                body.path("subject").asString(""), body.path("text").asString(""));
        List<ApiProblem.FieldError> errors = wording.faults(kind).stream()
                .map(fault -> new ApiProblem.FieldError(fault.field(), fault.message()))
                .toList();
        if (!errors.isEmpty()) {
            throw ApiProblem.invalid(errors);
        }
        return wording;
    }
}
