package org.openingminute.registration.exports;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.sale.SaleTerms;

/**
 * The content of a file: its columns, named like the fields of the API, and the rows of each registration. Amounts are in minor units.
 * Pure.
 *
 * @param name of the file and of its table
 * @param act the name of this export in the audit
 */
record ExportTable(String name, String act, List<String> columns, Function<Registration, Stream<List<Object>>> rows) {

    private static final String BETWEEN = ", ";

    private static final List<String> PERSON = List.of(
            "id",
            "registration",
            "reference",
            "status",
            "ticket",
            "givenName",
            "familyName",
            "badgeName",
            "email",
            "affiliation",
            "country",
            "category",
            "addOns");

    /** One row per registration, in any state. */
    static ExportTable registrations() {
        return new ExportTable(
                "registrations",
                "exported registrations",
                List.of(
                        "id",
                        "reference",
                        "status",
                        "createdAt",
                        "holdExpiresAt",
                        "contactName",
                        "contactEmail",
                        "attendees",
                        "categories",
                        "phase",
                        "voucher",
                        "paymentMethod",
                        "organization",
                        "purchaseOrder",
                        "discount",
                        "tax",
                        "total",
                        "currency",
                        "payment",
                        "captured",
                        "refunded"),
                r -> Stream.of(row(
                        r.id(),
                        r.reference(),
                        r.status().wireName(),
                        r.createdAt(),
                        r.hold().expiresAt(),
                        r.contact().name(),
                        r.contact().email(),
                        r.attendees().size(),
                        r.attendees().stream()
                                .map(Attendee::category)
                                .distinct()
                                .collect(Collectors.joining(BETWEEN)),
                        r.price().phase(),
                        r.price().voucher(),
                        r.paymentMethod(),
                        r.invoice().organization(),
                        r.invoice().purchaseOrder(),
                        r.price().discount().amount(),
                        r.price().tax().amount(),
                        r.total().amount(),
                        r.total().currency(),
                        paymentStatus(r),
                        r.money().captured().amount(),
                        r.money().refunded().amount())));
    }

    /** One row per attendee of each registration. */
    static ExportTable attendees() {
        return new ExportTable("attendees", "exported attendees", PERSON, ExportTable::people);
    }

    /** As {@link #attendees}, with diets and access needs; these are empty for attendees who cannot come. */
    static ExportTable needs() {
        return new ExportTable(
                "attendees-with-needs",
                "exported diets and access needs",
                joined(PERSON, List.of("dietary", "accessibility")),
                r -> r.attendees().stream()
                        .map(one -> joined(
                                person(r, one),
                                mayCome(r) ? row(one.dietary(), one.accessibility()) : row(null, null))));
    }

    /** One row per add-on that an attendee ordered. */
    static ExportTable addOns(SaleTerms terms) {
        return new ExportTable(
                "add-ons",
                "exported add-ons",
                List.of(
                        "addOn",
                        "name",
                        "quantity",
                        "reference",
                        "status",
                        "ticket",
                        "attendee",
                        "givenName",
                        "familyName",
                        "email",
                        "category"),
                r -> r.attendees().stream()
                        .flatMap(one -> one.addOns().stream()
                                .map(ordered -> row(
                                        ordered.code(),
                                        terms.addOn(ordered.code())
                                                .map(SaleTerms.AddOn::name)
                                                .orElse(null),
                                        ordered.quantity(),
                                        r.reference(),
                                        r.status().wireName(),
                                        r.tickets().wireName(),
                                        one.id(),
                                        one.givenName(),
                                        one.familyName(),
                                        one.email(),
                                        one.category()))));
    }

    /** One row per valid ticket, with what is printed on a badge. */
    static ExportTable badges(SaleTerms terms) {
        return new ExportTable(
                "badges",
                "exported badges",
                List.of(
                        "attendee",
                        "reference",
                        "badgeName",
                        "givenName",
                        "familyName",
                        "affiliation",
                        "country",
                        "category",
                        "categoryName"),
                r -> r.hasTickets()
                        ? r.attendees().stream()
                                .map(one -> row(
                                        one.id(),
                                        r.reference(),
                                        Objects.requireNonNullElse(
                                                one.badgeName(), one.givenName() + " " + one.familyName()),
                                        one.givenName(),
                                        one.familyName(),
                                        one.affiliation(),
                                        one.country(),
                                        one.category(),
                                        terms.category(one.category())
                                                .map(c -> c.name())
                                                .orElse(null)))
                        : Stream.empty());
    }

    private static Stream<List<Object>> people(Registration r) {
        return r.attendees().stream().map(one -> person(r, one));
    }

    private static List<Object> person(Registration r, Attendee one) {
        return row(
                one.id(),
                r.id(),
                r.reference(),
                r.status().wireName(),
                r.tickets().wireName(),
                one.givenName(),
                one.familyName(),
                one.badgeName(),
                one.email(),
                one.affiliation(),
                one.country(),
                one.category(),
                one.addOns().stream()
                        .map(ordered -> ordered.quantity() + " " + ordered.code())
                        .collect(Collectors.joining(BETWEEN)));
    }

    private static boolean mayCome(Registration r) {
        return r.status() != Status.CANCELLED && r.status() != Status.EXPIRED;
    }

    private static @Nullable String paymentStatus(Registration r) {
        RegistrationRepresentation.@Nullable PaymentView payment =
                RegistrationRepresentation.of(r, "").payment();
        return payment == null ? null : payment.status();
    }

    private static List<Object> row(@Nullable Object... cells) {
        List<Object> row = new ArrayList<>();
        for (@Nullable Object cell : cells) {
            row.add(cell == null ? "" : cell);
        }
        return row;
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }
}
