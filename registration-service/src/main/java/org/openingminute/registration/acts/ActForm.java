package org.openingminute.registration.acts;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.TimeFormat;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.RegistrationRequest.RequestedContact;
import org.openingminute.ui.desk.PreviewedForm;

/** The submitted or initial form of an act on a registration. Immutable. */
record ActForm(Map<String, String> values, Map<String, String> errors) implements PreviewedForm {

    /** The registration's revision when the preview was shown. */
    static final String REVISION = "revision";

    /** The number of timeline entries when the preview was shown. */
    static final String SEEN = "seen";

    /** The refund that the preview showed, in minor units. */
    private static final String SHOWN_REFUND = "shownRefund";

    static final String AMOUNT = "amount";
    static final String REASON = "reason";
    static final String REFUND = "refund";
    static final String REFERENCE = "reference";
    static final String RECEIVED = "receivedAt";
    static final String NAME = "name";
    static final String EMAIL = "email";
    static final String LOCALE = "locale";

    private static final Set<String> FIELDS = Set.of(
            KEY, REVISION, SEEN, SHOWN_REFUND, STEP, AMOUNT, REASON, REFUND, REFERENCE, RECEIVED, NAME, EMAIL, LOCALE);

    /** Hidden fields, which hold no input. */
    private static final Set<String> HIDDEN = Set.of(KEY, REVISION, SEEN, SHOWN_REFUND, STEP);

    ActForm {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
    }

    static ActForm sent(HttpServletRequest request) {
        return new ActForm(PreviewedForm.sent(request.getParameterMap(), FIELDS), Map.of());
    }

    /** Returns what was typed and chosen, without the hidden fields. */
    Map<String, String> typed() {
        Map<String, String> typed = new LinkedHashMap<>(values);
        typed.keySet().removeAll(HIDDEN);
        return typed;
    }

    /**
     * Returns the form with hidden fields that record what the preview shows.
     *
     * @param revision of the registration
     * @param seen number of entries in its timeline
     * @param refund the refund shown; {@code null} for none
     */
    ActForm shown(long revision, int seen, @Nullable Money refund) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(REVISION, Long.toString(revision));
        more.put(SEEN, Integer.toString(seen));
        more.put(SHOWN_REFUND, Long.toString(refund == null ? 0 : refund.amount()));
        return new ActForm(more, errors);
    }

    /** Returns the refund that the preview showed; empty if no preview was shown. */
    Optional<Money> shownRefund(String currency) {
        String shown = value(SHOWN_REFUND);
        return shown.matches("\\d{1,18}") ? Optional.of(new Money(Long.parseLong(shown), currency)) : Optional.empty();
    }

    /** Returns the form with its errors. An error of the chosen refund is shown at the amount, unless no refund was chosen. */
    ActForm withErrors(List<FieldError> found, Localizer localizer, TimeFormat times) {
        Map<String, String> byField = new LinkedHashMap<>();
        for (FieldError error : found) {
            boolean ofSum = error.field().equals(REFUND) && !error.code().equals("required");
            byField.putIfAbsent(ofSum ? AMOUNT : error.field(), localizer.of(error, times));
        }
        return new ActForm(values, byField);
    }

    /** Returns the typed contact. A language that the form does not offer is kept, so that validation refuses it. */
    RequestedContact contact() {
        return new RequestedContact(value(NAME), value(EMAIL), values.get(LOCALE));
    }
}
