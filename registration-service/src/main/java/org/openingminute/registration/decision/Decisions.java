package org.openingminute.registration.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.lifecycle.Circumstance;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.lifecycle.RegistrationView;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.lifecycle.Trigger;
import org.openingminute.registration.sale.Money;
import org.springframework.stereotype.Component;

/** Decides each ask of a batch on the state of the sale, in memory. No input or output; safe for all threads. */
@Component
public class Decisions {

    /** What was paid in time and is not booked by then may find its seats taken, and is given back. */
    private static final Duration BOOKED_WITHIN = Duration.ofMinutes(10);

    private static final Answer.Refused NOTHING_HERE = new Answer.Refused(Problem.notFound());

    private final Ids ids;
    private final String publicUrl;

    Decisions(Ids ids, AccessSettings settings) {
        this.ids = ids;
        this.publicUrl = settings.publicUrl();
    }

    /** Refusals are values: a refused ask has changed nothing. */
    public Answer decide(SaleState sale, Ask ask) {
        return switch (ask) {
            case Ask.Repeatable repeatable -> once(sale, repeatable);
            case Ask.HoldEnded ended -> isAboutNothing(sale, ended) ? NOTHING_HERE : holdEnded(sale, ended);
            // Every batch notes it; this one is there so that one comes.
            case Ask.SeatsFreed ignored -> new Answer.Noted();
            case Ask.PublishAgain again ->
                isAboutNothing(sale, again) ? NOTHING_HERE : new DefineDecision(sale).publishAgain();
            case Ask.PaymentNews news -> paymentNews(sale, news);
        };
    }

    private static boolean isAboutNothing(SaleState sale, Ask ask) {
        return switch (ask) {
            case Ask.Define ignored -> false;
            case Ask.OnRegistration on -> sale.registration(on.registration()) == null;
            case Ask.Register ignored -> sale.conference() == null;
            case Ask.SetSale ignored -> sale.conference() == null;
            case Ask.SetVoucher ignored -> sale.conference() == null;
            case Ask.RemoveVoucher ignored -> sale.conference() == null;
            case Ask.PublishAgain ignored -> sale.conference() == null;
            case Ask.SeatsFreed ignored -> false;
        };
    }

    /** Same key and body: the first answer. Same key, another body: no. A refusal leaves the key unused. */
    private Answer once(SaleState sale, Ask.Repeatable ask) {
        SaleState.@Nullable Remembered first = sale.remembered(ask.key());
        if (first != null) {
            return again(first, ask);
        }
        if (isAboutNothing(sale, ask)) {
            return NOTHING_HERE;
        }
        Moves moves = new Moves(sale, ids);
        ReviewDecision reviews = new ReviewDecision(sale, moves, this::changed);
        Answer answer = switch (ask) {
            case Ask.Register register -> new RegisterDecision(sale, ids).register(register);
            case Ask.Extend extend -> extend(sale, extend);
            case Ask.Cancel cancel -> cancel(sale, cancel);
            case Ask.Refund refund -> refund(sale, refund);
            case Ask.MarkPaid paid -> new MarkPaidDecision(sale, ids, this::changed).markPaid(paid);
            case Ask.ProofReceived received -> reviews.receive(received);
            case Ask.Review review -> reviews.review(review);
            case Ask.AcceptOffer offer -> reviews.acceptOffer(offer);
            case Ask.Define define -> new DefineDecision(sale).define(define);
            case Ask.SetSale set -> new DefineDecision(sale).setSale(set);
            case Ask.SetVoucher set -> new VoucherDecision(sale).set(set);
            case Ask.RemoveVoucher remove -> new VoucherDecision(sale).remove(remove);
        };
        if (answer instanceof Answer.Done done) {
            sale.remember(
                    ask.key(), new SaleState.Remembered(ask.bodyHash(), done.registration(), done.how(), done.body()));
        }
        return answer;
    }

    private Answer.Done changed(Answer.How how, Registration registration) {
        return new Answer.Done(
                how, Documents.json(RegistrationRepresentation.of(registration, publicUrl)), registration.id());
    }

    /** The answer to a key that has been answered before. */
    public static Answer again(SaleState.Remembered first, Ask.Repeatable ask) {
        return first.bodyHash().equals(ask.bodyHash())
                ? new Answer.Done(first.how(), first.answer(), first.registration())
                : new Answer.Refused(
                        CommonProblem.IDEMPOTENCY_KEY_REUSED, "This key was used for another request before.");
    }

    private Answer extend(SaleState sale, Ask.Extend ask) {
        Registration before = sale.requireRegistration(ask.registration());
        Optional<Answer.Refused> over = holdOver(sale, before);
        if (over.isPresent()) {
            return over.get();
        }
        Circumstance when = before.hold().extended() ? Circumstance.EXTENDED_BEFORE : Circumstance.FIRST_EXTENSION;
        return new Moves(sale, ids).asked(before, Trigger.EXTENDED, when, Moves.NOTHING, after -> {
            sale.note(after.id(), TimelineNote.Code.HOLD_EXTENDED);
            return changed(Answer.How.CHANGED, after);
        });
    }

    /** A hold whose end has passed is over, whether or not the job that ends it has come by. */
    static Optional<Answer.Refused> holdOver(SaleState sale, Registration registration) {
        @Nullable Instant end = registration.hold().expiresAt();
        return end == null || end.isAfter(sale.now())
                ? Optional.empty()
                : Optional.of(new Answer.Refused(CommonProblem.NOT_ALLOWED_NOW, "The hold is over."));
    }

    private Answer cancel(SaleState sale, Ask.Cancel ask) {
        Registration before = sale.requireRegistration(ask.registration());
        Ask.@Nullable ByOrganiser organiser = ask.organiser();
        Optional<Answer.Refused> wrong = organiser == null ? Optional.empty() : wrongRefund(before, organiser);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        Money refund = refundOf(before, sale.now(), organiser);
        if (ask.expectedRefund() != null && !ask.expectedRefund().equals(refund)) {
            return new Answer.Refused(new Problem(
                    CommonProblem.NOT_ALLOWED_NOW,
                    "The refund is no longer what was shown.",
                    Map.of("refund", refund)));
        }
        Registration.Reason why = organiser == null
                ? Registration.Reason.of(ReasonCode.CANCELLED_BY_REGISTRANT)
                : Registration.Reason.of(ReasonCode.CANCELLED_BY_ORGANISER, organiser.note());
        return new Moves(sale, ids)
                .asked(
                        before,
                        organiser == null ? Trigger.CANCELLED_BY_REGISTRANT : Trigger.CANCELLED_BY_ORGANISER,
                        before.money().disputeOpen() ? Circumstance.DISPUTE_OPEN : Circumstance.NO_DISPUTE,
                        new Moves.Cancelled(why, refund),
                        after -> {
                            noteCancelled(sale, before, after, refund, organiser);
                            return changed(Answer.How.CHANGED, after);
                        });
    }

    private static void noteCancelled(
            SaleState sale,
            Registration before,
            Registration after,
            Money refund,
            Ask.@Nullable ByOrganiser organiser) {
        sale.note(after.id(), TimelineNote.of(TimelineNote.Code.CANCELLED, refund.amount() == 0 ? null : refund));
        if (organiser != null) {
            sale.audit(new SaleState.AuditEntry(
                    organiser.name(),
                    "cancelled a registration",
                    after.id(),
                    Documents.treeOf(RegistrationView.of(before)),
                    Documents.treeOf(RegistrationView.of(after)),
                    after.reason().text()));
        }
    }

    /** What was transferred for seats that were not sold goes back whole; of what was captured no more than is left. */
    private static Optional<Answer.Refused> wrongRefund(Registration before, Ask.ByOrganiser organiser) {
        @Nullable Money wanted = organiser.refund();
        Money parts = before.parts();
        if (wanted == null) {
            return Optional.empty();
        }
        if (parts.amount() > 0) {
            return wanted.equals(parts)
                    ? Optional.empty()
                    : Optional.of(invalid(
                            "refund",
                            "is not all that was transferred for seats that were not sold: " + parts.inWords()));
        }
        return notLeft(before, wanted, "refund");
    }

    private static Money refundOf(Registration before, Instant now, Ask.@Nullable ByOrganiser organiser) {
        if (organiser == null || before.parts().amount() > 0 || (!organiser.inFull() && organiser.refund() == null)) {
            return before.refundNow(now).amount();
        }
        if (organiser.refund() != null) {
            return organiser.refund();
        }
        Money captured = before.money().captured();
        return new Money(captured.amount() - before.money().commandedAmount(), captured.currency());
    }

    private Answer refund(SaleState sale, Ask.Refund ask) {
        Registration before = sale.requireRegistration(ask.registration());
        Optional<Answer.Refused> notLeft = notLeft(before, ask.amount(), "amount");
        if (notLeft.isPresent()) {
            return notLeft.get();
        }
        if (before.money().disputeOpen()) {
            return new Answer.Refused(CommonProblem.NOT_ALLOWED_NOW, "The payment is disputed.");
        }
        Registration after = new Moves(sale, ids).refundOnRequest(before, ask.amount(), ask.reason());
        sale.note(after.id(), TimelineNote.of(TimelineNote.Code.REFUND_ORDERED, ask.amount()));
        sale.audit(new SaleState.AuditEntry(
                ask.organiser(),
                "ordered a refund",
                after.id(),
                null,
                Documents.treeOf(Map.of("refund", ask.amount())),
                ask.reason()));
        return changed(Answer.How.ACCEPTED, after);
    }

    private static Optional<Answer.Refused> notLeft(Registration registration, Money refund, String field) {
        Money captured = registration.money().captured();
        if (!refund.currency().equals(captured.currency())) {
            return Optional.of(invalid(field, "is not in " + captured.currency()));
        }
        long left = captured.amount() - registration.money().commandedAmount();
        return refund.amount() > left || refund.amount() < 0
                ? Optional.of(invalid(
                        field,
                        "is not between nothing and what is left: " + new Money(left, captured.currency()).inWords()))
                : Optional.empty();
    }

    private static Answer.Refused invalid(String field, String message) {
        return new Answer.Refused(Problem.invalid(List.of(new FieldError(field, message))));
    }

    /** The end of a hold is read here, under the lock: what was true outside may have changed. */
    private Answer holdEnded(SaleState sale, Ask.HoldEnded ask) {
        Registration before = sale.requireRegistration(ask.registration());
        @Nullable Instant end = before.hold().expiresAt();
        boolean waitsForItsBooking =
                before.isBeingBooked() && end != null && end.plus(BOOKED_WITHIN).isAfter(sale.now());
        if (end != null && before.status().holdsSeats() && !end.isAfter(sale.now()) && !waitsForItsBooking) {
            new Moves(sale, ids)
                    .move(before, Trigger.HOLD_RAN_OUT, Circumstance.ALWAYS, new Moves.Because(whyEnded(before)));
            sale.note(before.id(), TimelineNote.Code.EXPIRED);
        }
        return new Answer.Noted();
    }

    private static ReasonCode whyEnded(Registration before) {
        return switch (before.status()) {
            case PENDING_REVIEW -> ReasonCode.PROOF_TIME_OVER;
            case REJECTED -> ReasonCode.OFFER_TIME_OVER;
            case PENDING_PAYMENT, CONFIRMED, EXPIRED, CANCELLED -> ReasonCode.PAYMENT_TIME_OVER;
        };
    }

    private Answer paymentNews(SaleState sale, Ask.PaymentNews ask) {
        @Nullable Registration registration = sale.registration(ask.registration());
        if (registration == null) {
            throw new org.openingminute.messaging.inbox.CannotBeApplied("the payment is of no registration here");
        }
        new PaymentDecision(sale, new Moves(sale, ids)).apply(registration, ask.told());
        return new Answer.Noted();
    }
}
