package org.openingminute.registration.form;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a registration or a quote as it came in: anything may be missing. {@link OrderCheck} says what is wrong.
 *
 * @param paymentMethod {@code card} if absent
 */
public record RegistrationRequest(
        @Nullable Contact contact,
        @Nullable List<@Nullable Attendee> attendees,
        @Nullable String voucher,
        @Nullable String paymentMethod,
        @Nullable Invoice invoice,
        @Nullable Boolean acceptedCodeOfConduct) {

    /** Who is written to. */
    public record Contact(
            @Nullable String name,
            @Nullable String email,
            @Nullable String locale) {}

    /** A person who comes. */
    public record Attendee(
            @Nullable String category,
            @Nullable String givenName,
            @Nullable String familyName,
            @Nullable String email,
            @Nullable String affiliation,
            @Nullable String country,
            @Nullable String badgeName,
            @Nullable String dietary,
            @Nullable String accessibility,
            @Nullable List<@Nullable AddOnChoice> addOns) {}

    /** An add-on of an attendee. */
    public record AddOnChoice(
            @Nullable String code, @Nullable Integer quantity) {}

    /** What is to stand on the invoice. */
    public record Invoice(
            @Nullable String organization,
            @Nullable String taxId,
            @Nullable String address,
            @Nullable String purchaseOrder) {}
}
