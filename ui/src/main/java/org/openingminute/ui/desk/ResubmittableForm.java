package org.openingminute.ui.desk;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A form that was submitted after its session had ended. It is kept so that the reader can sign in and submit it again: the model attribute
 * {@code form} of the template {@code ui/kept}. Immutable.
 *
 * @param action the address to which the form is submitted
 */
public record ResubmittableForm(String action, List<Field> fields) {

    /** The template. Beyond this form, its model needs only what every page has. */
    public static final String TEMPLATE = "ui/kept";

    public ResubmittableForm {
        fields = List.copyOf(fields);
    }

    /**
     * Captures the form of a request.
     *
     * @param sent the values of each field
     */
    public static ResubmittableForm of(String action, Map<String, String[]> sent) {
        return new ResubmittableForm(
                action,
                sent.entrySet().stream()
                        .flatMap(
                                field -> Arrays.stream(field.getValue()).map(value -> new Field(field.getKey(), value)))
                        .toList());
    }

    /** A field with one of its values. */
    public record Field(String name, String value) {}
}
