package org.openingminute.messaging.audit;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.JsonFields;

/**
 * Selects rows of the audit.
 *
 * @param conferences the conferences whose rows are selected; {@code null} for all rows, including those of no conference
 * @param who an account, or a part of a person's name; not case-sensitive
 * @param from the first instant of the range
 * @param to the first instant after the range
 * @param after the id after which the page begins
 */
record AuditFilter(
        @Nullable UUID registration,
        @Nullable Set<String> conferences,
        @Nullable String who,
        @Nullable String what,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable UUID after,
        int limit) {

    private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,2}");
    /** An instant with a four-digit year; PostgreSQL's type cannot represent much later ones. */
    private static final Pattern INSTANT = Pattern.compile("[0-9]{4}-.{1,60}");

    private static final int MOST = 200;
    private static final int USUAL = 50;
    private static final int LONGEST = 200;

    /**
     * Parses the filter of a request.
     *
     * @throws Problem {@code forbidden} for a conference that the reader may not see, {@code invalid} for an invalid value
     */
    static AuditFilter of(Map<String, String> query, Caller.Staff reader) {
        @Nullable String conference = text(query, "conference");
        if (conference != null) {
            reader.in(conference);
        }
        return new AuditFilter(
                id(query, "registration"),
                conference == null ? reader.scopes().orElse(null) : Set.of(conference),
                text(query, "who"),
                text(query, "what"),
                instant(query, "from"),
                instant(query, "to"),
                id(query, "after"),
                limit(query));
    }

    /** Treats an empty value as absent, because a form submits unused filters as empty values. */
    private static @Nullable String chosen(Map<String, String> query, String name) {
        @Nullable String value = query.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    private static @Nullable String text(Map<String, String> query, String name) {
        @Nullable String text = chosen(query, name);
        if (text != null && text.length() > LONGEST) {
            throw Problem.invalid(name, "too-long", "has more than {} characters", LONGEST);
        }
        if (text != null && JsonFields.unwritable(text, false)) {
            throw Problem.invalid(name, "control-characters", "has control characters");
        }
        return text;
    }

    private static @Nullable UUID id(Map<String, String> query, String name) {
        @Nullable String text = chosen(query, name);
        return text == null
                ? null
                : Ids.read(text).orElseThrow(() -> Problem.invalid(name, "not-an-id", "is not a valid id"));
    }

    private static @Nullable Instant instant(Map<String, String> query, String name) {
        @Nullable String text = chosen(query, name);
        try {
            if (text == null || INSTANT.matcher(text).matches()) {
                return text == null ? null : Instant.parse(text);
            }
        } catch (DateTimeException e) {
            // Refused below, like any other text that is not an instant.
        }
        throw Problem.invalid(name, "not-an-instant", "must be an instant such as 2026-02-02T09:00:00Z");
    }

    private static int limit(Map<String, String> query) {
        @Nullable String text = chosen(query, "limit");
        if (text == null) {
            return USUAL;
        }
        if (!LIMIT.matcher(text).matches() || Integer.parseInt(text) > MOST) {
            throw Problem.invalid("limit", "out-of-range", "must be a number from {} to {}", 1, MOST);
        }
        return Integer.parseInt(text);
    }
}
