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
import org.openingminute.notification.ops.BusinessOffsets.OffsetHistory;
import org.openingminute.notification.subscription.SubscriptionMail;

/**
 * Selects the mails to resend.
 *
 * @param state {@code failed} or {@code bounced}; {@code null} for both
 * @param since start of the interval in which the mails entered this state
 * @param until end of the interval, inclusive; {@code null} for no limit
 * @param kind {@code null} for all kinds
 */
record MailSelection(
        @Nullable String state,
        Instant since,
        @Nullable Instant until,
        @Nullable String kind) {

    /** The states of mails that did not reach anybody. */
    static final Set<String> STATES = Set.of("bounced", "failed");

    /** Allows four-digit years only, because the database refuses instants outside its type's range. */
    private static final String INSTANT = "[0-9]{4}-.{1,60}";

    /**
     * Reads a request's fields.
     *
     * @throws Problem {@code invalid}, with all errors
     */
    static MailSelection of(JsonBody.Body<ResendRequest> body) {
        List<FieldError> errors = new ArrayList<>(body.errors());
        if (body.value().state() == null) {
            errors.add(notOneOf("required"));
        }
        return of(body.value(), errors);
    }

    /**
     * Validates a request. A {@code null} state selects both states.
     *
     * @param errors errors already found in the request
     * @throws Problem {@code invalid}, with all errors
     */
    static MailSelection of(ResendRequest wanted, List<FieldError> errors) {
        List<FieldError> all = new ArrayList<>(errors);
        @Nullable String state = wanted.state();
        if (state != null && !STATES.contains(state)) {
            all.add(notOneOf("not-one-of"));
        }
        @Nullable Instant since = instant("since", wanted.since(), all);
        @Nullable Instant until = instant("until", wanted.until(), all);
        @Nullable String kind = wanted.kind();
        if (kind != null && kinds().noneMatch(kind::equals)) {
            all.add(FieldError.of("kind", "unknown-kind", "is not a kind of mail"));
        }
        if (wanted.since() == null) {
            all.add(FieldError.of("since", "required", "is required"));
        }
        if (!all.isEmpty() || since == null) {
            throw Problem.invalid(all);
        }
        return new MailSelection(state, since, until, kind);
    }

    /** Returns the codes of all kinds of mail. */
    static Stream<String> kinds() {
        return Stream.of(MailKind.codes(), SubscriptionMail.codes())
                .flatMap(Arrays::stream)
                .distinct();
    }

    private static FieldError notOneOf(String code) {
        return FieldError.of(
                "state",
                code,
                "must be one of {}",
                String.join(", ", STATES.stream().sorted().toList()));
    }

    /** Returns this selection without the mails that entered their state after {@code last}. */
    MailSelection upTo(Instant last) {
        return until != null && until.isBefore(last) ? this : new MailSelection(state, since, last, kind);
    }

    /** Converts a selection in business time to the machine's clock. */
    MailSelection byMachine(OffsetHistory history) {
        return new MailSelection(
                state, history.machineTime(since), until == null ? null : history.machineTime(until), kind);
    }

    /** Returns the selected states. */
    Set<String> states() {
        return state == null ? STATES : Set.of(state);
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
            // The caller reports the error below.
        }
        errors.add(FieldError.of(field, "not-an-instant", "must be an instant such as 2026-02-02T09:00:00Z"));
        return null;
    }

    /**
     * A request to resend mails.
     *
     * @param state {@code failed} or {@code bounced}
     * @param since start of the interval in which the mails entered this state
     * @param until end of the interval, inclusive; absent for no limit
     * @param kind such as {@code confirmation}; absent for all kinds
     */
    record ResendRequest(
            @Nullable String state,
            @Nullable String since,
            @Nullable String until,
            @Nullable String kind) {}
}
