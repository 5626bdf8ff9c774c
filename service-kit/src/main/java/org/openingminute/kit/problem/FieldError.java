package org.openingminute.kit.problem;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.helpers.MessageFormatter;

/**
 * The error of one field of a request. Immutable.
 *
 * @param field the field's path, for example {@code attendees[0].email}
 * @param code the kind of error, for example {@code too-long}; pages and clients map it to a text of their own
 * @param message plain English that continues the field's name, for example {@code is required}
 * @param parameters values that the code refers to, such as the maximum length of a text; not part of the JSON
 */
@JsonPropertyOrder({"field", "message", "code"})
public record FieldError(
        String field,
        String code,
        String message,
        @JsonIgnore List<Object> parameters) {

    private static final Pattern KEBAB_CASE = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /** @throws IllegalArgumentException if the code is not in kebab case */
    public FieldError {
        if (!KEBAB_CASE.matcher(code).matches()) {
            throw new IllegalArgumentException("not in kebab case: " + code);
        }
        parameters = List.copyOf(parameters);
    }

    /**
     * An error whose message is made from a template and the parameters.
     *
     * @param template the message with <code>{}</code> in place of each parameter; surplus parameters are left out of the message
     * @throws IllegalArgumentException if the code is not in kebab case
     */
    public static FieldError of(String field, String code, String template, Object... parameters) {
        return new FieldError(
                field, code, MessageFormatter.basicArrayFormat(template, parameters), List.of(parameters));
    }
}
