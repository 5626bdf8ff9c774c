package org.openingminute.notification.maillog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.subscription.SubscriptionMail;

/**
 * The mails to be sent again.
 *
 * @param since the time from which on they have been in this state
 * @param until the last such time; {@code null} for no limit
 * @param kind {@code null} for all kinds
 */
record MailSelection(
        String state,
        Instant since,
        @Nullable Instant until,
        @Nullable String kind) {

    private static final Set<String> STATES = Set.of("bounced", "failed");

    /** A year of four digits: the database has no later ones than its type allows. */
    private static final String INSTANT = "[0-9]{4}-.{1,60}";

    /**
     * Reads a request's fields.
     *
     * @throws Problem {@code invalid}, with all errors
     */
    static MailSelection of(JsonBody.Body<ResendRequest> body) {
        ResendRequest wanted = body.value();
        List<FieldError> errors = new ArrayList<>(body.errors());
        @Nullable String state = wanted.state();
        if (state == null || !STATES.contains(state)) {
            errors.add(FieldError.of(
                    "state",
                    state == null ? "required" : "not-one-of",
                    "must be one of {}",
                    String.join(", ", STATES.stream().sorted().toList())));
        }
        @Nullable Instant since = instant("since", wanted.since(), errors);
        @Nullable Instant until = instant("until", wanted.until(), errors);
        @Nullable String kind = wanted.kind();
        if (kind != null
                && Stream.of(MailKind.codes(), SubscriptionMail.codes())
                        .flatMap(Arrays::stream)
                        .noneMatch(kind::equals)) {
            errors.add(FieldError.of("kind", "unknown-kind", "is not a kind of mail"));
        }
        if (wanted.since() == null) {
            errors.add(FieldError.of("since", "required", "is required"));
        }
        if (!errors.isEmpty() || state == null || since == null) {
            throw Problem.invalid(errors);
        }
        return new MailSelection(state, since, until, kind);
    }

    private static @Nullable Instant instant(String field, @Nullable String text, List<FieldError> errors) {
        if (text == null) {
            return null;
        }
        try {
            if (text.matches(INSTANT)) {
                return OffsetDateTime.parse(text).toInstant();
            }
        } catch (DateTimeException e) {
            // noted below
        }
        errors.add(FieldError.of(field, "not-an-instant", "must be an instant such as 2026-02-02T09:00:00Z"));
        return null;
    }

    /**
     * A request to send mails again.
     *
     * @param state {@code failed} or {@code bounced}
     * @param since the time from which on they have been in this state
     * @param until the last such time; absent for no limit
     * @param kind such as {@code confirmation}; absent for all kinds
     */
    record ResendRequest(
            @Nullable String state,
            @Nullable String since,
            @Nullable String until,
            @Nullable String kind) {}
}
