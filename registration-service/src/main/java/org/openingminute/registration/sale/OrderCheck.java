package org.openingminute.registration.sale;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.registration.sale.SaleTerms.AddOn;

/** Finds all errors of a request, field by field. It checks neither the availability of seats nor the voucher. */
public final class OrderCheck {

    static final int MOST_ATTENDEES = 10;
    private static final int NAME = 200;
    private static final int FREE_TEXT = 500;
    private static final Pattern LOCALE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}");
    private final SaleTerms terms;
    private final AddressForm addresses;
    private final List<FieldError> errors = new ArrayList<>();

    private OrderCheck(SaleTerms terms, AddressForm addresses) {
        this.terms = terms;
        this.addresses = addresses;
    }

    /** The errors of a registration; empty if there are none. */
    public static List<FieldError> check(Definition definition, RegistrationRequest request, AddressForm addresses) {
        OrderCheck check = new OrderCheck(definition.registration(), addresses);
        check.contact(request.contact());
        check.attendees(request, true);
        check.optional("voucher", request.voucher(), NAME, false);
        check.payment(request);
        if (!Boolean.TRUE.equals(request.acceptedCodeOfConduct())) {
            check.wrong("acceptedCodeOfConduct", "not-accepted", "must be true");
        }
        return List.copyOf(check.errors);
    }

    /**
     * Whether a request is invalid by its size alone, whatever is sold: more attendees than a registration may have, or more add-ons for
     * one attendee than any conference offers.
     */
    public static boolean isTooLarge(RegistrationRequest request) {
        List<RegistrationRequest.@Nullable RequestedAttendee> attendees = request.attendees();
        return attendees != null
                && (attendees.size() > MOST_ATTENDEES || attendees.stream().anyMatch(OrderCheck::hasTooManyAddOns));
    }

    private static boolean hasTooManyAddOns(RegistrationRequest.@Nullable RequestedAttendee attendee) {
        List<RegistrationRequest.@Nullable AddOnChoice> chosen = attendee == null ? null : attendee.addOns();
        return chosen != null && chosen.size() > SaleTermsReader.MOST_OF_A_KIND;
    }

    /** Returns the errors of a correction of a contact; fields that stay unchanged are {@code null}. */
    public static List<FieldError> checkCorrection(
            Definition definition, RegistrationRequest.RequestedContact correction, AddressForm addresses) {
        OrderCheck check = new OrderCheck(definition.registration(), addresses);
        if (correction.name() != null) {
            check.required("name", correction.name(), NAME);
        }
        if (correction.email() != null) {
            check.email("email", correction.email());
        }
        check.locale("locale", correction.locale());
        return List.copyOf(check.errors);
    }

    /** Checks only the fields that affect the price, for a quote. */
    public static List<FieldError> checkForQuote(Definition definition, RegistrationRequest request) {
        OrderCheck check = new OrderCheck(definition.registration(), AddressForm.REHEARSAL);
        check.attendees(request, false);
        check.optional("voucher", request.voucher(), NAME, false);
        return List.copyOf(check.errors);
    }

    /**
     * The order of a checked request. A blank voucher counts as none.
     *
     * @throws NullPointerException if the request was not checked
     */
    public static Order order(RegistrationRequest request) {
        List<Order.OrderLine> lines = new ArrayList<>();
        for (RegistrationRequest.@Nullable RequestedAttendee attendee : Objects.requireNonNull(request.attendees())) {
            List<Order.Extra> extras = new ArrayList<>();
            List<RegistrationRequest.@Nullable AddOnChoice> chosen =
                    Objects.requireNonNull(attendee).addOns();
            if (chosen != null) {
                for (RegistrationRequest.@Nullable AddOnChoice one : chosen) {
                    RegistrationRequest.AddOnChoice choice = Objects.requireNonNull(one);
                    Integer quantity = choice.quantity();
                    extras.add(new Order.Extra(Objects.requireNonNull(choice.code()), quantity == null ? 1 : quantity));
                }
            }
            lines.add(new Order.OrderLine(Objects.requireNonNull(attendee.category()), extras));
        }
        String voucher = request.voucher();
        return new Order(lines, voucher == null || voucher.isBlank() ? null : voucher.strip());
    }

    private void contact(RegistrationRequest.@Nullable RequestedContact contact) {
        if (contact == null) {
            wrong("contact", "required", "is required");
            return;
        }
        required("contact.name", contact.name(), NAME);
        email("contact.email", contact.email());
        locale("contact.locale", contact.locale());
    }

    private void locale(String path, @Nullable String locale) {
        if (locale != null && !LOCALE.matcher(locale).matches()) {
            wrong(path, "not-a-language", "must be a language tag such as en");
        }
    }

    private void attendees(RegistrationRequest request, boolean whole) {
        List<RegistrationRequest.@Nullable RequestedAttendee> attendees = request.attendees();
        if (attendees == null || attendees.isEmpty() || attendees.size() > MOST_ATTENDEES) {
            wrong("attendees", "wrong-size", "must be {} to {}", 1, MOST_ATTENDEES);
            return;
        }
        Set<String> addresses = new HashSet<>();
        for (int i = 0; i < attendees.size(); i++) {
            String path = "attendees[" + i + "]";
            RegistrationRequest.@Nullable RequestedAttendee attendee = attendees.get(i);
            if (attendee == null) {
                wrong(path, "required", "is required");
                continue;
            }
            category(path + ".category", attendee.category());
            addOns(path + ".addOns", attendee.addOns());
            if (whole) {
                person(path, attendee);
                String email = attendee.email();
                if (terms.onePerAddress() && email != null && !addresses.add(email.toLowerCase(Locale.ROOT))) {
                    wrong(path + ".email", "duplicate-attendee", "is the address of another attendee");
                }
            }
        }
    }

    private void person(String path, RegistrationRequest.RequestedAttendee attendee) {
        required(path + ".givenName", attendee.givenName(), NAME);
        required(path + ".familyName", attendee.familyName(), NAME);
        email(path + ".email", attendee.email());
        optional(path + ".affiliation", attendee.affiliation(), NAME, false);
        String country = attendee.country();
        if (country != null && !DefinitionReader.isCountry(country)) {
            wrong(path + ".country", "not-a-country", "must be an ISO 3166 code of two letters");
        }
        optional(path + ".badgeName", attendee.badgeName(), NAME, false);
        optional(path + ".dietary", attendee.dietary(), FREE_TEXT, true);
        optional(path + ".accessibility", attendee.accessibility(), FREE_TEXT, true);
    }

    private void category(String path, @Nullable String code) {
        if (code == null) {
            wrong(path, "required", "is required");
        } else if (terms.category(code).isEmpty()) {
            wrong(path, "unknown-category", "is not a category of this conference");
        }
    }

    private void addOns(String path, @Nullable List<RegistrationRequest.@Nullable AddOnChoice> chosen) {
        if (chosen == null) {
            return;
        }
        if (chosen.size() > SaleTermsReader.MOST_OF_A_KIND) {
            wrong(path, "too-many", "must be at most {}", SaleTermsReader.MOST_OF_A_KIND);
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < chosen.size(); i++) {
            String at = path + "[" + i + "]";
            RegistrationRequest.@Nullable AddOnChoice choice = chosen.get(i);
            String code = choice == null ? null : choice.code();
            if (choice == null || code == null) {
                wrong(choice == null ? at : at + ".code", "required", "is required");
                continue;
            }
            Optional<AddOn> addOn = terms.addOn(code);
            if (addOn.isEmpty()) {
                wrong(at + ".code", "unknown-add-on", "is not an add-on of this conference");
                continue;
            }
            if (!seen.add(code)) {
                wrong(at + ".code", "duplicate-add-on", "was chosen already");
            }
            Integer quantity = choice.quantity();
            int most = addOn.get().maxPerAttendee();
            if (quantity != null && (quantity < 1 || quantity > most)) {
                wrongQuantity(at + ".quantity", most);
            }
        }
    }

    private void wrongQuantity(String field, int most) {
        if (most == 1) {
            wrong(field, "not-one", "must be 1");
        } else {
            wrong(field, "out-of-range", "must be from {} to {}", 1, most);
        }
    }

    private void payment(RegistrationRequest request) {
        String method = request.paymentMethod();
        if (method != null && !method.equals("card") && !method.equals("invoice")) {
            wrong("paymentMethod", "not-one-of", "must be {} or {}", "card", "invoice");
        } else if ("invoice".equals(method) && terms.invoiceDays() == null) {
            wrong("paymentMethod", "no-invoices", "must be card: this conference sends no invoices");
        }
        RegistrationRequest.RequestedInvoice invoice = request.invoice();
        if (invoice != null) {
            optional("invoice.organization", invoice.organization(), NAME, false);
            optional("invoice.taxId", invoice.taxId(), NAME, false);
            optional("invoice.address", invoice.address(), FREE_TEXT, true);
            optional("invoice.purchaseOrder", invoice.purchaseOrder(), NAME, false);
        }
    }

    private void email(String path, @Nullable String email) {
        if (email == null || email.isBlank()) {
            wrong(path, "required", "is required");
        } else if (email.length() > AddressForm.LONGEST) {
            wrong(path, "too-long", "has more than {} characters", AddressForm.LONGEST);
        } else if (!addresses.accepts(email)) {
            wrong(path, "not-an-email", "is not an email address");
        }
    }

    private void required(String path, @Nullable String text, int most) {
        if (text == null || text.isBlank()) {
            wrong(path, "required", "is required");
        } else {
            optional(path, text, most, false);
        }
    }

    private void optional(String path, @Nullable String text, int most, boolean lines) {
        if (text == null) {
            return;
        }
        if (text.codePointCount(0, text.length()) > most) {
            wrong(path, "too-long", "has more than {} characters", most);
        }
        if (JsonFields.unwritable(text, lines)) {
            if (lines) {
                wrong(path, "control-characters", "has control characters");
            } else {
                wrong(path, "not-one-line", "must be one line without control characters");
            }
        }
    }

    private void wrong(String field, String code, String template, Object... parameters) {
        errors.add(FieldError.of(field, code, template, parameters));
    }
}
