package org.openingminute.ui.desk;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.openingminute.ui.part.Link;

/** The form of an action that is previewed before it is carried out: the typed values, the hidden values, and the errors. */
public interface PreviewedForm {

    /** The name of the submit button. */
    String STEP = "step";

    /** The idempotency key: however often the form is submitted, its action is carried out once. */
    String KEY = "key";

    /** The values by field; empty fields are absent. */
    Map<String, String> values();

    /** The error texts by field. */
    Map<String, String> errors();

    /**
     * The submitted values of a form.
     *
     * @param parameters the request's parameters
     * @param fields the form's fields; other parameters are ignored
     */
    static Map<String, String> sent(Map<String, String[]> parameters, Set<String> fields) {
        Map<String, String> values = new LinkedHashMap<>();
        parameters.forEach((field, sent) -> {
            String text = sent[0].strip();
            if (fields.contains(field) && !text.isEmpty()) {
                values.put(field, text);
            }
        });
        return values;
    }

    default String value(String field) {
        return values().getOrDefault(field, "");
    }

    default @Nullable String error(String field) {
        return errors().get(field);
    }

    /** The values that the preview submits again, without the button. */
    default Set<Map.Entry<String, String>> sentAgain() {
        Map<String, String> again = new LinkedHashMap<>(values());
        again.remove(STEP);
        return again.entrySet();
    }

    /**
     * The error summary above the form: links to the invalid fields.
     *
     * @param prefix the prefix of the fields' element ids
     */
    default List<Link> summary(String prefix, UnaryOperator<String> label) {
        return errors().entrySet().stream()
                .map(error ->
                        new Link("#" + prefix + error.getKey(), label.apply(error.getKey()) + ": " + error.getValue()))
                .toList();
    }
}
