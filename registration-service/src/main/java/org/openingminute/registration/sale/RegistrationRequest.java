package org.openingminute.registration.sale;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.AddressForm;

/**
 * The body of a registration or a quote as it came in, in which anything may be missing. {@link OrderCheck} finds the
 * errors.
 *
 * @param paymentMethod {@code card} if absent
 */
public record RegistrationRequest(
        @Nullable RequestedContact contact,
        @Nullable List<@Nullable RequestedAttendee> attendees,
        @Nullable String voucher,
        @Nullable String paymentMethod,
        @Nullable RequestedInvoice invoice,
        @Nullable Boolean acceptedCodeOfConduct) {

    /** The recipient of mails. */
    public record RequestedContact(
            @Nullable String name,
            @Nullable String email,
            @Nullable String locale) {}

    /** A person who attends. */
    public record RequestedAttendee(
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

    /** Data for the invoice. */
    public record RequestedInvoice(
            @Nullable String organization,
            @Nullable String taxId,
            @Nullable String address,
            @Nullable String purchaseOrder) {}

    /** The form in which email addresses are compared. */
    public static final class Addresses {

        private Addresses() {}

        /** Normalises an address. Domains ignore case, and so do, for the part before the @, all mail servers in use. */
        public static String normal(String email) {
            return email.strip().toLowerCase(Locale.ROOT);
        }

        /** Returns the valid addresses of a request's attendees; the request need not have been checked yet. */
        public static List<String> of(RegistrationRequest request) {
            @Nullable List<RegistrationRequest.@Nullable RequestedAttendee> attendees = request.attendees();
            if (attendees == null) {
                return List.of();
            }
            return attendees.stream()
                    .limit(OrderCheck.MOST_ATTENDEES)
                    .filter(Objects::nonNull)
                    .map(RegistrationRequest.RequestedAttendee::email)
                    .filter(Objects::nonNull)
                    .filter(AddressForm.REHEARSAL::accepts)
                    .map(Addresses::normal)
                    .toList();
        }
    }
}
