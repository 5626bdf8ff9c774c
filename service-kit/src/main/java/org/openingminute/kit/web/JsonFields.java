package org.openingminute.kit.web;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldErrors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads the fields of one JSON object. If a field cannot be read, its error is added to the {@link FieldErrors} and the method returns
 * {@code null} or a stand-in, so that the remaining fields are still read. A field with the value {@code null} counts as absent. Not
 * thread-safe.
 */
public final class JsonFields {

    /** The error code for a text that must be a single line. */
    public static final String NOT_ONE_LINE = "not-one-line";

    private static final int LONGEST_CODE = 63;
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /** RFC 3339. */
    private static final Pattern INSTANT =
            Pattern.compile("[0-9-]{10}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})");

    private final JsonNode object;
    private final String path;
    private final boolean readable;
    private final FieldErrors errors;
    private final Set<String> known = new HashSet<>();

    /**
     * @param path the object's path in the request; empty for the whole body
     * @param errors receives the errors
     */
    public JsonFields(JsonNode node, String path, FieldErrors errors) {
        this.readable = node.isObject();
        this.object = readable ? node : JsonNodeFactory.instance.objectNode();
        this.path = path;
        this.errors = errors;
        if (!readable) {
            errors.malformed(path, "not-an-object", "must be an object");
        }
    }

    /** The path of a field of this object. */
    public String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Adds an error for a field, unless the object itself cannot be read. */
    public void invalid(String name, String code, String template, Object... parameters) {
        if (readable) {
            errors.invalid(at(name), code, template, parameters);
        }
    }

    public boolean has(String name) {
        return value(name) != null;
    }

    public boolean isEmptyList(String name) {
        JsonNode value = value(name);
        return value != null && value.isArray() && value.isEmpty();
    }

    /** The names of all fields, known or unknown, in the order of the request. */
    public Collection<String> names() {
        return object.propertyNames();
    }

    /** Adds an error for each field that no call has read. Must be called last. */
    public void noOthers() {
        for (String name : names()) {
            if (!known.contains(name)) {
                invalid(name, "unknown-field", "is not a known field");
            }
        }
    }

    /** A text on one line, of 1 to {@code most} characters, not blank. A text of several lines is an error and is read as one line. */
    @Nullable
    public String text(String name, int most) {
        String text = prose(name, most);
        return text == null ? null : oneLine(at(name), text);
    }

    /** A text on one or several lines, with the same limits. */
    @Nullable
    public String prose(String name, int most) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            errors.malformed(at(name), "not-a-text", "must be a string");
            return null;
        }
        String text = value.stringValue();
        return isText(at(name), text, most) ? text : null;
    }

    @Nullable
    public String requiredText(String name, int most) {
        return required(name, text(name, most));
    }

    /** A code: letters, digits, dots, hyphens and underscores, at most 63 characters. */
    @Nullable
    public String requiredCode(String name) {
        String code = requiredText(name, LONGEST_CODE);
        return code != null && isCode(name, code) ? code : null;
    }

    /** Checks whether a text is a code; if not, adds an error for the field. */
    public boolean isCode(String name, String text) {
        boolean code = CODE.matcher(text).matches();
        if (!code) {
            invalid(
                    name,
                    "not-a-code",
                    "must be letters, digits, dots, dashes and underscores, at most {}, and begin with a letter or digit",
                    LONGEST_CODE);
        }
        return code;
    }

    /** An http or https URL. Other schemes, such as {@code javascript:}, must never become a link. */
    @Nullable
    public String webAddress(String name) {
        String text = text(name, 500);
        if (text == null) {
            return null;
        }
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme();
            if (uri.getHost() != null && ("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme))) {
                return text;
            }
        } catch (URISyntaxException e) {
            // noted below, like a wrong scheme
        }
        invalid(name, "not-a-web-address", "must be an http or https address");
        return null;
    }

    @Nullable
    public Long whole(String name, long least, long most) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber()) {
            errors.malformed(at(name), "not-a-whole-number", "must be a whole number");
            return null;
        }
        if (!value.canConvertToLong() || value.longValue() < least || value.longValue() > most) {
            invalid(name, "out-of-range", "must be from {} to {}", least, most);
            return null;
        }
        return value.longValue();
    }

    @Nullable
    public Integer count(String name, int least, int most) {
        Long count = whole(name, least, most);
        return count == null ? null : count.intValue();
    }

    public int count(String name, int least, int most, int absent) {
        Integer count = count(name, least, most);
        return count == null ? absent : count;
    }

    /** A percentage from 0 to 100 with at most four decimal places. */
    @Nullable
    public BigDecimal percent(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            errors.malformed(at(name), "not-a-number", "must be a number");
            return null;
        }
        // compared as double first: a number such as 1e999 has no decimal form, and 1e-999999 a very long one
        double rough = value.doubleValue(Double.NaN);
        if (!(rough >= 0 && rough <= 100)) {
            invalid(name, "out-of-range", "must be from {} to {}", 0, 100);
            return null;
        }
        BigDecimal percent = value.decimalValue().stripTrailingZeros();
        if (percent.compareTo(BigDecimal.valueOf(100)) > 0) {
            invalid(name, "out-of-range", "must be from {} to {}", 0, 100);
            return null;
        }
        if (percent.scale() > 4) {
            invalid(name, "too-many-decimals", "has more than four decimals", 4);
            return null;
        }
        // Written as 100 and not as 1E+2, which is the same number but reads like another.
        return percent.scale() < 0 ? percent.setScale(0) : percent;
    }

    public boolean flag(String name, boolean absent) {
        JsonNode value = value(name);
        if (value == null) {
            return absent;
        }
        if (!value.isBoolean()) {
            errors.malformed(at(name), "not-a-boolean", "must be true or false");
            return absent;
        }
        return value.booleanValue();
    }

    @Nullable
    public LocalDate requiredDate(String name) {
        String text = requiredText(name, 10);
        if (text == null) {
            return null;
        }
        try {
            LocalDate date = LocalDate.parse(text);
            if (isOfOurTime(date)) {
                return date;
            }
        } catch (DateTimeException e) {
            // the error is noted below
        }
        invalid(name, "not-a-date", "must be a date such as 2026-05-18");
        return null;
    }

    /** An instant in whole seconds. */
    @Nullable
    public Instant instant(String name) {
        String text = text(name, 40);
        if (text == null) {
            return null;
        }
        try {
            // Java also accepts an instant without seconds, which would be ambiguous to the second.
            if (INSTANT.matcher(text).matches()) {
                OffsetDateTime time = OffsetDateTime.parse(text);
                if (isOfOurTime(time.toLocalDate()) && time.getNano() == 0) {
                    return time.toInstant();
                }
            }
        } catch (DateTimeException e) {
            // the error is noted below
        }
        invalid(
                name,
                "not-an-instant",
                "must be an instant in whole seconds with its offset, such as 2026-04-01T23:59:59-12:00");
        return null;
    }

    @Nullable
    public JsonFields object(String name) {
        JsonNode value = value(name);
        return value == null ? null : new JsonFields(value, at(name), errors);
    }

    @Nullable
    public JsonFields requiredObject(String name) {
        return required(name, object(name));
    }

    /** A list of objects; empty if absent. */
    public List<JsonFields> objects(String name, int most) {
        return list(name, most, (node, at) -> new JsonFields(node, at, errors));
    }

    /** A list of texts of one line each; empty if absent. */
    public List<String> texts(String name, int most, int mostCharacters) {
        return list(name, most, (node, at) -> {
            if (!node.isString()) {
                errors.malformed(at, "not-a-text", "must be a string");
                return "";
            }
            String text = node.stringValue();
            return isText(at, text, mostCharacters) ? oneLine(at, text) : text;
        });
    }

    private <T> List<T> list(String name, int most, BiFunction<JsonNode, String, T> element) {
        JsonNode value = value(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            errors.malformed(at(name), "not-a-list", "must be a list");
            return List.of();
        }
        if (value.size() > most) {
            invalid(name, "too-many", "has more than {} entries", most);
            return List.of();
        }
        List<T> elements = new ArrayList<>();
        for (JsonNode node : value.values()) {
            elements.add(element.apply(node, at(name) + "[" + elements.size() + "]"));
        }
        return elements;
    }

    /**
     * Whether a text contains forbidden characters: control characters and line separators (except line breaks in a text of several lines),
     * and unpaired surrogates. They would break lines in mails and tables, and PostgreSQL cannot store all of them.
     */
    public static boolean unwritable(String text, boolean lines) {
        return text.codePoints()
                .anyMatch(c -> (Character.isISOControl(c) && !(lines && (c == '\n' || c == '\r' || c == '\t')))
                        || (!lines && (c == '\u2028' || c == '\u2029'))
                        || Character.getType(c) == Character.SURROGATE);
    }

    private String oneLine(String at, String text) {
        if (!unwritable(text, false)) {
            return text;
        }
        errors.invalid(at, NOT_ONE_LINE, "must be one line without control characters");
        return SingleLine.of(text);
    }

    /** Checks a text; if it is not acceptable, adds an error for the field. */
    private boolean isText(String at, String text, int most) {
        if (text.isBlank()) {
            errors.invalid(at, "blank", "must not be blank");
        } else if (text.codePointCount(0, text.length()) > most) {
            errors.invalid(at, "too-long", "has more than {} characters", most);
        } else if (unwritable(text, true)) {
            errors.invalid(at, "control-characters", "has control characters");
        } else {
            return true;
        }
        return false;
    }

    /** Adds an error for a field that is absent. A field that is present but invalid already has one. */
    public <T> @Nullable T required(String name, @Nullable T value) {
        if (value == null && !has(name)) {
            invalid(name, "required", "is required");
        }
        return value;
    }

    private @Nullable JsonNode value(String name) {
        known.add(name);
        @Nullable JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    private static boolean isOfOurTime(LocalDate date) {
        return date.getYear() >= 1970 && date.getYear() <= 9999;
    }
}
