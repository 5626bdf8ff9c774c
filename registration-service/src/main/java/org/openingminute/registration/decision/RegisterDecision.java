package org.openingminute.registration.decision;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.inventory.Allocation;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Guard;
import org.openingminute.registration.lifecycle.PaymentSummary;
import org.openingminute.registration.lifecycle.ReferenceCodes;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Registration.Contact;
import org.openingminute.registration.lifecycle.RegistrationView;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Order;
import org.openingminute.registration.sale.OrderCheck;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.Pricing;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.RegistrationRequest;
import org.openingminute.registration.sale.RegistrationRequest.Addresses;
import org.openingminute.registration.sale.Sale;
import org.openingminute.registration.sale.Voucher.VoucherProblem;

/**
 * Decides a request for seats: whether there are any, at what price, and in which state the registration begins. No
 * input or output.
 */
public final class RegisterDecision {

    private final SaleState sale;
    private final Ids ids;

    RegisterDecision(SaleState sale, Ids ids) {
        this.sale = sale;
        this.ids = ids;
    }

    Result register(Command.Register command) {
        Conference conference = sale.requireConference();
        RegistrationRequest request = command.request();
        List<FieldError> errors = OrderCheck.check(conference.definition(), request);
        if (!errors.isEmpty()) {
            return new Result.Refused(Problem.invalid(errors));
        }
        return switch (quote(conference, OrderCheck.order(request), sale.now())) {
            case Quoted.No(Problem problem) -> new Result.Refused(problem);
            case Quoted.Price(Quote quote) -> register(conference.definition(), command, quote);
        };
    }

    private Result register(Definition definition, Command.Register command, Quote quote) {
        RegistrationRequest request = command.request();
        if (isAnyAddressTaken(definition, request)) {
            return new Result.Refused(
                    SaleProblem.ALREADY_REGISTERED, "Somebody with one of these addresses is registered already.");
        }
        Order order = OrderCheck.order(request);
        Allocation allocation = Allocation.of(definition, order);
        Optional<QuotaKey> shortOf = sale.inventory().firstShort(allocation);
        if (shortOf.isPresent()) {
            return new Result.Refused(soldOut(shortOf.get()));
        }
        // A request with a voucher is never refused from a cache, so nothing is withheld from it.
        if (order.voucher() == null && sale.inventory().isWithheld(allocation)) {
            return new Result.Refused(Problem.unavailable().retryAfter(drawnWait(command)));
        }
        Registration begun = new Transitions(sale, ids)
                .begin(
                        draft(definition, request, quote, Registration.AllocatedSeats.of(allocation)),
                        guard(definition, order, quote));
        return new Result.Done(Result.How.CREATED, Documents.json(RegistrationView.of(begun)), begun.id());
    }

    /** One to three seconds by lot, so that those who want one freed seat do not all come back at once. */
    private Duration drawnWait(Command.Register command) {
        long lot = command.key().keyHash() + sale.machineNow().toEpochMilli();
        return Duration.ofSeconds(1 + Math.floorMod(lot, 3));
    }

    /** The price of an order, or why it is not sold. */
    sealed interface Quoted {

        record Price(Quote quote) implements Quoted {}

        record No(Problem problem) implements Quoted {}
    }

    /** Quotes at an instant; refused as {@code not-open}, {@code closed}, {@code paused} or {@code voucher-invalid}. */
    static Quoted quote(Conference conference, Order order, Instant at) {
        Optional<Problem> notSold = notSold(conference, at);
        if (notSold.isPresent()) {
            return new Quoted.No(notSold.get());
        }
        Definition definition = conference.definition();
        Phase phase = definition.registration().sale().openPhase(at).orElseThrow();
        return switch (Pricing.quote(definition, phase, order, at)) {
            case Quote quote -> new Quoted.Price(quote);
            case VoucherProblem problem -> new Quoted.No(voucherInvalid(problem));
        };
    }

    private static Optional<Problem> notSold(Conference conference, Instant at) {
        @Nullable String message = conference.saleMessage();
        return outsideTheSale(conference, at)
                .or(() -> conference.open()
                        ? Optional.empty()
                        : Optional.of(new Problem(
                                SaleProblem.PAUSED,
                                message == null ? "Registration is paused for a while." : message)));
    }

    /** The problem {@code not-open} before the first phase, and {@code closed} after the last one. */
    public static Optional<Problem> outsideTheSale(Conference conference, Instant at) {
        Sale sale = conference.definition().registration().sale();
        return switch (sale.phaseAt(at)) {
            case Sale.Moment.NotOpen(Instant opensAt) ->
                Optional.of(new Problem(
                        SaleProblem.NOT_OPEN, "Registration has not opened yet.", Map.of("opensAt", opensAt)));
            case Sale.Moment.Closed ignored ->
                Optional.of(new Problem(
                        SaleProblem.CLOSED, "Registration has closed.", Map.of("closesAt", sale.closesAt())));
            case Sale.Moment.Open ignored -> Optional.empty();
        };
    }

    private static Problem voucherInvalid(VoucherProblem problem) {
        FieldError error = problem.error();
        return new Problem(SaleProblem.VOUCHER_INVALID, error.message(), List.of(error));
    }

    private boolean isAnyAddressTaken(Definition definition, RegistrationRequest request) {
        return definition.registration().onePerAddress()
                && Addresses.of(request).stream().anyMatch(sale::addressTaken);
    }

    /** The refusal of an order for which a limit has no room. */
    public static Problem soldOut(QuotaKey shortOf) {
        if (shortOf instanceof QuotaKey.OfVoucher(String code)) {
            return voucherInvalid(new VoucherProblem.UsedUp(code));
        }
        return new Problem(
                SaleProblem.SOLD_OUT,
                "There is not enough left of what was asked for: " + shortOf.code() + ".",
                Map.of("limit", shortOf.code()));
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

    private Registration draft(
            Definition definition, RegistrationRequest request, Quote quote, Registration.AllocatedSeats allocation) {
        RegistrationRequest.RequestedContact contact = requireNonNull(request.contact());
        String prefix =
                ReferenceCodes.prefix(definition.name(), definition.startsOn().getYear());
        String locale = contact.locale();
        RegistrationRequest.@Nullable RequestedInvoice invoice = request.invoice();
        return new Registration(
                ids.next(),
                ReferenceCodes.reference(prefix, definition.slug().hashCode(), sale.takeReference()),
                definition.slug(),
                Status.PENDING_PAYMENT,
                1,
                new Contact(
                        requireNonNull(contact.name()).strip(),
                        requireNonNull(contact.email()).strip(),
                        locale == null ? "en" : locale),
                0,
                attendees(definition, request),
                new Registration.FixedPrice(
                        quote.lines(), quote.discount(), quote.tax(), quote.total(), quote.phase(), quote.voucher()),
                allocation,
                new Registration.Hold(null, false, 0),
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
                sale.now(),
                sale.now());
    }

    private List<Attendee> attendees(Definition definition, RegistrationRequest request) {
        List<Attendee> attendees = new ArrayList<>();
        for (RegistrationRequest.@Nullable RequestedAttendee requested : requireNonNull(request.attendees())) {
            attendees.add(attendee(definition, requireNonNull(requested)));
        }
        return attendees;
    }

    private Attendee attendee(Definition definition, RegistrationRequest.RequestedAttendee requested) {
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

    /** The price of a registration now; nothing is held. Pure. */
    public static final class Quotes {

        private Quotes() {}

        /**
         * Calculates the price of an order at an instant.
         *
         * @throws Problem {@code invalid}, {@code voucher-invalid}, or outside the sale {@code not-open} and the like
         */
        public static Quote quote(Conference conference, RegistrationRequest request, Instant at) {
            List<FieldError> errors = OrderCheck.checkForQuote(conference.definition(), request);
            if (!errors.isEmpty()) {
                throw Problem.invalid(errors);
            }
            return switch (RegisterDecision.quote(conference, OrderCheck.order(request), at)) {
                case RegisterDecision.Quoted.Price(Quote quote) -> quote;
                case RegisterDecision.Quoted.No(Problem problem) -> throw problem;
            };
        }
    }
}
