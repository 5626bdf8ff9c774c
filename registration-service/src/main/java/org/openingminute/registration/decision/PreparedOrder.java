package org.openingminute.registration.decision;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.registration.decision.RegisterDecision.NotSold;
import org.openingminute.registration.decision.RegisterDecision.Preparation;
import org.openingminute.registration.decision.RegisterDecision.Quoted;
import org.openingminute.registration.inventory.Allocation;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Guard;
import org.openingminute.registration.lifecycle.PaymentSummary;
import org.openingminute.registration.lifecycle.ReferenceCodes;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Registration.Contact;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Order;
import org.openingminute.registration.sale.OrderCheck;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.RegistrationRequest;
import org.openingminute.registration.sale.Voucher;

/**
 * A request for seats that was checked and priced before the lock. Under the lock it gets its seats, number and time. Pure.
 *
 * @param revision of the conference that it was prepared for
 * @param phase the phase whose prices apply
 * @param voucher the voucher used; {@code null} for none
 * @param prefix of its reference
 * @param draft the registration, without reference and times
 */
public record PreparedOrder(
        long revision,
        Phase phase,
        @Nullable Voucher voucher,
        String prefix,
        Allocation allocation,
        Guard guard,
        Registration draft)
        implements Preparation {

    /** Checks and prices a request by a conference at an instant. */
    static Preparation of(
            Conference conference, RegistrationRequest request, Instant at, Ids ids, AddressForm addresses) {
        Definition definition = conference.definition();
        List<FieldError> errors = OrderCheck.check(definition, request, addresses);
        if (!errors.isEmpty()) {
            return new NotSold(Problem.invalid(errors));
        }
        Order order = OrderCheck.order(request);
        return switch (RegisterDecision.quote(conference, order, at)) {
            case Quoted.No(Problem problem) -> new NotSold(problem);
            case Quoted.Price(Quote quote) -> {
                Allocation allocation = Allocation.of(definition, order);
                yield new PreparedOrder(
                        conference.revision(),
                        definition.registration().sale().openPhase(at).orElseThrow(),
                        Optional.ofNullable(order.voucher())
                                .flatMap(definition.registration()::voucher)
                                .orElse(null),
                        ReferenceCodes.prefix(
                                definition.name(), definition.startsOn().getYear()),
                        allocation,
                        guard(definition, order, quote),
                        draft(definition, request, quote, Registration.AllocatedSeats.of(allocation), ids));
            }
        };
    }

    /** Whether preparing it now would have the same result. */
    boolean holds(Conference conference, Instant now) {
        return conference.revision() == revision
                && conference.definition().registration().sale().openPhase(now).equals(Optional.of(phase))
                && (voucher == null || !voucher.endedAt(now));
    }

    private static Guard guard(Definition definition, Order order, Quote quote) {
        if (order.attendees().stream().anyMatch(line -> needsProof(definition, line.category()))) {
            return Guard.NEEDS_PROOF;
        }
        return quote.total().amount() == 0 ? Guard.NOTHING_TO_PAY : Guard.TO_PAY;
    }

    private static boolean needsProof(Definition definition, String category) {
        return definition
                .registration()
                .category(category)
                .filter(Category::needsProof)
                .isPresent();
    }

    private static Registration draft(
            Definition definition,
            RegistrationRequest request,
            Quote quote,
            Registration.AllocatedSeats allocation,
            Ids ids) {
        RegistrationRequest.RequestedContact contact = requireNonNull(request.contact());
        String locale = contact.locale();
        RegistrationRequest.@Nullable RequestedInvoice invoice = request.invoice();
        return new Registration(
                ids.next(),
                "",
                definition.slug(),
                Status.PENDING_PAYMENT,
                1,
                new Contact(
                        requireNonNull(contact.name()).strip(),
                        requireNonNull(contact.email()).strip(),
                        locale == null ? "en" : locale),
                Registration.ContactLinks.FIRST,
                attendees(definition, request, ids),
                new Registration.FixedPrice(
                        quote.lines(), quote.discount(), quote.tax(), quote.total(), quote.phase(), quote.voucher()),
                allocation,
                Registration.Hold.NONE,
                "invoice".equals(request.paymentMethod())
                        ? Registration.PaymentMethod.invoice
                        : Registration.PaymentMethod.card,
                invoice == null
                        ? new Registration.Invoice(null, null, null, null)
                        : new Registration.Invoice(
                                invoice.organization(), invoice.taxId(), invoice.address(), invoice.purchaseOrder()),
                definition.registration().cancellationPolicy(),
                PaymentSummary.none(quote.total().currency()),
                null,
                Registration.Reason.NONE,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    private static List<Attendee> attendees(Definition definition, RegistrationRequest request, Ids ids) {
        List<Attendee> attendees = new ArrayList<>();
        for (RegistrationRequest.@Nullable RequestedAttendee requested : requireNonNull(request.attendees())) {
            attendees.add(attendee(definition, requireNonNull(requested), ids));
        }
        return attendees;
    }

    private static Attendee attendee(Definition definition, RegistrationRequest.RequestedAttendee requested, Ids ids) {
        List<Attendee.BookedAddOn> addOns = new ArrayList<>();
        if (requested.addOns() != null) {
            for (RegistrationRequest.@Nullable AddOnChoice choice : requested.addOns()) {
                Integer quantity = requireNonNull(choice).quantity();
                addOns.add(new Attendee.BookedAddOn(requireNonNull(choice.code()), quantity == null ? 1 : quantity));
            }
        }
        return new Attendee(
                ids.next(),
                requireNonNull(requested.category()),
                requireNonNull(requested.givenName()).strip(),
                requireNonNull(requested.familyName()).strip(),
                requireNonNull(requested.email()).strip(),
                requested.affiliation(),
                requested.country(),
                requested.badgeName(),
                requested.dietary(),
                requested.accessibility(),
                addOns,
                0,
                needsProof(definition, requireNonNull(requested.category())) ? Attendee.Proof.wanted : null,
                null);
    }
}
