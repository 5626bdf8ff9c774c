package org.openingminute.registration.decision;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.lifecycle.Effect;
import org.openingminute.registration.lifecycle.Guard;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationLifecycle;
import org.openingminute.registration.lifecycle.RegistrationLifecycle.Transition;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.lifecycle.Trigger;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.RegistrationRequest.Addresses;
import org.openingminute.registration.sale.SaleTerms;

/**
 * Applies a row of the lifecycle's table to the state of the sale: seats, hold, money, messages. No input or output.
 */
final class Transitions {

    /** For transitions without input. */
    static final Given NOTHING = new Because(Registration.Reason.NONE);

    private static final Duration EXTENSION = Duration.ofMinutes(5);

    /** Payment-service ends the payment 30 s before the hold ends or, for a hold shorter than this, at half of it. */
    private static final Duration SHORT_HOLD = Duration.ofMinutes(1);

    private final SaleState sale;
    private final Ids ids;

    Transitions(SaleState sale, Ids ids) {
        this.sale = sale;
        this.ids = ids;
    }

    /** The input of a transition's effects, besides the registration. */
    sealed interface Given {

        /** Returns the registration's new reason; {@code NONE} keeps the current one. */
        default Registration.Reason why() {
            return Registration.Reason.NONE;
        }
    }

    /** The reason of the new state, also used for a refund. */
    record Because(Registration.Reason why) implements Given {

        Because(ReasonCode why) {
            this(Registration.Reason.of(why));
        }
    }

    /** @param capture the capture that is kept */
    record Captured(UUID capture) implements Given {}

    /** @param refund the amount to refund; zero for none */
    record Cancelled(Registration.Reason why, Money refund) implements Given {}

    /** @param refund the refund that could not be made */
    record RefundFailed(Registration.Refund refund) implements Given {}

    /** Creates the registration of a request in the sale's state. */
    Registration begin(Registration draft, Guard when) {
        if (!(RegistrationLifecycle.on(null, Trigger.REQUESTED, when) instanceof Transition.Move move)) {
            throw new IllegalStateException("a request always begins a registration");
        }
        return run(null, draft.beginAs(move.to()), move, NOTHING);
    }

    /**
     * Moves a registration by a caller's command.
     *
     * @param answer builds the result from the registration after the move
     * @return that result, or {@code not-allowed-now} if the table refuses
     */
    Result request(
            Registration before, Trigger trigger, Guard when, Given given, Function<Registration, Result.Done> answer) {
        return RegistrationLifecycle.on(before.status(), trigger, when) instanceof Transition.Refuse(String why)
                ? new Result.Refused(CommonProblem.NOT_ALLOWED_NOW, "This is not possible now: " + why + ".")
                : answer.apply(move(before, trigger, when, given));
    }

    /**
     * Moves a registration by a trigger that the table does not refuse in its state.
     *
     * @return the registration after the move; the same instance if nothing changes
     */
    Registration move(Registration before, Trigger trigger, Guard when, Given given) {
        return switch (RegistrationLifecycle.on(before.status(), trigger, when)) {
            case Transition.Move move -> {
                Registration next = before.next(move.to(), sale.revisionAfter(before.revision()), sale.now());
                boolean anew = !given.why().equals(Registration.Reason.NONE);
                yield run(before.status(), anew ? next.because(given.why()) : next, move, given);
            }
            case Transition.Refuse(String why) ->
                throw new IllegalStateException(trigger + " of " + before.status() + " is refused: " + why);
            case Transition.Nothing ignored -> before;
        };
    }

    /** Makes an organiser's refund, without a change of state. */
    Registration refundOnRequest(Registration before, Money amount, String reason) {
        Registration.Reason ordered = Registration.Reason.of(ReasonCode.ORDERED_BY_ORGANISER, reason);
        Registration after = refund(next(before), amount, ordered, 1);
        sale.change(after);
        sale.publish(Effect.EventType.CHANGED, after);
        return after;
    }

    /**
     * Invalidates the contact's links without a change of state. The next generation is above those of earlier incarnations, as revisions
     * are.
     */
    Registration endLinks(Registration before) {
        int generation = sale.generationAfter(before.contactLinks().generation());
        Registration after = next(before).with(before.contactLinks().ended(generation, sale.now()));
        sale.change(after);
        sale.publish(Effect.EventType.CHANGED, after);
        sale.publish(Messages.endLinks(after));
        return after;
    }

    /**
     * Replaces the contact or its details, and invalidates the links like {@link #endLinks}. While payment is due, the payment request is
     * sent again, so that invoice and receipt name the new contact.
     *
     * @param mailbox of a new address; {@code null} if the address stays
     */
    Registration correctContact(Registration before, Registration.Contact contact, @Nullable UUID mailbox) {
        int generation = sale.generationAfter(before.contactLinks().generation());
        Registration.ContactLinks links = before.contactLinks().ended(generation, sale.now());
        boolean isMoved = !Addresses.normal(contact.email())
                .equals(Addresses.normal(before.contact().email()));
        Registration after = next(before)
                .with(
                        contact,
                        isMoved
                                ? links.replacing(
                                        before.contact(),
                                        Objects.requireNonNull(mailbox, "a new address has a mailbox"))
                                : links);
        if (after.status() == Status.PENDING_PAYMENT && leavesTimeToPay(after)) {
            after = payment(Effect.Payment.Command.REQUEST, after, NOTHING);
        }
        sale.change(after);
        sale.publish(Effect.EventType.CHANGED, after);
        sale.publish(Messages.endLinks(after));
        return after;
    }

    /**
     * Whether enough time is left to pay. A repeated request states the remaining seconds, so that for a short hold the payment would end
     * later than before.
     */
    private boolean leavesTimeToPay(Registration registration) {
        Instant end = Objects.requireNonNull(registration.hold().expiresAt(), "an unpaid registration has a hold");
        return !end.isBefore(sale.now().plus(SHORT_HOLD));
    }

    /** The next revision, without a change of state. */
    Registration next(Registration before) {
        return before.next(before.status(), sale.revisionAfter(before.revision()), sale.now());
    }

    private Registration run(@Nullable Status from, Registration start, Transition.Move move, Given given) {
        Registration now = start;
        List<Effect.EventType> events = new ArrayList<>();
        for (Effect effect : move.effects()) {
            now = switch (effect) {
                case Effect.Seats(var change) -> seats(change, from, now);
                case Effect.Hold(var change) -> now.with(hold(change, now));
                case Effect.Payment(var command) -> payment(command, now, given);
                case Effect.Refund(var extent) -> refund(extent, now, given);
                case Effect.Tickets(var frozen) -> now.with(now.money().disputed(frozen));
                case Effect.Publish(var type) -> {
                    events.add(type);
                    yield now;
                }
            };
        }
        if (from == null) {
            sale.create(now);
        } else {
            sale.change(now);
        }
        for (Effect.EventType type : events) {
            sale.publish(type, now);
        }
        return now;
    }

    private Registration seats(Effect.Seats.Change change, @Nullable Status from, Registration now) {
        return switch (change) {
            case HOLD -> {
                seats(now.allocation(), 1, 0);
                yield now;
            }
            case SELL -> {
                seats(now.allocation(), -1, 1);
                yield now;
            }
            case FREE -> freeSeats(from, now);
            case HOLD_OFFER -> {
                seats(now.allocation(), -1, 0);
                seats(offerOf(now).allocation(), 1, 0);
                yield now;
            }
        };
    }

    private Registration.Hold hold(Effect.Hold.Change change, Registration now) {
        Registration.Hold held = now.hold();
        return switch (change) {
            case START -> start(now, sale.now().plus(holdOf(now)));
            case EXTEND -> hold(held, endOf(now).plus(EXTENSION), true, held.onceOpened());
            case FOR_REVIEW -> {
                Instant own = latest(
                        Objects.requireNonNull(held.ownEnd(), "a review has a hold"),
                        sale.now()
                                .plus(Duration.ofDays(
                                        definition().registration().reviewDays())));
                yield now.contactLinks().unconfirmed()
                        ? hold(held, endOf(now), held.extended(), own)
                        : hold(held, own, held.extended(), null);
            }
            case FOR_OFFER ->
                hold(held, sale.now().plus(definition().registration().offerTime()), held.extended(), null);
            case LENGTHEN ->
                hold(held, latest(endOf(now), Objects.requireNonNull(held.ownEnd())), held.extended(), null);
            case END -> new Registration.Hold(null, held.extended(), held.paymentRevision(), null);
        };
    }

    /** Until the contact has opened a mailed link, the hold lasts no longer than one for a card payment. */
    private Registration.Hold start(Registration now, Instant own) {
        Instant first = sale.now().plus(definition().registration().holdTime());
        return now.contactLinks().unconfirmed() && own.isAfter(first)
                ? hold(now.hold(), first, false, own)
                : hold(now.hold(), own, false, null);
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private Registration payment(Effect.Payment.Command command, Registration now, Given given) {
        return switch (command) {
            case REQUEST -> {
                Registration requested = now.with(
                        now.hold().requested(sale.requestAfter(now.hold().paymentRevision())));
                sale.publish(Messages.request(requested, conference(), sale.now()));
                yield requested;
            }
            case CLOSE -> {
                sale.publish(Messages.close(now));
                yield now;
            }
            case KEEP -> {
                sale.publish(Messages.keep(now, Captured.class.cast(given).capture()));
                yield now.with(now.money().answered(Registration.CaptureDecision.keep));
            }
        };
    }

    private Registration refund(Effect.Refund.Extent extent, Registration now, Given given) {
        return switch (extent) {
            case IN_FULL -> refundInFull(now, given.why());
            case AS_DECIDED -> {
                Money refund = Cancelled.class.cast(given).refund();
                // The refund's reason is always "cancelled"; an organiser's note stays on the registration.
                Registration.Reason why =
                        new Registration.Reason("cancelled", given.why().code(), null);
                yield refund.amount() == 0 ? now : refund(now, refund, why, 1);
            }
            case AGAIN -> refundAgain(now, RefundFailed.class.cast(given).refund());
        };
    }

    private void seats(Registration.AllocatedSeats allocation, int held, int sold) {
        sale.inventory().change(allocation.asAllocation().amounts(), held, sold);
    }

    /** Frees the seats. A rejected registration holds only the seats of its offer, if it has one; without its hold, the offer ends. */
    private Registration freeSeats(@Nullable Status from, Registration now) {
        if (from == Status.REJECTED) {
            if (now.offer() != null) {
                seats(now.offer().allocation(), -1, 0);
            }
            return now.offering(null);
        }
        boolean sold = from == Status.CONFIRMED;
        seats(now.allocation(), sold ? 0 : -1, sold ? -1 : 0);
        return now;
    }

    private static Registration.Offer offerOf(Registration now) {
        return Objects.requireNonNull(now.offer(), "only a registration with an offer holds one");
    }

    /** The duration of the first hold: for a proof, an invoice, or a card. */
    private Duration holdOf(Registration now) {
        SaleTerms terms = definition().registration();
        if (now.status() == Status.PENDING_REVIEW) {
            return Duration.ofHours(terms.proofHours());
        }
        return switch (now.paymentMethod()) {
            case card, desk -> terms.holdTime();
            case invoice ->
                Duration.ofDays(Objects.requireNonNull(terms.invoiceDays(), "an invoice needs invoiceDays"));
        };
    }

    private static Registration.Hold hold(
            Registration.Hold held, Instant until, boolean extended, @Nullable Instant onceOpened) {
        return new Registration.Hold(
                until.truncatedTo(ChronoUnit.MILLIS),
                extended,
                held.paymentRevision(),
                onceOpened == null ? null : onceOpened.truncatedTo(ChronoUnit.MILLIS));
    }

    private static Instant endOf(Registration now) {
        return Objects.requireNonNull(now.hold().expiresAt(), "only a hold can be extended");
    }

    private Registration refundInFull(Registration now, Registration.Reason why) {
        Money left = now.money().left();
        Registration answered = now.with(now.money().answered(Registration.CaptureDecision.refund));
        return left.amount() <= 0 ? answered : refund(answered, left, why, 1);
    }

    private Registration refundAgain(Registration now, Registration.Refund failed) {
        if (failed.attempt() >= Registration.Refund.MAX_ATTEMPTS) {
            sale.note(now.id(), TimelineNote.Code.REFUND_FAILED);
            return now;
        }
        Registration.Reason reason = new Registration.Reason(failed.reason(), failed.reasonCode(), null);
        return refund(now, failed.amount(), reason, failed.attempt() + 1);
    }

    private Registration refund(Registration now, Money amount, Registration.Reason reason, int attempt) {
        Registration.Refund refund = new Registration.Refund(
                ids.next(),
                amount,
                Objects.requireNonNull(reason.text(), "a refund has a reason"),
                reason.code(),
                Registration.Refund.State.commanded,
                attempt);
        List<Registration.Refund> refunds = new ArrayList<>(now.money().refunds());
        refunds.add(refund);
        Registration after = now.with(now.money().refunds(refunds));
        sale.publish(Messages.refund(after, refund));
        return after;
    }

    private Conference conference() {
        return Objects.requireNonNull(sale.conference(), "a registration has a conference");
    }

    private Definition definition() {
        return conference().definition();
    }
}
