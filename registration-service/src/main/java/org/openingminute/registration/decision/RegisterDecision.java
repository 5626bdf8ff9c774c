package org.openingminute.registration.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.inventory.Unpaid;
import org.openingminute.registration.lifecycle.Guard;
import org.openingminute.registration.lifecycle.PaymentSummary;
import org.openingminute.registration.lifecycle.ReferenceCodes;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationView;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Order;
import org.openingminute.registration.sale.OrderCheck;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.Pricing;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.RegistrationRequest;
import org.openingminute.registration.sale.RegistrationRequest.Addresses;
import org.openingminute.registration.sale.Sale;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.registration.sale.Voucher.VoucherProblem;

/** Decides a request for seats: whether seats are left, at what price, and in which state the registration starts. No input or output. */
public final class RegisterDecision {

    private final SaleState sale;
    private final Ids ids;
    private final AddressForm addresses;
    private final String publicUrl;

    RegisterDecision(SaleState sale, Ids ids, AddressForm addresses, String publicUrl) {
        this.sale = sale;
        this.ids = ids;
        this.addresses = addresses;
        this.publicUrl = publicUrl;
    }

    /** A prepared request, or the reason why it is refused whatever is left. */
    sealed interface Preparation permits PreparedOrder, NotSold {}

    record NotSold(Problem problem) implements Preparation {}

    Result register(Command.Register command) {
        Conference conference = sale.requireConference();
        @Nullable PreparedOrder prepared = command.prepared();
        Preparation order = prepared != null && prepared.holds(conference, sale.now())
                ? prepared
                : PreparedOrder.of(conference, command.request(), sale.now(), ids, addresses);
        return switch (order) {
            case NotSold(Problem problem) -> new Result.Refused(problem);
            case PreparedOrder sold -> register(conference.definition(), command, sold);
        };
    }

    private Result register(Definition definition, Command.Register command, PreparedOrder order) {
        Command.Register.@Nullable PresentedAdmission presented = command.presented();
        if (presented != null && sale.isTaken(presented.admission())) {
            return presented.isNeeded()
                    ? new Result.Refused(admissionNeeded(publicUrl, definition.slug()))
                    : register(definition, command.admittedBy(null), order);
        }
        Optional<Problem> refused =
                noSeats(definition, command, order).or(() -> unpaidBound(definition, command, order.draft()));
        if (refused.isPresent()) {
            return new Result.Refused(refused.get());
        }
        Registration draft = numbered(definition, order, order.draft());
        Registration begun = new Transitions(sale, ids)
                .begin(draft.with(draft.contactLinks().countedBy(command.countedBy())), order.guard());
        if (presented != null) {
            sale.take(presented.admission(), begun.id());
        }
        return new Result.Done(Result.How.CREATED, Documents.json(RegistrationView.of(begun)), begun.id());
    }

    /** Sells at the desk, at the current price, which must be paid in full. */
    Result sell(Command.SellAtDesk command) {
        Conference conference = sale.requireConference();
        return switch (PreparedOrder.of(conference, command.order().request(), sale.now(), ids, addresses)) {
            case NotSold(Problem problem) -> new Result.Refused(problem);
            case PreparedOrder order -> {
                Definition definition = conference.definition();
                yield notPaid(order.draft(), command.paid())
                        .or(() -> noSeats(definition, command.order(), order))
                        .<Result>map(Result.Refused::new)
                        .orElseGet(() -> sell(definition, command, order));
            }
        };
    }

    private Result sell(Definition definition, Command.SellAtDesk command, PreparedOrder order) {
        Command.SellAtDesk.@Nullable PaidAtDesk paid = command.paid();
        Registration.@Nullable TransferredSurplus money =
                paid == null ? null : new Registration.TransferredSurplus(paid.reference(), paid.amount(), ids.next());
        Registration draft =
                order.draft().soldAtDesk(money == null ? order.draft().money() : PaymentSummary.paidAtDesk(money));
        Registration begun = new Transitions(sale, ids)
                .begin(numbered(definition, order, draft), money == null ? Guard.NOTHING_TO_PAY : Guard.PAID_AT_DESK);
        if (money != null) {
            sale.publish(Messages.markPaid(begun, money, sale.now()));
            sale.note(
                    begun.id(),
                    TimelineNote.transferred(TimelineNote.Code.MARKED_AS_PAID, money.amount(), money.reference()));
            sale.note(begun.id(), TimelineNote.of(TimelineNote.Code.PAYMENT_RECEIVED, money.amount()));
        }
        sale.audit(new SaleState.AuditEntry(
                command.organiser(),
                "sold at the desk",
                begun.id(),
                null,
                Documents.treeOf(RegistrationView.of(begun)),
                command.reason()));
        return new Result.Done(Result.How.CREATED, Documents.json(RegistrationView.of(begun)), begun.id());
    }

    private static Optional<Problem> notPaid(Registration draft, Command.SellAtDesk.@Nullable PaidAtDesk paid) {
        if (draft.nothingToPay()) {
            return paid == null
                    ? Optional.empty()
                    : Optional.of(Problem.invalid("paid", "nothing-to-pay", "must be absent: there is nothing to pay"));
        }
        if (paid == null) {
            return Optional.of(Problem.invalid("paid", "required", "is required"));
        }
        return paid.amount().equals(draft.total())
                ? Optional.empty()
                : Optional.of(Problem.invalid(List.of(new FieldError(
                        "paid.amount",
                        "other-amount",
                        "must be the price: " + draft.total().inWords(),
                        List.of(draft.total())))));
    }

    private Optional<Problem> noSeats(Definition definition, Command.Register command, PreparedOrder order) {
        if (isAnyAddressTaken(definition, command.request())) {
            return Optional.of(new Problem(
                    SaleProblem.ALREADY_REGISTERED, "Someone with one of these addresses is already registered."));
        }
        Optional<QuotaKey> shortOf = sale.inventory().firstShort(order.allocation());
        if (shortOf.isPresent()) {
            return shortOf.map(RegisterDecision::soldOut);
        }
        // Requests with a voucher are never refused from a cache, so nothing is withheld from them.
        return order.voucher() == null && sale.inventory().isWithheld(order.allocation())
                ? Optional.of(Problem.unavailable().retryAfter(drawnWait(command)))
                : Optional.empty();
    }

    private Registration numbered(Definition definition, PreparedOrder order, Registration draft) {
        String reference =
                ReferenceCodes.reference(order.prefix(), definition.slug().hashCode(), sale.takeReference());
        return draft.numbered(reference, sale.now());
    }

    /** Returns the refusal of a request without a valid, unused admission. */
    public static Problem admissionNeeded(String publicUrl, String conference) {
        return new Problem(
                SaleProblem.WAITING_ROOM,
                "There is a line in front of this sale. Take a place in it; its admission is good for one registration.",
                Map.of("link", "%s/api/waiting-room/%s/places".formatted(publicUrl, conference)));
    }

    /** Returns the refusal of a request that would exceed a limit of unpaid seats; empty if it exceeds none. */
    private Optional<Problem> unpaidBound(Definition definition, Command.Register command, Registration draft) {
        Registration.@Nullable CountedBy by = command.countedBy();
        if (by == null) {
            return Optional.empty();
        }
        SaleTerms terms = definition.registration();
        SaleTerms.UnpaidBounds bounds = terms.unpaid();
        int seats = draft.attendees().size();
        boolean invoice = draft.paymentMethod() == Registration.PaymentMethod.invoice && !draft.nothingToPay();
        if (invoice && isAbove(Unpaid.INVOICES, seats, terms.seats(bounds.invoicePercent()))) {
            return Optional.of(new Problem(
                    CommonProblem.NOT_ALLOWED_NOW,
                    "No more seats can be held for payment by invoice right now; payment by card is still possible."));
        }
        @Nullable Integer perMailbox = bounds.perMailbox();
        // Such a group never fits, so a time to wait would be misleading.
        if (perMailbox != null && perMailbox > 0 && seats > perMailbox) {
            return Optional.of(Problem.invalid("attendees", "wrong-size", "must be {} to {}", 1, perMailbox));
        }
        if (isAbove(by.mailbox(), seats, perMailbox)) {
            return Optional.of(tooManyUnpaid(
                    terms,
                    by.mailbox(),
                    "unpaid-mailbox",
                    "Too many unpaid seats are already held for this email address.",
                    "opening the mailed links",
                    Map.of()));
        }
        Map<String, Object> confirm =
                Map.of("confirm", "/api/conferences/%s/mailbox-confirmations".formatted(definition.slug()));
        if (by.address() != null && isAbove(by.address(), seats, bounds.perAddress())) {
            return Optional.of(tooManyUnpaid(
                    terms,
                    by.address(),
                    "unpaid-address",
                    "Too many unpaid seats are already held from this network address.",
                    "confirming the email address",
                    confirm));
        }
        if (by.address() != null && isAbove(Unpaid.UNCONFIRMED, seats, terms.seats(bounds.unconfirmedPercent()))) {
            return Optional.of(tooManyUnpaid(
                    terms,
                    Unpaid.UNCONFIRMED,
                    "unpaid-unconfirmed",
                    "Too many unpaid seats are already held.",
                    "confirming the email address",
                    confirm));
        }
        return Optional.empty();
    }

    private boolean isAbove(UUID subject, int seats, @Nullable Integer bound) {
        return bound != null && sale.unpaid().held(subject) + seats > bound;
    }

    /** @param remedy what the caller can do if no hold has an end */
    private Problem tooManyUnpaid(
            SaleTerms terms, UUID subject, String reason, String detail, String remedy, Map<String, Object> members) {
        Optional<Duration> firstEnd = sale.unpaid().firstEnd(subject);
        Duration wait = firstEnd.orElse(terms.holdTime());
        return new Problem(
                        CommonProblem.RATE_LIMITED,
                        firstEnd.isPresent() ? detail : detail + " Waiting may not help, but " + remedy + " does.",
                        members)
                .because(firstEnd.isPresent() ? reason : reason + "-unopened")
                .retryAfter(wait.isPositive() ? wait : Duration.ofSeconds(1));
    }

    /** Returns one to three seconds at random, so that callers who want the same freed seat do not all retry at once. */
    private Duration drawnWait(Command.Register command) {
        long lot = command.key().keyHash() + sale.machineNow().toEpochMilli();
        return Duration.ofSeconds(1 + Math.floorMod(lot, 3));
    }

    /** The price of an order, or the reason why it cannot be sold. */
    sealed interface Quoted {

        record Price(Quote quote) implements Quoted {}

        record No(Problem problem) implements Quoted {}
    }

    /** Quotes an order at an instant; the refusal is {@code not-open}, {@code closed}, {@code paused} or {@code voucher-invalid}. */
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
                                message == null ? "Registration is paused for the moment." : message)));
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
                "Not enough is left of what was requested: " + shortOf.code() + ".",
                Map.of("limit", shortOf.code()));
    }

    /** Quotes prices without holding seats. Pure. */
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
