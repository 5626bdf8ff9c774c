package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.registration.sale.SaleTerms.AddOn;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The input of the registration form and its errors. Fields are named as in the API: {@code attendees[0].email}. Immutable. Members used by
 * the template are public, because template expressions access public members only.
 *
 * @param values by field; empty fields are absent
 * @param attendees the number of attendees on the form, 1 to 10
 * @param errors the error texts by field, in the order of the form
 */
public record RegistrationForm(Map<String, String> values, int attendees, Map<String, String> errors) {

    static final int MOST_ATTENDEES = 10;

    private static final String REMOVE = "remove-";

    private static final Pattern OF_ATTENDEE = Pattern.compile("attendees\\[(\\d{1,2})](.*)");
    private static final Pattern ADD_ON = Pattern.compile("(attendees\\[\\d+]\\.addOns)\\[.*");
    private static final List<String> TEXTS = List.of(
            "category",
            "givenName",
            "familyName",
            "email",
            "affiliation",
            "country",
            "badgeName",
            "dietary",
            "accessibility");

    public RegistrationForm {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
        attendees = Math.clamp(attendees, 1, MOST_ATTENDEES);
    }

    /** Creates an empty form. Its idempotency key ensures one registration, however often the form is submitted. */
    public static RegistrationForm blank(String key, int attendees, String language) {
        return new RegistrationForm(Map.of("key", key, "contact.locale", language), attendees, Map.of());
    }

    /** Reads a submitted form. */
    public static RegistrationForm sent(HttpServletRequest request) {
        Map<String, String> values = new LinkedHashMap<>();
        request.getParameterMap().forEach((field, sent) -> {
            String text = sent[0].replace("\r\n", "\n").strip();
            if (!text.isEmpty()) {
                values.put(field, text);
            }
        });
        return new RegistrationForm(values, number(values.get("attendees"), 1), Map.of());
    }

    public String value(String field) {
        return values.getOrDefault(field, "");
    }

    public @Nullable String error(String field) {
        return errors.get(field);
    }

    /** Returns the id of a field's element. */
    public String id(String field) {
        return field.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("-$", "");
    }

    public boolean hasErrors() {
        return !errors.isEmpty();
    }

    /** Whether any value was submitted. */
    public boolean wasSent() {
        return values.containsKey("action");
    }

    public boolean hasValuesOf(String prefix) {
        return values.keySet().stream().anyMatch(field -> field.startsWith(prefix));
    }

    public boolean hasErrorsOf(String prefix) {
        return errors.keySet().stream().anyMatch(field -> field.startsWith(prefix));
    }

    /** Returns the message key of a field's label: {@code form.given-name} for {@code attendees[0].givenName}. */
    public String labelKey(String field) {
        String name = field.substring(field.lastIndexOf('.') + 1);
        return "form." + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** Returns the number of the attendee to whom a field belongs, from 1; {@code null} for a field of no attendee. */
    public @Nullable Integer attendeeOf(String field) {
        Matcher ofAttendee = OF_ATTENDEE.matcher(field);
        return ofAttendee.matches() ? Integer.valueOf(ofAttendee.group(1)) + 1 : null;
    }

    public RegistrationForm withErrors(List<FieldError> found, Localizer localizer, TimeFormat timeFormat) {
        Map<String, String> byField = new LinkedHashMap<>();
        for (FieldError error : found) {
            Matcher addOn = ADD_ON.matcher(error.field());
            byField.putIfAbsent(addOn.matches() ? addOn.group(1) : error.field(), localizer.of(error, timeFormat));
        }
        return new RegistrationForm(values, attendees, byField);
    }

    /** Returns the form with another value of a field. */
    public RegistrationForm with(String field, String value) {
        Map<String, String> changed = new LinkedHashMap<>(values);
        changed.put(field, value);
        return new RegistrationForm(changed, attendees, errors);
    }

    /** Returns the form with one attendee more or less if that button was pressed, otherwise empty. */
    public Optional<RegistrationForm> resized() {
        String action = value("action");
        if (action.equals("add")) {
            return Optional.of(withOneMore());
        }
        return action.startsWith(REMOVE)
                ? Optional.of(without(number(action.substring(REMOVE.length()), -1)))
                : Optional.empty();
    }

    RegistrationForm withOneMore() {
        return new RegistrationForm(values, attendees + 1, errors);
    }

    /** Removes an attendee; later ones move up. The last remaining attendee stays. */
    RegistrationForm without(int leaving) {
        if (attendees == 1 || leaving < 0 || leaving >= attendees) {
            return this;
        }
        Map<String, String> rest = new LinkedHashMap<>();
        values.forEach((field, value) -> {
            Matcher ofAttendee = OF_ATTENDEE.matcher(field);
            int index = ofAttendee.matches() ? Integer.parseInt(ofAttendee.group(1)) : -1;
            if (index > leaving) {
                rest.put("attendees[" + (index - 1) + "]" + ofAttendee.group(2), value);
            } else if (index < leaving) {
                rest.put(field, value);
            }
        });
        return new RegistrationForm(rest, attendees - 1, Map.of());
    }

    /** Builds the body of the API's operation. */
    public ObjectNode body(List<AddOn> addOns) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode contact = body.putObject("contact");
        for (String field : List.of("name", "email", "locale")) {
            put(contact, field, "contact." + field);
        }
        ArrayNode people = body.putArray("attendees");
        for (int i = 0; i < attendees; i++) {
            ObjectNode attendee = people.addObject();
            String path = "attendees[" + i + "].";
            TEXTS.forEach(field -> put(attendee, field, path + field));
            ArrayNode chosen = attendee.putArray("addOns");
            for (AddOn addOn : addOns) {
                // Text that is not a number becomes -1, which is refused as too small.
                int quantity = number(values.getOrDefault(path + "addOns[" + addOn.code() + "]", "0"), -1);
                if (quantity != 0) {
                    chosen.addObject().put("code", addOn.code()).put("quantity", quantity);
                }
            }
        }
        put(body, "voucher", "voucher");
        put(body, "paymentMethod", "paymentMethod");
        ObjectNode invoice = body.putObject("invoice");
        for (String field : List.of("organization", "taxId", "address", "purchaseOrder")) {
            put(invoice, field, "invoice." + field);
        }
        body.put("acceptedCodeOfConduct", "true".equals(values.get("acceptedCodeOfConduct")));
        return body;
    }

    private void put(ObjectNode to, String field, String from) {
        to.put(field, values.get(from));
    }

    private static int number(@Nullable String text, int otherwise) {
        try {
            return text == null ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
