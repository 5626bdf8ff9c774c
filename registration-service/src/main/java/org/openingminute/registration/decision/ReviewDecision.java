package org.openingminute.registration.decision;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Circumstance;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationView;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.lifecycle.Trigger;
import org.openingminute.registration.quota.Takes;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Order;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.Pricing;
import org.openingminute.registration.sale.Quote;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.registration.sale.VoucherProblem;

/** What becomes of proofs, and of the offer where one is refused. No input or output. */
public final class ReviewDecision {

    private final SaleState sale;
    private final Moves moves;

    ReviewDecision(SaleState sale, Moves moves) {
        this.sale = sale;
        this.moves = moves;
    }

    /**
     * The attendee, whose proof can be sent in now as far as the registration tells.
     *
     * @throws Problem {@code not-found} where there is no such attendee, {@code not-allowed-now}
     */
    public static Attendee requireWanting(Registration registration, UUID id) {
        Attendee attendee = requireAttendee(registration, id);
        if (registration.status() != Status.PENDING_REVIEW) {
            throw notAllowed("it is " + registration.status().wireName());
        }
        requireNeedsProof(attendee);
        if (attendee.proof() == Attendee.Proof.accepted) {
            throw notAllowed("the proof was accepted already");
        }
        return attendee;
    }

    /** With the last one that was missing, the organisers have their days to look at them. */
    Registration receive(Ask.ProofReceived ask) {
        Registration before = sale.requireRegistration(ask.registration());
        requireWanting(before, ask.attendee());
        Decisions.requireHoldNotOver(sale, before);
        Registration received = before.with(before.attendees().stream()
                .map(each -> each.id().equals(ask.attendee()) ? each.received(ask.file()) : each)
                .toList());
        Registration after =
                moves.move(received, Trigger.PROOF_RECEIVED, received(before, received), Moves.Details.NONE);
        sale.note(after.id(), TimelineNote.Code.PROOF_RECEIVED);
        if (ask.organiser() != null) {
            audit(ask.organiser(), "sent in a proof", before, after, "on the registrant's behalf");
        }
        return after;
    }

    private static Circumstance received(Registration before, Registration received) {
        if (isAnyMissing(received)) {
            return Circumstance.MORE_PROOFS_WANTED;
        }
        return isAnyMissing(before) ? Circumstance.ALL_PROOFS_THERE : Circumstance.PROOF_REPLACED;
    }

    /** What is asked about one attendee leaves the others' proofs as they are. */
    Registration review(Ask.Review ask) {
        Registration before = sale.requireRegistration(ask.registration());
        List<UUID> judged = judged(before, ask.attendee());
        if (before.status() != Status.PENDING_REVIEW || judged.isEmpty()) {
            throw notAllowed("it is " + before.status().wireName());
        }
        Decisions.requireHoldNotOver(sale, before);
        return ask.accept() ? accept(before, judged, ask) : refuse(before, judged, ask);
    }

    private static List<UUID> judged(Registration registration, @Nullable UUID one) {
        if (one == null) {
            return registration.attendees().stream()
                    .filter(Attendee::isUnproved)
                    .map(Attendee::id)
                    .toList();
        }
        requireNeedsProof(requireAttendee(registration, one));
        return List.of(one);
    }

    private Registration accept(Registration before, List<UUID> judged, Ask.Review ask) {
        Registration accepted = judge(before, judged, Attendee.Proof.accepted);
        if (accepted.equals(before)) {
            // It was accepted before.
            return before;
        }
        Registration after =
                moves.move(accepted, Trigger.PROOF_ACCEPTED, accepted(before, accepted), Moves.Details.NONE);
        sale.note(after.id(), TimelineNote.Code.PROOF_ACCEPTED);
        if (after.status() == Status.CONFIRMED) {
            sale.note(after.id(), TimelineNote.Code.CONFIRMED_WITHOUT_PAYMENT);
        } else if (after.status() == Status.PENDING_PAYMENT) {
            sale.note(after.id(), TimelineNote.Code.SEATS_HELD);
        }
        audit(ask.organiser(), "accepted a proof", before, after, ask.reason());
        return after;
    }

    private static Circumstance accepted(Registration before, Registration accepted) {
        if (accepted.attendees().stream().anyMatch(Attendee::isUnproved)) {
            return isAnyMissing(before) && !isAnyMissing(accepted)
                    ? Circumstance.ALL_PROOFS_THERE
                    : Circumstance.MORE_PROOFS_WANTED;
        }
        return accepted.nothingToPay() ? Circumstance.NOTHING_TO_PAY : Circumstance.TO_PAY;
    }

    private Registration refuse(Registration before, List<UUID> judged, Ask.Review ask) {
        Registration refused = judge(before, judged, Attendee.Proof.refused);
        Registration.@Nullable Offer offer = offer(refused).orElse(null);
        @Nullable String reason = ask.reason();
        Registration after = moves.move(
                refused.offering(offer),
                Trigger.PROOF_REFUSED,
                offer == null ? Circumstance.NO_OFFER : Circumstance.OFFER_POSSIBLE,
                Moves.Details.because(Registration.Reason.of(ReasonCode.PROOF_REFUSED, reason)));
        sale.note(after.id(), TimelineNote.proofRefused(reason));
        if (offer == null) {
            sale.note(after.id(), TimelineNote.Code.NO_OFFER_POSSIBLE);
        } else {
            sale.note(
                    after.id(),
                    TimelineNote.of(TimelineNote.Code.OFFER_MADE, offer.price().total()));
        }
        audit(ask.organiser(), "refused a proof", before, after, reason);
        return after;
    }

    /**
     * The same order without the categories that were not proved, at the prices of the first hold, where all of it fits in
     * place of what is held.
     */
    private Optional<Registration.Offer> offer(Registration refused) {
        Definition definition = sale.requireConference().definition();
        Optional<Phase> phase = definition.registration().phase(refused.price().phase());
        Optional<List<Order.OrderLine>> lines = linesOtherwise(definition.registration(), refused);
        if (phase.isEmpty() || lines.isEmpty()) {
            return Optional.empty();
        }
        Order withVoucher = new Order(lines.get(), refused.price().voucher());
        // As at the first hold: a voucher that has ended since is still this registration's.
        return offer(definition, phase.get(), withVoucher, refused)
                .or(() -> withVoucher.voucher() == null
                        ? Optional.empty()
                        : offer(definition, phase.get(), new Order(lines.get(), null), refused))
                .filter(offer -> sale.stock()
                        .allFreeInsteadOf(
                                refused.takes().asTakes(), offer.takes().asTakes()));
    }

    /** Nothing where the voucher is for nobody any more, or one is missing. */
    private static Optional<Registration.Offer> offer(
            Definition definition, Phase phase, Order order, Registration refused) {
        return switch (Pricing.quote(definition, phase, order, refused.createdAt())) {
            case VoucherProblem ignored -> Optional.empty();
            case Quote quote ->
                Optional.of(new Registration.Offer(
                        new Registration.Price(
                                quote.lines(),
                                quote.discount(),
                                quote.tax(),
                                quote.total(),
                                quote.phase(),
                                quote.voucher()),
                        Registration.Taken.of(Takes.of(definition, order)),
                        order.attendees().stream()
                                .map(Order.OrderLine::category)
                                .toList()));
        };
    }

    /** Nothing where a category has no other, or the definition no longer has what was ordered. */
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

    /** The offer becomes the order, and there is as long to pay as there was to accept it. */
    Registration acceptOffer(Ask.AcceptOffer ask) {
        Registration before = sale.requireRegistration(ask.registration());
        Registration.@Nullable Offer offer = before.offer();
        if (offer != null) {
            Decisions.requireHoldNotOver(sale, before);
        }
        Registration after = moves.move(
                offer == null ? before : before.taking(offer),
                Trigger.OFFER_ACCEPTED,
                accepted(offer),
                Moves.Details.NONE);
        sale.note(after.id(), TimelineNote.of(TimelineNote.Code.OFFER_ACCEPTED, after.total()));
        if (after.status() == Status.CONFIRMED) {
            sale.note(after.id(), TimelineNote.Code.CONFIRMED_WITHOUT_PAYMENT);
        } else {
            sale.note(after.id(), TimelineNote.Code.SEATS_HELD);
        }
        if (ask.organiser() != null) {
            audit(ask.organiser(), "accepted an offer", before, after, "on the registrant's behalf");
        }
        return after;
    }

    private static Circumstance accepted(Registration.@Nullable Offer offer) {
        if (offer == null) {
            return Circumstance.NO_OFFER;
        }
        return offer.price().total().amount() == 0 ? Circumstance.NOTHING_TO_PAY : Circumstance.TO_PAY;
    }

    private static Registration judge(Registration before, List<UUID> judged, Attendee.Proof verdict) {
        return before.with(before.attendees().stream()
                .map(each -> judged.contains(each.id()) ? each.with(verdict) : each)
                .toList());
    }

    private static boolean isAnyMissing(Registration registration) {
        return registration.attendees().stream().anyMatch(each -> each.proof() == Attendee.Proof.wanted);
    }

    private static Attendee requireAttendee(Registration registration, UUID id) {
        return registration.attendees().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(Problem::notFound);
    }

    private static void requireNeedsProof(Attendee attendee) {
        if (attendee.proof() == null) {
            throw notAllowed("this attendee needs no proof");
        }
    }

    private void audit(String organiser, String what, Registration before, Registration after, @Nullable String why) {
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
