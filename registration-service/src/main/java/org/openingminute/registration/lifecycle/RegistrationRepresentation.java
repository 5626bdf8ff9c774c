package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Money;

/** The body of {@code GET /api/registrations/{id}}: the registration, its payment and its links. */
public record RegistrationRepresentation(
        @JsonUnwrapped RegistrationView registration, PaymentView payment, RegistrationLinks links) {

    private static final Set<String> NEVER_PAID = Set.of("awaiting", "failed");

    /** The payment as registration-service knows it; payment-service knows more. */
    public record PaymentView(String status, Money due, Money captured, Money refunded) {}

    /**
     * Absolute URLs; a link that leads nowhere at the moment is {@code null}.
     *
     * @param ticket the first attendee's; the others' are at the same path with their own id
     */
    public record RegistrationLinks(
            String self,
            @Nullable String pay,
            String status,
            @Nullable String ticket,
            @Nullable String receipt,
            @Nullable String cancel) {}

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
                                },
                        page,
                        r.hasTickets()
                                ? self + "/attendees/"
                                        + r.attendees().getFirst().id() + "/ticket.pdf"
                                : null,
                        r.money().receipt() == null ? null : self + "/receipt.pdf",
                        (confirmed || r.status().holdsSeats()) && !r.money().disputeOpen()
                                ? self + "/cancellation"
                                : null));
    }

    /**
     * Derives the status, because payment-service publishes nothing when it closes, by command, a payment without
     * money.
     */
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
