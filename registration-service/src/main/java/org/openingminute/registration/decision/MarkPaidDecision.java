package org.openingminute.registration.decision;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Effect;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.PaymentSummary;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.sale.Money;

/**
 * Decides on a transfer that an organiser marks as received. Payment-service gets the command to book it and reports a
 * capture, which then confirms like any other. No input or output.
 */
final class MarkPaidDecision {

    /** Transfers above this multiple of the price are refused: a mistyped amount would otherwise become a refund. */
    private static final int MAX_PRICE_MULTIPLE = 10;

    private final SaleState sale;
    private final Ids ids;
    private final BiFunction<Result.How, Registration, Result.Done> answer;

    MarkPaidDecision(SaleState sale, Ids ids, BiFunction<Result.How, Registration, Result.Done> answer) {
        this.sale = sale;
        this.ids = ids;
        this.answer = answer;
    }

    Result markPaid(Command.MarkPaid command) {
        Registration registration = sale.requireRegistration(command.registration());
        Registration.@Nullable TransferredSurplus known = registration.money().transfers().stream()
                .filter(transfer -> transfer.reference().equalsIgnoreCase(command.reference())
                        && transfer.amount().equals(command.amount()))
                .findFirst()
                .orElse(null);
        if (registration.isBeingBooked() && known != null && known.command() != null) {
            return answer.apply(Result.How.CHANGED, again(registration, known, command));
        }
        return refuseImplausible(registration, command.amount())
                .or(() -> markedBefore(registration, known))
                .or(() -> withoutSeats(registration))
                .or(() -> refuseUnderpayment(registration, command.amount()))
                .<Result>map(Result.Refused::new)
                .orElseGet(() -> answer.apply(Result.How.CHANGED, marked(registration, command)));
    }

    /**
     * Returns the report that payment-service will send once transfers have reached the price: one capture of the amount due, and a refund
     * of the excess. Empty if more money is needed, or if there is nothing to book.
     */
    static Optional<PaymentSnapshot> booked(Registration registration, Ids ids, Instant at) {
        if (!registration.isBeingBooked()) {
            return Optional.empty();
        }
        PaymentSummary money = registration.money();
        Money due = registration.total();
        List<PaymentSnapshot.ReportedCapture> captures = new ArrayList<>();
        if (money.captured().amount() > 0) {
            captures.add(new PaymentSnapshot.ReportedCapture(ids.next(), money.captured(), at, true, false));
        }
        captures.add(new PaymentSnapshot.ReportedCapture(ids.next(), due, at, false, true));
        Money surplus = money.unbooked().minus(due);
        List<PaymentSnapshot.ReportedRefund> refunds = surplus.amount() == 0
                ? List.of()
                : List.of(new PaymentSnapshot.ReportedRefund(
                        ids.next(), surplus, PaymentSnapshot.RefundState.PENDING, at, true, true, null));
        return Optional.of(new PaymentSnapshot(
                registration.id(),
                PaymentSnapshot.ReportedStatus.CAPTURED,
                due,
                money.captured().plus(due),
                money.refunded(),
                captures,
                refunds,
                List.of(),
                money.reported().inquiries(),
                null,
                null,
                List.of()));
    }

    private Registration marked(Registration registration, Command.MarkPaid command) {
        PaymentSummary money = registration.money();
        Registration.TransferredSurplus transfer =
                new Registration.TransferredSurplus(command.reference(), command.amount(), ids.next());
        sale.publish(Messages.markPaid(registration, transfer, command.receivedAt()));
        boolean part = money.unbooked().plus(command.amount()).amount()
                < registration.total().amount();
        sale.note(
                registration.id(),
                TimelineNote.transferred(
                        part ? TimelineNote.Code.TRANSFER_ARRIVED : TimelineNote.Code.MARKED_AS_PAID,
                        command.amount(),
                        command.reference()));
        audit(registration, command, "marked as paid");
        Registration after = new Transitions(sale, ids).next(registration).with(money.transferred(transfer));
        sale.change(after);
        // Publish the partial payment as well: payment-service reports nothing until the rest has arrived.
        sale.publish(Effect.EventType.CHANGED, after);
        return after;
    }

    /** Sends the same command again: payment-service books the transfer if it has not done so yet, and otherwise does nothing. */
    private Registration again(
            Registration registration, Registration.TransferredSurplus known, Command.MarkPaid command) {
        sale.publish(Messages.markPaid(registration, known, command.receivedAt()));
        audit(registration, command, "marked as paid again");
        return registration;
    }

    private void audit(Registration registration, Command.MarkPaid command, String what) {
        sale.audit(new SaleState.AuditEntry(
                command.organiser(),
                what,
                registration.id(),
                null,
                Documents.treeOf(Map.of("amount", command.amount(), "receivedAt", command.receivedAt())),
                command.reference()));
    }

    private static Optional<Problem> markedBefore(
            Registration registration, Registration.@Nullable TransferredSurplus known) {
        if (registration.isBeingBooked() || registration.money().status().equals(PaymentSummary.PROCESSING)) {
            return Optional.of(new Problem(
                    CommonProblem.NOT_ALLOWED_NOW,
                    "A payment is already being booked. If that takes long, the same transfer can be marked again."));
        }
        return known == null
                ? Optional.empty()
                : Optional.of(new Problem(
                        CommonProblem.NOT_ALLOWED_NOW,
                        "A transfer of this amount with this reference is marked already. If it is another, give it a"
                                + " reference of its own, as the bank's."));
    }

    private Optional<Problem> withoutSeats(Registration registration) {
        return switch (registration.status()) {
            // The seats are held.
            case PENDING_PAYMENT -> Optional.empty();
            case EXPIRED -> {
                if (registration.attendees().stream().anyMatch(Attendee::isUnproved)) {
                    yield Optional.of(
                            new Problem(CommonProblem.NOT_ALLOWED_NOW, "Proof of its category was never accepted."));
                }
                yield sale.inventory()
                        .firstShort(registration.allocation().asAllocation())
                        .map(_ -> new Problem(
                                SaleProblem.SOLD_OUT, "The hold has ended, and not enough is left of what it held."));
            }
            case CONFIRMED, PENDING_REVIEW, REJECTED, CANCELLED ->
                Optional.of(new Problem(
                        CommonProblem.NOT_ALLOWED_NOW,
                        "This is not possible now: it is "
                                + registration.status().wireName() + "."));
        };
    }

    private static Optional<Problem> refuseImplausible(Registration registration, Money came) {
        Money due = registration.total();
        if (!came.currency().equals(due.currency())) {
            return invalid("other-currency", "must be in " + due.currency(), due.currency());
        }
        if (came.amount() <= 0) {
            return invalid("not-positive", "must be more than zero");
        }
        return came.amount() / MAX_PRICE_MULTIPLE > due.amount()
                ? invalid("far-too-much", "is far more than the price: " + due.inWords(), due)
                : Optional.empty();
    }

    /**
     * Refuses an amount that is too low; an excess is accepted and refunded. A partial payment is accepted if the registration is paid by
     * invoice and holds seats, because the rest may follow.
     */
    private static Optional<Problem> refuseUnderpayment(Registration registration, Money came) {
        boolean restMayFollow = registration.status() == Status.PENDING_PAYMENT
                && registration.paymentMethod() == Registration.PaymentMethod.invoice;
        return came.amount() < registration.total().amount() && !restMayFollow
                ? invalid(
                        "too-little",
                        "is less than the price, which has to come at once here: "
                                + registration.total().inWords(),
                        registration.total())
                : Optional.empty();
    }

    private static Optional<Problem> invalid(String code, String message, Object... parameters) {
        return Optional.of(Problem.invalid(List.of(new FieldError("amount", code, message, List.of(parameters)))));
    }
}
