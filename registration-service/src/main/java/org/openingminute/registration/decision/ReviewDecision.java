package org.openingminute.registration.decision;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.inventory.Allocation;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Guard;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationView;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.lifecycle.Trigger;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Order;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.Pricing;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.registration.sale.Voucher.VoucherProblem;

/** Decides on proofs, and on the offer after a refused one. No input or output. */
public final class ReviewDecision {

    private final SaleState sale;
    private final Transitions transitions;
    private final BiFunction<Result.How, Registration, Result.Done> answer;

    ReviewDecision(SaleState sale, Transitions transitions, BiFunction<Result.How, Registration, Result.Done> answer) {
        this.sale = sale;
        this.transitions = transitions;
        this.answer = answer;
    }

    /**
     * Returns why the attendee's proof cannot be submitted in the registration's state: {@code not-found} if there is no such attendee, or
     * {@code not-allowed-now}; empty if it can.
     */
    public static Optional<Problem> proofRefusal(Registration registration, UUID id) {
        Optional<Attendee> attendee = attendee(registration, id);
        if (attendee.isEmpty()) {
            return Optional.of(Problem.notFound());
        }
        if (registration.status() != Status.PENDING_REVIEW) {
            return Optional.of(notAllowed("it is " + registration.status().wireName()));
        }
        return needsNoProof(attendee.get()).or(() -> acceptedBefore(attendee.get()));
    }

    /** Records a submitted proof; the last missing proof starts the organisers' time for the review. */
    Result receive(Command.ProofReceived command) {
        Registration before = sale.requireRegistration(command.registration());
        Optional<Result.Refused> refused = proofRefusal(before, command.attendee())
                .map(Result.Refused::new)
                .or(() -> Decisions.holdOver(sale, before));
        if (refused.isPresent()) {
            return refused.get();
        }
        Registration received = before.with(before.attendees().stream()
                .map(each -> each.id().equals(command.attendee()) ? each.received(command.file()) : each)
                .toList());
        return transitions.request(
                received, Trigger.PROOF_RECEIVED, received(before, received), Transitions.NOTHING, after -> {
                    sale.note(after.id(), TimelineNote.Code.PROOF_RECEIVED);
                    if (command.organiser() != null) {
                        audit(command.organiser(), "sent in a proof", before, after, "on the registrant's behalf");
                    }
                    return answer.apply(Result.How.ACCEPTED, after);
                });
    }

    private static Guard received(Registration before, Registration received) {
        if (isAnyMissing(received)) {
            return Guard.MORE_PROOFS_WANTED;
        }
        return isAnyMissing(before) ? Guard.ALL_PROOFS_THERE : Guard.PROOF_REPLACED;
    }

    /** Accepts or refuses proofs. A decision on one attendee does not affect the others' proofs. */
    Result review(Command.Review command) {
        Registration before = sale.requireRegistration(command.registration());
        @Nullable UUID one = command.attendee();
        Optional<Result.Refused> refused = (one == null ? Optional.<Problem>empty() : notJudged(before, one))
                .map(Result.Refused::new)
                .or(() -> notInReview(before, one))
                .or(() -> Decisions.holdOver(sale, before));
        if (refused.isPresent()) {
            return refused.get();
        }
        List<UUID> judged = one == null ? unproved(before) : List.of(one);
        return command.accept() ? accept(before, judged, command) : refuse(before, judged, command);
    }

    private static Optional<Problem> notJudged(Registration registration, UUID id) {
        Optional<Attendee> attendee = attendee(registration, id);
        return attendee.isEmpty()
                ? Optional.of(Problem.notFound())
                : needsNoProof(attendee.get()).or(() -> acceptedBefore(attendee.get()));
    }

    private static Optional<Result.Refused> notInReview(Registration before, @Nullable UUID one) {
        boolean nobody = one == null && unproved(before).isEmpty();
        return before.status() != Status.PENDING_REVIEW || nobody
                ? Optional.of(
                        new Result.Refused(notAllowed("it is " + before.status().wireName())))
                : Optional.empty();
    }

    private static List<UUID> unproved(Registration registration) {
        return registration.attendees().stream()
                .filter(Attendee::isUnproved)
                .map(Attendee::id)
                .toList();
    }

    private Result accept(Registration before, List<UUID> judged, Command.Review command) {
        Registration accepted = judge(before, judged, Attendee.Proof.accepted);
        return transitions.request(
                accepted, Trigger.PROOF_ACCEPTED, accepted(before, accepted), Transitions.NOTHING, after -> {
                    sale.note(after.id(), TimelineNote.Code.PROOF_ACCEPTED);
                    noteHeldOrConfirmed(after);
                    audit(command.organiser(), "accepted a proof", before, after, command.reason());
                    return answer.apply(Result.How.CHANGED, after);
                });
    }

    private void noteHeldOrConfirmed(Registration after) {
        if (after.status() == Status.CONFIRMED) {
            sale.note(after.id(), TimelineNote.Code.CONFIRMED_WITHOUT_PAYMENT);
        } else if (after.status() == Status.PENDING_PAYMENT) {
            sale.note(after.id(), TimelineNote.Code.SEATS_HELD);
        }
    }

    private static Guard accepted(Registration before, Registration accepted) {
        if (accepted.attendees().stream().anyMatch(Attendee::isUnproved)) {
            return isAnyMissing(before) && !isAnyMissing(accepted) ? Guard.ALL_PROOFS_THERE : Guard.MORE_PROOFS_WANTED;
        }
        return accepted.nothingToPay() ? Guard.NOTHING_TO_PAY : Guard.TO_PAY;
    }

    private Result refuse(Registration before, List<UUID> judged, Command.Review command) {
        Registration refused = judge(before, judged, Attendee.Proof.refused);
        Registration.@Nullable Offer offer = offer(refused).orElse(null);
        @Nullable String reason = command.reason();
        return transitions.request(
                refused.offering(offer),
                Trigger.PROOF_REFUSED,
                offer == null ? Guard.NO_OFFER : Guard.OFFER_POSSIBLE,
                new Transitions.Because(Registration.Reason.of(ReasonCode.PROOF_REFUSED, reason)),
                after -> {
                    sale.note(after.id(), TimelineNote.proofRefused(reason));
                    sale.note(
                            after.id(),
                            offer == null
                                    ? TimelineNote.of(TimelineNote.Code.NO_OFFER_POSSIBLE)
                                    : TimelineNote.of(
                                            TimelineNote.Code.OFFER_MADE,
                                            offer.price().total()));
                    audit(command.organiser(), "refused a proof", before, after, reason);
                    return answer.apply(Result.How.CHANGED, after);
                });
    }

    /**
     * Builds the offer: the same order without the unproved categories, at the prices of the first hold; empty if it does not fit in place
     * of the held seats.
     */
    private Optional<Registration.Offer> offer(Registration refused) {
        Definition definition = sale.requireConference().definition();
        Optional<Phase> phase = definition.registration().phase(refused.price().phase());
        Optional<List<Order.OrderLine>> lines = linesOtherwise(definition.registration(), refused);
        if (phase.isEmpty() || lines.isEmpty()) {
            return Optional.empty();
        }
        Order withVoucher = new Order(lines.get(), refused.price().voucher());
        // Priced as at the first hold, because a voucher that has ended since still belongs to this registration.
        return offer(definition, phase.get(), withVoucher, refused)
                .or(() -> withVoucher.voucher() == null
                        ? Optional.empty()
                        : offer(definition, phase.get(), new Order(lines.get(), null), refused))
                .filter(offer -> sale.inventory()
                        .allFreeInsteadOf(
                                refused.allocation().asAllocation(),
                                offer.allocation().asAllocation()));
    }

    /** The offer for an order; empty if the voucher no longer applies to anybody, or if one is required. */
    private static Optional<Registration.Offer> offer(
            Definition definition, Phase phase, Order order, Registration refused) {
        return switch (Pricing.quote(definition, phase, order, refused.createdAt())) {
            case VoucherProblem ignored -> Optional.empty();
            case Quote quote ->
                Optional.of(new Registration.Offer(
                        new Registration.FixedPrice(
                                quote.lines(),
                                quote.discount(),
                                quote.tax(),
                                quote.total(),
                                quote.phase(),
                                quote.voucher()),
                        Registration.AllocatedSeats.of(Allocation.of(definition, order)),
                        order.attendees().stream()
                                .map(Order.OrderLine::category)
                                .toList()));
        };
    }

    /**
     * The lines in the alternative categories; empty if a category has no alternative, or if the definition no longer has
     * an ordered item.
     */
    private static Optional<List<Order.OrderLine>> linesOtherwise(SaleTerms terms, Registration refused) {
        List<Order.OrderLine> lines = new ArrayList<>();
        for (Attendee attendee : refused.attendees()) {
            Optional<Category> category = terms.category(attendee.category());
            if (attendee.isUnproved()) {
                category = category.map(Category::otherwise).flatMap(terms::category);
            }
            if (category.isEmpty()
                    || attendee.addOns().stream()
                            .anyMatch(chosen -> terms.addOn(chosen.code()).isEmpty())) {
                return Optional.empty();
            }
            lines.add(new Order.OrderLine(
                    category.get().code(),
                    attendee.addOns().stream()
                            .map(chosen -> new Order.Extra(chosen.code(), chosen.quantity()))
                            .toList()));
        }
        return Optional.of(lines);
    }

    /** Accepts the offer as the new order. The time to pay is as long as the time to accept was. */
    Result acceptOffer(Command.AcceptOffer command) {
        Registration before = sale.requireRegistration(command.registration());
        Registration.@Nullable Offer offer = before.offer();
        Optional<Result.Refused> over = offer == null ? Optional.empty() : Decisions.holdOver(sale, before);
        if (over.isPresent()) {
            return over.get();
        }
        return transitions.request(
                offer == null ? before : before.taking(offer),
                Trigger.OFFER_ACCEPTED,
                accepted(offer),
                Transitions.NOTHING,
                after -> {
                    sale.note(after.id(), TimelineNote.of(TimelineNote.Code.OFFER_ACCEPTED, after.total()));
                    noteHeldOrConfirmed(after);
                    if (command.organiser() != null) {
                        String why = command.why() == null ? "on the registrant's behalf" : command.why();
                        audit(command.organiser(), "accepted an offer", before, after, why);
                    }
                    return answer.apply(Result.How.CHANGED, after);
                });
    }

    private static Guard accepted(Registration.@Nullable Offer offer) {
        if (offer == null) {
            return Guard.NO_OFFER;
        }
        return offer.price().total().amount() == 0 ? Guard.NOTHING_TO_PAY : Guard.TO_PAY;
    }

    private static Registration judge(Registration before, List<UUID> judged, Attendee.Proof verdict) {
        return before.with(before.attendees().stream()
                .map(each -> judged.contains(each.id()) ? each.with(verdict) : each)
                .toList());
    }

    private static boolean isAnyMissing(Registration registration) {
        return registration.attendees().stream().anyMatch(each -> each.proof() == Attendee.Proof.wanted);
    }

    private static Optional<Attendee> attendee(Registration registration, UUID id) {
        return registration.attendees().stream()
                .filter(each -> each.id().equals(id))
                .findFirst();
    }

    private static Optional<Problem> needsNoProof(Attendee attendee) {
        return attendee.proof() == null ? Optional.of(notAllowed("this attendee needs no proof")) : Optional.empty();
    }

    private static Optional<Problem> acceptedBefore(Attendee attendee) {
        return attendee.proof() == Attendee.Proof.accepted
                ? Optional.of(notAllowed("the proof was already accepted"))
                : Optional.empty();
    }

    private void audit(Person organiser, String what, Registration before, Registration after, @Nullable String why) {
        sale.audit(new SaleState.AuditEntry(
                organiser,
                what,
                after.id(),
                Documents.treeOf(RegistrationView.of(before)),
                Documents.treeOf(RegistrationView.of(after)),
                why));
    }

    private static Problem notAllowed(String why) {
        return new Problem(CommonProblem.NOT_ALLOWED_NOW, "This is not possible now: " + why + ".");
    }
}
