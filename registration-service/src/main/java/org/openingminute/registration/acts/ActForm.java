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
import org.openingminute.ui.part.Link;

/**
 * What was typed into the form of an act, what goes with it unseen, and what is wrong with it. Immutable. Members used by the templates
 * are public, because their expressions see nothing else.
 *
 * @param values by field; a field that is empty is absent
 * @param errors the texts of errors by field
 */
record ActForm(Map<String, String> values, Map<String, String> errors) {

    /** Makes one act of the form, however often it is sent. */
    static final String KEY = "key";

    /** The revision of the registration that its sender has seen. */
    static final String REVISION = "revision";

    /** How many lines its timeline had then. */
    static final String SEEN = "seen";

    /** What would have gone back then, in minor units. */
    private static final String SHOWN_REFUND = "shownRefund";

    /** The button that was pressed. */
    static final String STEP = "step";

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

    /** What goes with the fields unseen. */
    private static final Set<String> HIDDEN = Set.of(KEY, REVISION, SEEN, SHOWN_REFUND, STEP);

    ActForm {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
    }

    static ActForm sent(HttpServletRequest request) {
        Map<String, String> values = new LinkedHashMap<>();
        request.getParameterMap().forEach((field, sent) -> {
            String text = sent[0].strip();
            if (FIELDS.contains(field) && !text.isEmpty()) {
                values.put(field, text);
            }
        });
        return new ActForm(values, Map.of());
    }

    public String value(String field) {
        return values.getOrDefault(field, "");
    }

    public @Nullable String error(String field) {
        return errors.get(field);
    }

    /** The fields that a page sends again, without the button. */
    public Set<Map.Entry<String, String>> sentAgain() {
        Map<String, String> again = new LinkedHashMap<>(values);
        again.remove(STEP);
        return again.entrySet();
    }

    /** What somebody typed and chose. */
    Map<String, String> typed() {
        Map<String, String> typed = new LinkedHashMap<>(values);
        typed.keySet().removeAll(HIDDEN);
        return typed;
    }

    /**
     * The form of a preview.
     *
     * @param revision of the registration
     * @param seen how many lines its timeline has
     * @param refund what would go back; {@code null} for nothing
     */
    ActForm shown(long revision, int seen, @Nullable Money refund) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(REVISION, Long.toString(revision));
        more.put(SEEN, Integer.toString(seen));
        more.put(SHOWN_REFUND, Long.toString(refund == null ? 0 : refund.amount()));
        return new ActForm(more, errors);
    }

    /** What would have gone back by the preview; empty if its sender has seen none. */
    Optional<Money> shownRefund(String currency) {
        String shown = value(SHOWN_REFUND);
        return shown.matches("\\d{1,18}") ? Optional.of(new Money(Long.parseLong(shown), currency)) : Optional.empty();
    }

    /** What is wrong with a refund that was chosen stands at the amount. */
    ActForm withErrors(List<FieldError> found, Localizer localizer, TimeFormat times) {
        Map<String, String> byField = new LinkedHashMap<>();
        for (FieldError error : found) {
            boolean ofSum = error.field().equals(REFUND) && !error.code().equals("required");
            byField.putIfAbsent(ofSum ? AMOUNT : error.field(), localizer.of(error, times));
        }
        return new ActForm(values, byField);
    }

    /** What was typed of a contact. A language that the form does not offer stays as it is. */
    RequestedContact contact() {
        return new RequestedContact(value(NAME), value(EMAIL), values.get(LOCALE));
    }

    /** For the summary above the form. */
    List<Link> summary(Localizer localizer) {
        return errors.entrySet().stream()
                .map(error -> new Link(
                        "#act-" + error.getKey(),
                        localizer.find("act.field." + error.getKey()).orElse(error.getKey()) + ": " + error.getValue()))
                .toList();
    }
}
