package org.openingminute.registration.decision;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.lifecycle.Circumstance;
import org.openingminute.registration.lifecycle.Effect;
import org.openingminute.registration.lifecycle.MoneyMoved;
import org.openingminute.registration.lifecycle.Outcome;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationLifecycle;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.lifecycle.Trigger;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.SaleTerms;

/** Carries out what the lifecycle's table says, on the state of the sale: seats, hold, money, messages. No input or output. */
final class Moves {

    private static final Duration EXTENSION = Duration.ofMinutes(5);

    private final SaleState sale;
    private final Ids ids;

    Moves(SaleState sale, Ids ids) {
        this.sale = sale;
        this.ids = ids;
    }

    /**
     * What the effects need to know beyond the registration.
     *
     * @param capture the capture that is answered
     * @param refund how much {@link Effect#REFUND_AS_DECIDED} gives back
     * @param failedRefund the refund that {@link Effect#REFUND_AGAIN} repeats
     * @param why what changes the registration's reason, and is that of its refund
     */
    record Details(
            @Nullable UUID capture,
            @Nullable Money refund,
            Registration.@Nullable Refund failedRefund,
            Registration.@Nullable Reason why) {

        static final Details NONE = new Details(null, null, null, null);

        static Details because(Registration.Reason why) {
            return new Details(null, null, null, why);
        }

        static Details capture(UUID capture) {
            return new Details(capture, null, null, null);
        }
    }

    /** The registration that begins with a request; it is created in the sale's state. */
    Registration begin(Registration draft, Circumstance when) {
        if (!(RegistrationLifecycle.on(null, Trigger.REQUESTED, when) instanceof Outcome.Move move)) {
            throw new IllegalStateException("a request always begins something");
        }
        return run(null, draft.beginAs(move.to()), move, Details.NONE);
    }

    /**
     * Moves a registration.
     *
     * @return the registration after it; the same one where nothing happens
     * @throws Problem {@code not-allowed-now} where the table refuses
     */
    Registration move(Registration before, Trigger trigger, Circumstance when, Details details) {
        return switch (RegistrationLifecycle.on(before.status(), trigger, when)) {
            case Outcome.Move move -> {
                Registration next = before.next(move.to(), sale.now());
                yield run(before.status(), details.why() == null ? next : next.because(details.why()), move, details);
            }
            case Outcome.Refuse(String why) ->
                throw new Problem(CommonProblem.NOT_ALLOWED_NOW, "This is not possible now: " + why + ".");
            case Outcome.Nothing ignored -> before;
        };
    }

    /** A refund without a change of state: an organiser's own. */
    Registration refundOnRequest(Registration before, Money amount, String reason) {
        Registration.Reason ordered = Registration.Reason.of(ReasonCode.ORDERED_BY_ORGANISER, reason);
        Registration after = refund(before.next(before.status(), sale.now()), amount, ordered, 1);
        sale.change(after);
        sale.say(Messages.event(Effect.SAY_CHANGED.eventType().orElseThrow(), after));
        return after;
    }

    private Registration run(@Nullable Status from, Registration start, Outcome.Move move, Details details) {
        Registration now = start;
        List<Effect> sayings = new ArrayList<>();
        for (Effect effect : move.effects()) {
            if (effect.eventType().isPresent()) {
                sayings.add(effect);
            } else {
                now = apply(effect, from, now, details);
            }
        }
        if (from == null) {
            sale.create(now);
        } else {
            sale.change(now);
        }
        for (Effect saying : sayings) {
            sale.say(Messages.event(saying.eventType().orElseThrow(), now));
        }
        return now;
    }

    private Registration apply(Effect effect, @Nullable Status from, Registration now, Details details) {
        return switch (effect) {
            case HOLD_SEATS -> {
                seats(now.takes(), 1, 0);
                yield now;
            }
            case SELL_SEATS -> {
                seats(now.takes(), -1, 1);
                yield now;
            }
            case FREE_SEATS -> freeSeats(from, now);
            case HOLD_OFFER -> {
                seats(now.takes(), -1, 0);
                seats(offerOf(now).takes(), 1, 0);
                yield now;
            }
            case START_HOLD -> now.with(hold(now, sale.now().plus(holdOf(now)), false));
            case EXTEND_HOLD -> now.with(hold(now, endOf(now).plus(EXTENSION), true));
            case HOLD_FOR_REVIEW -> {
                Instant reviewed = sale.now()
                        .plus(Duration.ofDays(definition().registration().reviewDays()));
                yield reviewed.isAfter(endOf(now))
                        ? now.with(hold(now, reviewed, now.hold().extended()))
                        : now;
            }
            case START_OFFER_HOLD ->
                now.with(hold(
                        now,
                        sale.now().plus(definition().registration().offerTime()),
                        now.hold().extended()));
            case END_HOLD ->
                now.with(new Registration.Hold(
                        null, now.hold().extended(), now.hold().paymentRevision()));
            case REQUEST_PAYMENT -> {
                Registration requested = now.with(new Registration.Hold(
                        now.hold().expiresAt(),
                        now.hold().extended(),
                        now.hold().paymentRevision() + 1));
                sale.say(Messages.request(requested, conference(), sale.now()));
                yield requested;
            }
            case CLOSE_PAYMENT -> {
                sale.say(Messages.close(now));
                yield now;
            }
            case KEEP_MONEY -> keep(now, details);
            case REFUND_IN_FULL -> refundInFull(now, details);
            case REFUND_AS_DECIDED ->
                details.refund() == null || details.refund().amount() == 0
                        ? now
                        : refund(now, details.refund(), cancelled(details), 1);
            case REFUND_AGAIN -> refundAgain(now, details);
            case FREEZE_TICKETS -> now.with(now.money().disputed(true));
            case THAW_TICKETS -> now.with(now.money().disputed(false));
            case SAY_HELD,
                    SAY_REVIEW_WANTED,
                    SAY_REJECTED,
                    SAY_CONFIRMED,
                    SAY_EXPIRED,
                    SAY_CANCELLED,
                    SAY_TRANSFERRED,
                    SAY_CHANGED -> throw new IllegalStateException("events are said at the end");
        };
    }

    private void seats(Registration.Taken takes, int held, int sold) {
        sale.stock().change(takes.asTakes().amounts(), held, sold);
    }

    /** What was rejected holds its offer, or nothing where there is none; and with what it holds the offer ends. */
    private Registration freeSeats(@Nullable Status from, Registration now) {
        if (from == Status.REJECTED) {
            if (now.offer() != null) {
                seats(now.offer().takes(), -1, 0);
            }
            return now.offering(null);
        }
        boolean sold = from == Status.CONFIRMED;
        seats(now.takes(), sold ? 0 : -1, sold ? -1 : 0);
        return now;
    }

    private static Registration.Offer offerOf(Registration now) {
        return Objects.requireNonNull(now.offer(), "only an offer is held");
    }

    /** How long the first hold lasts: for a proof, an invoice, or a card. */
    private Duration holdOf(Registration now) {
        SaleTerms terms = definition().registration();
        if (now.status() == Status.PENDING_REVIEW) {
            return Duration.ofHours(terms.proofHours());
        }
        return switch (now.paymentMethod()) {
            case card -> terms.holdTime();
            case invoice ->
                Duration.ofDays(Objects.requireNonNull(terms.invoiceDays(), "an invoice needs invoiceDays"));
        };
    }

    private static Registration.Hold hold(Registration now, Instant until, boolean extended) {
        return new Registration.Hold(
                until.truncatedTo(ChronoUnit.MILLIS), extended, now.hold().paymentRevision());
    }

    private static Instant endOf(Registration now) {
        return Objects.requireNonNull(now.hold().expiresAt(), "only a hold is extended");
    }

    private Registration keep(Registration now, Details details) {
        sale.say(Messages.keep(now, Objects.requireNonNull(details.capture(), "a capture is kept")));
        return now.with(now.money().answered(Registration.Answer.keep));
    }

    private Registration refundInFull(Registration now, Details details) {
        MoneyMoved money = now.money();
        long left = money.captured().amount() - money.commandedAmount();
        Registration answered = now.with(money.answered(Registration.Answer.refund));
        return left <= 0
                ? answered
                : refund(answered, new Money(left, money.captured().currency()), why(details), 1);
    }

    /** Of a cancellation's refund, whoever cancelled: their words are the registration's. */
    private static Registration.Reason cancelled(Details details) {
        return new Registration.Reason("cancelled", why(details).code(), null);
    }

    private static Registration.Reason why(Details details) {
        return Objects.requireNonNull(details.why(), "money goes back for a reason");
    }

    private Registration refundAgain(Registration now, Details details) {
        Registration.Refund failed = Objects.requireNonNull(details.failedRefund(), "a failed refund is repeated");
        if (failed.tries() >= Registration.Refund.MOST_TRIES) {
            sale.note(now.id(), TimelineNote.Code.REFUND_FAILED);
            return now;
        }
        Registration.Reason reason = new Registration.Reason(failed.reason(), failed.reasonCode(), null);
        return refund(now, failed.amount(), reason, failed.tries() + 1);
    }

    private Registration refund(Registration now, Money amount, Registration.Reason reason, int tries) {
        Registration.Refund refund = new Registration.Refund(
                ids.next(),
                amount,
                Objects.requireNonNull(reason.text(), "a refund has a reason"),
                reason.code(),
                Registration.Refund.State.commanded,
                tries);
        List<Registration.Refund> refunds = new ArrayList<>(now.money().refunds());
        refunds.add(refund);
        Registration after = now.with(now.money().refunds(refunds));
        sale.say(Messages.refund(after, refund));
        return after;
    }

    private Conference conference() {
        return Objects.requireNonNull(sale.conference(), "a registration has a conference");
    }

    private Definition definition() {
        return conference().definition();
    }
}
