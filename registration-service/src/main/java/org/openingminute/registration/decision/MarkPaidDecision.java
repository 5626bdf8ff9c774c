package org.openingminute.registration.decision;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.MoneyMoved;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.sale.Money;

/**
 * An organiser saw money arrive. Payment-service is told to book it and reports a capture, which then confirms like any other.
 * No input or output.
 */
final class MarkPaidDecision {

    /** A mistyped amount is caught before it is a refund. */
    private static final int MANY_TIMES = 10;

    private final SaleState sale;
    private final Ids ids;

    MarkPaidDecision(SaleState sale, Ids ids) {
        this.sale = sale;
        this.ids = ids;
    }

    Registration markPaid(Ask.MarkPaid ask) {
        Registration registration = sale.requireRegistration(ask.registration());
        MoneyMoved money = registration.money();
        Registration.@Nullable Transfer known = money.transfers().stream()
                .filter(transfer -> transfer.reference().equalsIgnoreCase(ask.reference())
                        && transfer.amount().equals(ask.amount()))
                .findFirst()
                .orElse(null);
        if (registration.isBeingBooked() && known != null && known.command() != null) {
            return again(registration, known, ask);
        }
        requireSane(registration, ask.amount());
        if (registration.isBeingBooked() || money.status().equals(MoneyMoved.PROCESSING)) {
            throw new Problem(
                    CommonProblem.NOT_ALLOWED_NOW,
                    "A payment is being booked already. If that takes long, the same transfer may be marked again.");
        }
        if (known != null) {
            throw new Problem(
                    CommonProblem.NOT_ALLOWED_NOW,
                    "A transfer of this amount with this reference is marked already. If it is another, give it a"
                            + " reference of its own, as the bank's.");
        }
        requireSeats(registration);
        requireEnough(registration, ask.amount());
        Registration.Transfer transfer = new Registration.Transfer(ask.reference(), ask.amount(), ids.next());
        sale.say(Messages.markPaid(registration, transfer, ask.receivedAt()));
        boolean part = money.unbooked().plus(ask.amount()).amount()
                < registration.total().amount();
        sale.note(
                registration.id(),
                TimelineNote.transferred(
                        part ? TimelineNote.Code.TRANSFER_ARRIVED : TimelineNote.Code.MARKED_AS_PAID,
                        ask.amount(),
                        ask.reference()));
        audit(registration, ask, "marked as paid");
        Registration after =
                registration.next(registration.status(), sale.now()).with(money.transferred(transfer));
        sale.change(after);
        return after;
    }

    /** The same command: it books what it has not booked, and else does nothing. */
    private Registration again(Registration registration, Registration.Transfer known, Ask.MarkPaid ask) {
        sale.say(Messages.markPaid(registration, known, ask.receivedAt()));
        audit(registration, ask, "marked as paid again");
        return registration;
    }

    private void audit(Registration registration, Ask.MarkPaid ask, String what) {
        sale.audit(new SaleState.AuditEntry(
                ask.organiser(),
                what,
                registration.id(),
                null,
                Documents.treeOf(Map.of("amount", ask.amount(), "receivedAt", ask.receivedAt())),
                ask.reference()));
    }

    private void requireSeats(Registration registration) {
        switch (registration.status()) {
            case PENDING_PAYMENT -> {
                // They are held for it.
            }
            case EXPIRED -> {
                if (registration.attendees().stream().anyMatch(Attendee::isUnproved)) {
                    throw new Problem(CommonProblem.NOT_ALLOWED_NOW, "A proof of its category was never accepted.");
                }
                if (sale.stock().firstShort(registration.takes().asTakes()).isPresent()) {
                    throw new Problem(
                            SaleProblem.SOLD_OUT, "The hold is over, and there is not enough left of what it had.");
                }
            }
            case CONFIRMED, PENDING_REVIEW, REJECTED, CANCELLED ->
                throw new Problem(
                        CommonProblem.NOT_ALLOWED_NOW,
                        "This is not possible now: it is "
                                + registration.status().wireName() + ".");
        }
    }

    private static void requireSane(Registration registration, Money came) {
        Money due = registration.total();
        if (!came.currency().equals(due.currency())) {
            throw Problem.invalid(List.of(new FieldError("amount", "is not in " + due.currency())));
        }
        if (came.amount() <= 0) {
            throw Problem.invalid(List.of(new FieldError("amount", "is not above nothing")));
        }
        if (came.amount() / MANY_TIMES > due.amount()) {
            throw Problem.invalid(List.of(new FieldError("amount", "is far more than the price: " + due.inWords())));
        }
    }

    /** More than is due goes back; of less the rest may follow where it is paid by invoice and seats are held for it. */
    private static void requireEnough(Registration registration, Money came) {
        boolean restMayFollow = registration.status() == Status.PENDING_PAYMENT
                && registration.paymentMethod() == Registration.PaymentMethod.invoice;
        if (came.amount() < registration.total().amount() && !restMayFollow) {
            throw Problem.invalid(List.of(new FieldError(
                    "amount",
                    "is less than the price, which has to come at once here: "
                            + registration.total().inWords())));
        }
    }
}
