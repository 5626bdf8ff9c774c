package org.openingminute.notification.maillog;

import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.notification.maillog.Resends.ManyOrder;
import org.openingminute.notification.ops.BusinessOffsets.OffsetHistory;
import org.openingminute.notification.ops.DeskPage;
import org.openingminute.notification.ops.DeskTexts;
import org.openingminute.ui.desk.PreviewedForm;

/** A form that resends mails. Immutable. */
record ResendForm(Map<String, String> values, Map<String, String> errors) implements PreviewedForm {

    /** When the preview of the form was shown. */
    private static final String SHOWN_AT = "shownAt";

    static final String STATE = "state";
    static final String KIND = "kind";
    static final String SINCE = "since";
    private static final String UNTIL = "until";
    static final String REASON = "reason";

    /** The visible fields in order; a form for one mail has only the reason. */
    private static final List<String> VISIBLE = List.of(STATE, KIND, SINCE, UNTIL, REASON);

    private static final Set<String> FIELDS = Set.of(STEP, KEY, SHOWN_AT, STATE, KIND, SINCE, UNTIL, REASON);

    /** The option for all states, and for all kinds. */
    static final String ALL = "all";

    ResendForm {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
    }

    /** Creates a form without errors. */
    ResendForm(Map<String, String> values) {
        this(values, Map.of());
    }

    static ResendForm sent(HttpServletRequest request) {
        return new ResendForm(PreviewedForm.sent(request.getParameterMap(), FIELDS));
    }

    /** Returns the form as the preview contains it. */
    ResendForm shown(String key, Instant now) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(KEY, key);
        more.put(SHOWN_AT, now.toString());
        return new ResendForm(more);
    }

    /** Returns when the preview was shown; now if none was. */
    private Instant shownAt(Instant now) {
        return value(SHOWN_AT).isEmpty() ? now : QueryValues.instant(SHOWN_AT, value(SHOWN_AT));
    }

    /**
     * Returns the reason for resending a single mail.
     *
     * @throws Problem {@code invalid}
     */
    String reason() {
        @Nullable FieldError error = QueryValues.textError(REASON, value(REASON));
        if (error != null) {
            throw Problem.invalid(List.of(error));
        }
        return value(REASON);
    }

    /**
     * Turns a form for many mails into an order, which uses machine time.
     *
     * @param history converts the typed times, which are business time
     * @throws Problem {@code invalid}, with all errors
     */
    ManyOrder order(DeskPage page, OffsetHistory history, Instant now) {
        ZoneId zone = page.conference().zone();
        @Nullable FieldError reason = QueryValues.textError(REASON, value(REASON));
        MailSelection selection = MailSelection.of(
                new MailSelection.ResendRequest(
                        chosen(STATE),
                        instant(SINCE, zone, history, Duration.ZERO),
                        instant(UNTIL, zone, history, Duration.ofMinutes(1).minusNanos(1_000)),
                        chosen(KIND)),
                reason == null ? List.of() : List.of(reason));
        return new ManyOrder(
                selection.upTo(shownAt(now)),
                Set.of(page.conference().slug()),
                page.staff().person(),
                value(REASON));
    }

    private @Nullable String chosen(String field) {
        return value(field).equals(ALL) ? null : value(field);
    }

    /**
     * Converts a typed minute in the conference's time zone to machine time; text that is not a time is passed on unchanged for validation
     * to refuse.
     */
    private @Nullable String instant(String field, ZoneId zone, OffsetHistory history, Duration inMinute) {
        String typed = value(field);
        if (typed.isEmpty()) {
            return null;
        }
        try {
            Instant business = LocalDateTime.parse(typed)
                    .truncatedTo(ChronoUnit.MINUTES)
                    .atZone(zone)
                    .toInstant()
                    .plus(inMinute);
            return history.machineTime(business).toString();
        } catch (DateTimeException e) {
            return typed;
        }
    }

    /** Returns the form with its translated errors. */
    ResendForm withErrors(List<FieldError> found, DeskTexts texts) {
        Map<String, String> byField = new LinkedHashMap<>();
        VISIBLE.forEach(field -> found.stream()
                .filter(error -> error.field().equals(field))
                .findFirst()
                .ifPresent(error -> byField.put(field, text(error, texts))));
        return new ResendForm(values, byField);
    }

    private static String text(FieldError error, DeskTexts texts) {
        return texts.find(
                        "desk.resend.error." + error.code(), error.parameters().toArray())
                .orElse(error.message());
    }
}
