package org.openingminute.registration.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.lifecycle.Circumstance;
import org.openingminute.registration.lifecycle.PaymentState;
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

    private final Ids ids;
    private final String publicUrl;

    Decisions(Ids ids, AccessSettings settings) {
        this.ids = ids;
        this.publicUrl = settings.publicUrl();
    }

    /** Refusals are values: a refused ask has changed nothing. */
    public Answer decide(SaleState sale, Ask ask) {
        try {
            return switch (ask) {
                case Ask.Repeatable repeatable -> once(sale, repeatable);
                case Ask.HoldEnded ended -> holdEnded(sale, ended);
                // Every batch notes it; this one is there so that one comes.
                case Ask.SeatsFreed ignored -> new Answer.Noted();
                case Ask.PublishAgain ignored -> new DefineDecision(sale).publishAgain();
                case Ask.PaymentNews news -> paymentNews(sale, news);
            };
        } catch (Problem problem) {
            return new Answer.Refused(problem);
        } catch (RegisterDecision.NotForSaleYet soon) {
            return new Answer.NotYet(soon.in(), new Answer.Refused(soon.otherwise()));
        }
    }

    /** Same key and body: the first answer. Same key, another body: no. A refusal leaves the key unused. */
    private Answer once(SaleState sale, Ask.Repeatable ask) {
        SaleState.@Nullable Remembered first = sale.remembered(ask.key());
        if (first != null) {
            return again(first, ask);
        }
        ReviewDecision reviews = new ReviewDecision(sale, new Moves(sale, ids));
        Answer.Done done = switch (ask) {
            case Ask.Register register -> registered(new RegisterDecision(sale, ids).register(register));
            case Ask.Extend extend -> changed(200, extend(sale, extend));
            case Ask.Cancel cancel -> changed(200, cancel(sale, cancel));
            case Ask.Refund refund -> changed(202, refund(sale, refund));
            case Ask.MarkPaid paid -> changed(200, new MarkPaidDecision(sale, ids).markPaid(paid));
            case Ask.ProofReceived received -> changed(202, reviews.receive(received));
            case Ask.Review review -> changed(200, reviews.review(review));
            case Ask.AcceptOffer offer -> changed(200, reviews.acceptOffer(offer));
            case Ask.Define define -> new DefineDecision(sale).define(define);
            case Ask.SetSale set -> new DefineDecision(sale).setSale(set);
            case Ask.SetVoucher set -> new VoucherDecision(sale).set(set);
            case Ask.RemoveVoucher remove -> new VoucherDecision(sale).remove(remove);
        };
        sale.remember(
                ask.key(), new SaleState.Remembered(ask.bodyHash(), done.registration(), done.status(), done.body()));
        return done;
    }

    private static Answer.Done registered(Registration registration) {
        return new Answer.Done(201, Documents.json(RegistrationView.of(registration)), registration.id());
    }

    private Answer.Done changed(int status, Registration registration) {
        return new Answer.Done(
                status, Documents.json(RegistrationRepresentation.of(registration, publicUrl)), registration.id());
    }

    /** The answer to a key that has been answered before. */
    public static Answer again(SaleState.Remembered first, Ask.Repeatable ask) {
        return first.bodyHash().equals(ask.bodyHash())
                ? new Answer.Done(first.status(), first.answer(), first.registration())
                : new Answer.Refused(new Problem(
                        CommonProblem.IDEMPOTENCY_KEY_REUSED, "This key was used for another request before."));
    }

    private Registration extend(SaleState sale, Ask.Extend ask) {
        Registration before = sale.requireRegistration(ask.registration());
        requireHoldNotOver(sale, before);
        Registration after = new Moves(sale, ids)
                .move(
                        before,
                        Trigger.EXTENDED,
                        before.hold().extended() ? Circumstance.EXTENDED_BEFORE : Circumstance.FIRST_EXTENSION,
                        Moves.Details.NONE);
        sale.note(after.id(), TimelineNote.Code.HOLD_EXTENDED);
        return after;
    }

    /** A hold whose end has passed is over, whether or not the job that ends it has come by. */
    static void requireHoldNotOver(SaleState sale, Registration registration) {
        @Nullable Instant end = registration.hold().expiresAt();
        if (end != null && !end.isAfter(sale.now())) {
            throw new Problem(CommonProblem.NOT_ALLOWED_NOW, "The hold is over.");
        }
    }

    private Registration cancel(SaleState sale, Ask.Cancel ask) {
        Registration before = sale.requireRegistration(ask.registration());
        Ask.@Nullable ByOrganiser organiser = ask.organiser();
        Money refund = refundOf(before, sale.now(), organiser);
        if (ask.expectedRefund() != null && !ask.expectedRefund().equals(refund)) {
            throw new Problem(
                    CommonProblem.NOT_ALLOWED_NOW, "The refund is no longer what was shown.", Map.of("refund", refund));
        }
        Registration after = new Moves(sale, ids)
                .move(
                        before,
                        organiser == null ? Trigger.CANCELLED_BY_REGISTRANT : Trigger.CANCELLED_BY_ORGANISER,
                        before.money().disputeOpen() ? Circumstance.DISPUTE_OPEN : Circumstance.NO_DISPUTE,
                        new Moves.Details(
                                null,
                                refund,
                                null,
                                organiser == null
                                        ? Registration.Reason.of(ReasonCode.CANCELLED_BY_REGISTRANT)
                                        : Registration.Reason.of(ReasonCode.CANCELLED_BY_ORGANISER, organiser.note())));
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
        return after;
    }

    private static Money refundOf(Registration before, Instant now, Ask.@Nullable ByOrganiser organiser) {
        long left = before.money().captured().amount() - before.money().commandedAmount();
        Money captured = before.money().captured();
        Money parts = before.parts();
        if (organiser == null || parts.amount() > 0 || (!organiser.inFull() && organiser.refund() == null)) {
            if (organiser != null
                    && organiser.refund() != null
                    && !organiser.refund().equals(parts)) {
                throw Problem.invalid(List.of(new FieldError(
                        "refund", "is not all that was transferred for seats that were not sold: " + parts.inWords())));
            }
            return before.refundNow(now).amount();
        }
        if (organiser.refund() != null) {
            requireLeft(before, organiser.refund(), "refund");
            return organiser.refund();
        }
        return new Money(left, captured.currency());
    }

    private Registration refund(SaleState sale, Ask.Refund ask) {
        Registration before = sale.requireRegistration(ask.registration());
        requireLeft(before, ask.amount(), "amount");
        if (before.money().disputeOpen()) {
            throw new Problem(CommonProblem.NOT_ALLOWED_NOW, "The payment is disputed.");
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
        return after;
    }

    private static void requireLeft(Registration registration, Money refund, String field) {
        Money captured = registration.money().captured();
        if (!refund.currency().equals(captured.currency())) {
            throw Problem.invalid(List.of(new FieldError(field, "is not in " + captured.currency())));
        }
        long left = captured.amount() - registration.money().commandedAmount();
        if (refund.amount() > left || refund.amount() < 0) {
            throw Problem.invalid(List.of(new FieldError(
                    field,
                    "is not between nothing and what is left: " + new Money(left, captured.currency()).inWords())));
        }
    }

    /** The end of a hold is read here, under the lock: what was true outside may have changed. */
    private Answer holdEnded(SaleState sale, Ask.HoldEnded ask) {
        Registration before = sale.requireRegistration(ask.registration());
        @Nullable Instant end = before.hold().expiresAt();
        boolean waitsForItsBooking =
                before.isBeingBooked() && end != null && end.plus(BOOKED_WITHIN).isAfter(sale.now());
        if (end != null && before.status().holdsSeats() && !end.isAfter(sale.now()) && !waitsForItsBooking) {
            new Moves(sale, ids)
                    .move(
                            before,
                            Trigger.HOLD_RAN_OUT,
                            Circumstance.ALWAYS,
                            Moves.Details.because(Registration.Reason.of(whyEnded(before))));
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
        PaymentState told = ask.message().body(PaymentState.class);
        @Nullable Registration registration = sale.registration(ask.registration());
        if (registration == null) {
            throw new org.openingminute.messaging.inbox.CannotBeApplied("the payment is of no registration here");
        }
        new PaymentDecision(sale, new Moves(sale, ids)).apply(registration, told);
        return new Answer.Noted();
    }
}
