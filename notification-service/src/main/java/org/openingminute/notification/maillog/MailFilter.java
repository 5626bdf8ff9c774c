package org.openingminute.notification.maillog;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.notification.composition.PlainText;

/** The filter of a list of mails. */
record MailFilter(
        @Nullable UUID registration,
        @Nullable String to,
        @Nullable String state,
        int limit,
        @Nullable UUID after) {

    private static final Set<String> STATES = Set.of("waiting", "sent", "failed", "bounced", "superseded");
    private static final int MOST = 200;
    private static final int USUAL = 50;

    /**
     * Parses the filter of a request.
     *
     * @throws Problem {@code invalid} if a value is not valid
     */
    static MailFilter of(
            @Nullable String registration,
            @Nullable String to,
            @Nullable String state,
            @Nullable String limit,
            @Nullable String after) {
        @Nullable String wantedState = chosen(state);
        @Nullable String wantedTo = chosen(to);
        if (wantedState != null && !STATES.contains(wantedState)) {
            throw Problem.invalid(
                    "state",
                    "not-one-of",
                    "one of {}",
                    String.join(", ", STATES.stream().sorted().toList()));
        }
        if (wantedTo != null && !PlainText.isLine(wantedTo)) {
            throw Problem.invalid("to", "not-an-email", "is not an email address");
        }
        return new MailFilter(
                id("registration", registration),
                wantedTo == null ? null : wantedTo.strip(),
                wantedState,
                limit(limit),
                id("after", after));
    }

    /** Returns the same filter from the first mail on. */
    MailFilter fromStart() {
        return new MailFilter(registration, to, state, limit, null);
    }

    /** Treats an empty value as absent, as forms send it for unused filters. */
    private static @Nullable String chosen(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static @Nullable UUID id(String field, @Nullable String text) {
        @Nullable String wanted = chosen(text);
        if (wanted == null) {
            return null;
        }
        return Ids.read(wanted).orElseThrow(() -> Problem.invalid(field, "not-an-id", "is not a valid id"));
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return USUAL;
        }
        if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > MOST) {
            throw Problem.invalid("limit", "out-of-range", "from {} to {}", 1, MOST);
        }
        return Integer.parseInt(text);
    }
}
