package org.openingminute.registration.lifecycle;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.Registration.Contact;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Pricing.Quote;

/** A registration as clients read it, which is also the answer to the request that made it, without the token. */
public record RegistrationView(
        UUID id,
        String reference,
        String conference,
        Status status,
        Money total,
        Money discount,
        Money tax,
        List<Quote.PriceLine> lines,
        String phase,
        @Nullable Instant holdExpiresAt,
        @Nullable String reason,
        Contact contact,
        Registration.PaymentMethod paymentMethod,
        @Nullable String voucher,
        Instant createdAt,
        List<AttendeeView> attendees,
        @Nullable OfferView offer) {

    /** An attendee as clients read it. */
    public record AttendeeView(
            UUID id,
            String category,
            String givenName,
            String familyName,
            String email,
            @Nullable String affiliation,
            @Nullable String country,
            @Nullable String badgeName,
            @Nullable String dietary,
            @Nullable String accessibility,
            List<Attendee.BookedAddOn> addOns,
            Attendee.@Nullable Proof proof) {

        static AttendeeView of(Attendee a) {
            return new AttendeeView(
                    a.id(),
                    a.category(),
                    a.givenName(),
                    a.familyName(),
                    a.email(),
                    a.affiliation(),
                    a.country(),
                    a.badgeName(),
                    a.dietary(),
                    a.accessibility(),
                    a.addOns(),
                    a.proof());
        }
    }

    /** The offer after a refused proof: the same order at the price without the proof. */
    public record OfferView(List<Quote.PriceLine> lines, Money discount, Money tax, Money total) {

        public static @Nullable OfferView of(Registration.@Nullable Offer offer) {
            return offer == null
                    ? null
                    : new OfferView(
                            offer.price().lines(),
                            offer.price().discount(),
                            offer.price().tax(),
                            offer.price().total());
        }
    }

    public static RegistrationView of(Registration r) {
        return new RegistrationView(
                r.id(),
                r.reference(),
                r.conference(),
                r.status(),
                r.total(),
                r.price().discount(),
                r.price().tax(),
                r.price().lines(),
                r.price().phase(),
                r.hold().expiresAt(),
                r.reason().text(),
                r.contact(),
                r.paymentMethod(),
                r.price().voucher(),
                r.createdAt(),
                r.attendees().stream().map(AttendeeView::of).toList(),
                OfferView.of(r.offer()));
    }
}
