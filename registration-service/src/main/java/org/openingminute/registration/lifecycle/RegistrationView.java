package org.openingminute.registration.lifecycle;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.Registration.Contact;
import org.openingminute.registration.lifecycle.RegistrationRepresentation.Part;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Pricing.Quote;

/**
 * A registration as clients read it; it is also the reply to the request that created it, without the token. The complete view has {@code
 * null} only for absent values; {@link #only} also blanks what a caller may not see.
 */
public record RegistrationView(
        UUID id,
        String reference,
        String conference,
        Status status,
        @Nullable Money total,
        @Nullable Money discount,
        @Nullable Money tax,
        @Nullable List<Quote.PriceLine> lines,
        @Nullable String phase,
        @Nullable Instant holdExpiresAt,
        @Nullable String reason,
        @Nullable Contact contact,
        Registration.@Nullable PaymentMethod paymentMethod,
        @Nullable String voucher,
        @Nullable Instant createdAt,
        List<AttendeeView> attendees,
        @Nullable OfferView offer) {

    /** An attendee as clients read it. */
    public record AttendeeView(
            UUID id,
            String category,
            @Nullable String givenName,
            @Nullable String familyName,
            @Nullable String email,
            @Nullable String affiliation,
            @Nullable String country,
            @Nullable String badgeName,
            @Nullable String dietary,
            @Nullable String accessibility,
            @Nullable List<Attendee.BookedAddOn> addOns,
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

        private AttendeeView only(Set<Part> parts) {
            boolean person = parts.contains(Part.PERSON);
            boolean needs = parts.contains(Part.NEEDS);
            return new AttendeeView(
                    id,
                    category,
                    person ? givenName : null,
                    person ? familyName : null,
                    parts.contains(Part.ADDRESS) ? email : null,
                    person ? affiliation : null,
                    person ? country : null,
                    person ? badgeName : null,
                    needs ? dietary : null,
                    needs ? accessibility : null,
                    person ? addOns : null,
                    parts.contains(Part.PROOF) ? proof : null);
        }
    }

    /** The offer after a refused proof: the same order at the price without the proof. */
    public record OfferView(@Nullable List<Quote.PriceLine> lines, Money discount, Money tax, Money total) {

        public static @Nullable OfferView of(Registration.@Nullable Offer offer) {
            return offer == null
                    ? null
                    : new OfferView(
                            offer.price().lines(),
                            offer.price().discount(),
                            offer.price().tax(),
                            offer.price().total());
        }

        private OfferView only(Set<Part> parts) {
            return new OfferView(parts.contains(Part.PAYMENT) ? lines : null, discount, tax, total);
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

    /** Returns a view with these parts and attendees only; the rest is {@code null}. */
    RegistrationView only(Set<Part> parts, Predicate<AttendeeView> shown) {
        boolean progress = parts.contains(Part.PROGRESS);
        boolean contacts = parts.contains(Part.CONTACT);
        return new RegistrationView(
                id,
                reference,
                conference,
                status,
                progress ? total : null,
                progress ? discount : null,
                progress ? tax : null,
                parts.contains(Part.PAYMENT) ? lines : null,
                progress ? phase : null,
                progress ? holdExpiresAt : null,
                contacts || (progress && ReasonCode.isInWords(reason)) ? reason : null,
                contacts ? contact : null,
                progress ? paymentMethod : null,
                contacts ? voucher : null,
                progress ? createdAt : null,
                attendees.stream().filter(shown).map(one -> one.only(parts)).toList(),
                offer != null && progress ? offer.only(parts) : null);
    }
}
