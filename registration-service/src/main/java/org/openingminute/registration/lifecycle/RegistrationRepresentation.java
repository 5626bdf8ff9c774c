package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Role;
import org.openingminute.registration.sale.Money;

/**
 * The body of {@code GET /api/registrations/{id}}: the registration, its payment and its links. What a caller may not see is
 * {@code null}, see {@link #seenBy}.
 */
public record RegistrationRepresentation(
        @JsonUnwrapped RegistrationView registration,
        @Nullable PaymentView payment,
        RegistrationLinks links) {

    private static final Set<String> NEVER_PAID = Set.of("awaiting", "failed");

    /**
     * The parts whose visibility depends on the caller. Every caller sees a registration's id, reference, conference and status, and its
     * attendees' ids and categories.
     */
    enum Part {
        /** Phase, hold, reason in our words, times, sums, way of payment, offer's sums and links. */
        PROGRESS,
        /** The contact, the voucher and an organiser's own words. */
        CONTACT,
        /** An attendee's names, affiliation, country, badge and add-ons. */
        PERSON,
        /** The state of an attendee's proof. */
        PROOF,
        /** An attendee's mail address. */
        ADDRESS,
        /** An attendee's diet and access needs. */
        NEEDS,
        /** Lines and payment. */
        PAYMENT
    }

    /** The payment as registration-service knows it; payment-service knows more. */
    public record PaymentView(String status, Money due, Money captured, Money refunded) {}

    /**
     * Absolute URLs; a link that leads nowhere at the moment is {@code null}.
     *
     * @param ticket the first attendee's; the others' are at the same path with their own id
     */
    public record RegistrationLinks(
            @Nullable String self,
            @Nullable String pay,
            @Nullable String status,
            @Nullable String ticket,
            @Nullable String receipt,
            @Nullable String cancel) {

        private static final RegistrationLinks NONE = new RegistrationLinks(null, null, null, null, null, null);
    }

    /**
     * Builds the representation of a registration.
     *
     * @param publicUrl the public URL of the gateway, without a trailing slash
     */
    public static RegistrationRepresentation of(Registration r, String publicUrl) {
        String self = publicUrl + "/api/registrations/" + r.id();
        String page = publicUrl + "/registrations/" + r.id();
        boolean confirmed = r.status() == Status.CONFIRMED;
        return new RegistrationRepresentation(
                RegistrationView.of(r),
                new PaymentView(
                        paymentStatus(r),
                        r.total(),
                        r.money().captured(),
                        r.money().refunded()),
                new RegistrationLinks(
                        self,
                        r.status() != Status.PENDING_PAYMENT || r.isBeingBooked()
                                ? null
                                : switch (r.paymentMethod()) {
                                    case card -> page + "/pay";
                                    case invoice -> self + "/invoice.pdf";
                                    case desk -> null;
                                },
                        page,
                        r.hasTickets() ? ticket(self, r.attendees().getFirst().id()) : null,
                        r.money().receipt() == null ? null : self + "/receipt.pdf",
                        (confirmed || r.status().holdsSeats()) && !r.money().disputeOpen()
                                ? self + "/cancellation"
                                : null));
    }

    private static String ticket(@Nullable String self, UUID attendee) {
        return self + "/attendees/" + attendee + "/ticket.pdf";
    }

    /**
     * Returns what the caller may see: contact and organisers everything, an attendee their own part, other staff what their roles need.
     */
    public RegistrationRepresentation seenBy(Caller caller) {
        return switch (caller) {
            case Caller.Registrant(AccessToken token) ->
                token.attendee() == null ? this : seenByAttendee(token.attendee());
            case Caller.Staff staff -> {
                Set<Part> parts = EnumSet.noneOf(Part.class);
                staff.roles().forEach(role -> parts.addAll(partsFor(role)));
                yield seenByStaff(parts);
            }
        };
    }

    private static Set<Part> partsFor(Role role) {
        return switch (role) {
            case ORGANISER -> EnumSet.allOf(Part.class);
            case FINANCE -> EnumSet.complementOf(EnumSet.of(Part.NEEDS, Part.PROOF));
            case CHECK_IN -> EnumSet.of(Part.PROGRESS, Part.PERSON, Part.PROOF);
            case OPERATOR -> EnumSet.of(Part.PROGRESS, Part.PAYMENT);
        };
    }

    private RegistrationRepresentation seenByAttendee(UUID attendee) {
        return new RegistrationRepresentation(
                registration.only(
                        EnumSet.of(Part.PERSON, Part.PROOF, Part.ADDRESS, Part.NEEDS),
                        one -> one.id().equals(attendee)),
                null,
                new RegistrationLinks(
                        null, null, null, links.ticket() == null ? null : ticket(links.self(), attendee), null, null));
    }

    private RegistrationRepresentation seenByStaff(Set<Part> parts) {
        return new RegistrationRepresentation(
                registration.only(parts, _ -> true),
                parts.contains(Part.PAYMENT) ? payment : null,
                parts.contains(Part.PROGRESS) ? links : RegistrationLinks.NONE);
    }

    /** Derives the payment's status: payment-service publishes no event when it closes, on command, a payment without money. */
    private static String paymentStatus(Registration r) {
        if (r.nothingToPay()) {
            return "captured";
        }
        if (r.isBeingBooked()) {
            return "processing";
        }
        boolean over = r.status() == Status.EXPIRED
                || r.status() == Status.CANCELLED
                || (r.status() == Status.REJECTED && r.offer() == null);
        return over && NEVER_PAID.contains(r.money().status())
                ? "closed"
                : r.money().status();
    }
}
