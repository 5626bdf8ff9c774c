package org.openingminute.registration.decision;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Guard;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.PaymentSummary;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.lifecycle.Trigger;
import org.openingminute.registration.sale.Money;

/**
 * Decides on a payment's whole state, as payment-service reported it. Only the difference from the known state counts,
 * whatever the message's type. No input or output.
 */
final class PaymentDecision {

    private static final Registration.Reason BY_ORGANISER = Registration.Reason.of(ReasonCode.ORDERED_BY_ORGANISER);

    private final SaleState sale;
    private final Transitions transitions;

    PaymentDecision(SaleState sale, Transitions transitions) {
        this.sale = sale;
        this.transitions = transitions;
    }

    void apply(Registration before, PaymentSnapshot snapshot) {
        Registration now = before;
        PaymentSummary known = before.money();
        PaymentSnapshot.@Nullable ReportedCapture unanswered = snapshot.captures().stream()
                .filter(c -> !c.answered())
                .findFirst()
                .orElse(null);
        PaymentSnapshot.@Nullable ReportedCapture undecided = undecided(before, snapshot);
        // Set before any transition, because a transition saves the registration in its current state.
        now = returns(now.with(known.withReported(snapshot)), snapshot);
        if (undecided != null) {
            now = captured(now, undecided);
        } else if (unanswered != null) {
            repeatDecision(now, unanswered);
        }
        now = failure(now, snapshot);
        now = refunds(now, snapshot);
        inquiries(known, snapshot, now);
        now = disputes(now, snapshot);
        if (now.revision() == before.revision() && !now.equals(before)) {
            // Only the known state of the money changed, so no event is published.
            sale.change(now);
        }
    }

    /**
     * Returns the oldest capture that this service has not decided on. Payment-service may have received a decision that this database has
     * lost, so an answered capture still counts as undecided while its money is kept; only refunded money needs no decision.
     */
    private static PaymentSnapshot.@Nullable ReportedCapture undecided(Registration before, PaymentSnapshot snapshot) {
        Money known = before.money().captured();
        boolean anyDecided = before.money().answered() != null || before.status() == Status.CONFIRMED;
        long decided = anyDecided && known.currency().equals(snapshot.captured().currency()) ? known.amount() : 0;
        long givenBack = snapshot.givenBack();
        long sum = 0;
        for (PaymentSnapshot.ReportedCapture capture : snapshot.captures()) {
            if (capture.amount().currency().equals(snapshot.captured().currency())) {
                sum += capture.amount().amount();
                if (sum > decided && !(capture.answered() && sum <= givenBack)) {
                    return capture;
                }
            }
        }
        return null;
    }

    private Registration captured(Registration now, PaymentSnapshot.ReportedCapture capture) {
        sale.note(now.id(), TimelineNote.of(TimelineNote.Code.PAYMENT_RECEIVED, capture.amount()));
        // Checks this capture and not the sum, because earlier money may have been refunded.
        if (!capture.amount().equals(now.total())) {
            return transitions.move(
                    now, Trigger.AMOUNT_WRONG, Guard.ALWAYS, new Transitions.Because(ReasonCode.AMOUNT_WRONG));
        }
        boolean free = now.status() != Status.EXPIRED
                || (now.attendees().stream().noneMatch(Attendee::isUnproved)
                        && sale.inventory()
                                .firstShort(now.allocation().asAllocation())
                                .isEmpty());
        @Nullable ReasonCode why = whyRefunded(now, free);
        Registration after = transitions.move(
                now,
                Trigger.CAPTURED,
                free ? Guard.SEATS_FREE : Guard.SEATS_TAKEN,
                why == null ? new Transitions.Captured(capture.id()) : new Transitions.Because(why));
        if (after.status() == Status.CONFIRMED && now.status() != Status.CONFIRMED) {
            sale.note(now.id(), TimelineNote.Code.CONFIRMED);
        } else {
            sale.note(now.id(), TimelineNote.paymentGivenBack(why));
        }
        return after;
    }

    private static @Nullable ReasonCode whyRefunded(Registration now, boolean free) {
        return switch (now.status()) {
            case EXPIRED -> free ? null : ReasonCode.PAID_LATE_SEATS_TAKEN;
            case CANCELLED -> ReasonCode.PAID_AFTER_CANCELLATION;
            case PENDING_REVIEW, REJECTED -> ReasonCode.PAID_BEFORE_PAYABLE;
            case PENDING_PAYMENT, CONFIRMED -> null;
        };
    }

    /** Repeats the command for a capture that payment-service reports as unanswered. */
    private void repeatDecision(Registration now, PaymentSnapshot.ReportedCapture capture) {
        Registration.@Nullable CaptureDecision answer = now.money().answered();
        if (answer == Registration.CaptureDecision.keep) {
            sale.publish(Messages.keep(now, capture.id()));
        } else if (answer == Registration.CaptureDecision.refund) {
            now.money().refunds().stream()
                    .filter(refund -> refund.state() == Registration.Refund.State.commanded)
                    .forEach(refund -> sale.publish(Messages.refund(now, refund)));
        }
    }

    private Registration failure(Registration now, PaymentSnapshot snapshot) {
        PaymentSnapshot.@Nullable ReportedFailure failure = snapshot.failure();
        @Nullable Instant noted = now.money().lastFailure();
        if (failure == null || (noted != null && !failure.at().isAfter(noted))) {
            return now;
        }
        sale.note(now.id(), TimelineNote.paymentFailed(failure));
        Registration noting = now.with(now.money().failedAt(failure.at()));
        return transitions.move(noting, Trigger.PAYMENT_FAILED, Guard.ALWAYS, Transitions.NOTHING);
    }

    private Registration refunds(Registration start, PaymentSnapshot snapshot) {
        Registration now = start;
        for (PaymentSnapshot.ReportedRefund refund : snapshot.refunds()) {
            now = adopted(now, refund);
            Registration.@Nullable Refund known = find(now, refund.id());
            if (known == null || known.state() == Registration.Refund.State.failed) {
                continue;
            }
            boolean failedAfterAll = refund.state() == PaymentSnapshot.RefundState.FAILED;
            if (known.state() == Registration.Refund.State.done && !failedAfterAll) {
                continue;
            }
            switch (refund.state()) {
                case DONE -> {
                    made(now, refund);
                    now = mark(now, known, Registration.Refund.State.done);
                    now = transitions.move(now, Trigger.REFUNDED, Guard.ALWAYS, Transitions.NOTHING);
                }
                case FAILED -> {
                    if (known.state() == Registration.Refund.State.done) {
                        sale.note(now.id(), TimelineNote.of(TimelineNote.Code.REFUND_RETURNED, refund.amount()));
                    }
                    now = mark(now, known, Registration.Refund.State.failed);
                    now = transitions.move(
                            now, Trigger.REFUND_FAILED, Guard.ALWAYS, new Transitions.RefundFailed(known));
                }
                case PENDING, UNKNOWN -> {
                    // An unknown state counts as in progress.
                }
            }
        }
        return now;
    }

    /** Records a refund that an organiser made at the provider, so that later refunds do not exceed the rest. */
    private static Registration adopted(Registration now, PaymentSnapshot.ReportedRefund refund) {
        boolean isOrganisersOwn = refund.state() == PaymentSnapshot.RefundState.DONE
                && !Boolean.TRUE.equals(refund.byTransfer())
                && find(now, refund.id()) == null;
        if (!isOrganisersOwn) {
            return now;
        }
        List<Registration.Refund> refunds = new ArrayList<>(now.money().refunds());
        refunds.add(new Registration.Refund(
                refund.id(),
                refund.amount(),
                Objects.requireNonNull(BY_ORGANISER.text(), "our reasons have a text"),
                BY_ORGANISER.code(),
                Registration.Refund.State.commanded,
                1));
        return now.with(now.money().refunds(refunds));
    }

    /** Records refunds of transferred money that payment-service decided by itself and that an organiser has to transfer. */
    private Registration returns(Registration now, PaymentSnapshot snapshot) {
        List<Registration.Return> returns = new ArrayList<>();
        for (PaymentSnapshot.ReportedRefund refund : snapshot.refunds()) {
            if (Boolean.TRUE.equals(refund.byTransfer()) && find(now, refund.id()) == null) {
                boolean done = refund.state() == PaymentSnapshot.RefundState.DONE;
                boolean knownAsDone = now.money().returns().stream()
                        .anyMatch(known -> known.id().equals(refund.id()) && known.done());
                if (done && !knownAsDone) {
                    made(now, refund);
                }
                returns.add(new Registration.Return(refund.id(), refund.amount(), done));
            }
        }
        return returns.equals(now.money().returns())
                ? now
                : now.with(now.money().returns(returns));
    }

    private void made(Registration now, PaymentSnapshot.ReportedRefund refund) {
        sale.note(now.id(), TimelineNote.of(TimelineNote.Code.REFUND_MADE, refund.amount()));
    }

    /** Records inquiries for display only. An inquiry that has become a dispute is shown as a dispute. */
    private void inquiries(PaymentSummary known, PaymentSnapshot snapshot, Registration now) {
        snapshot.inquiries().stream()
                .filter(inquiry -> !known.reported().isKnown(inquiry))
                .filter(inquiry -> snapshot.disputes().stream()
                        .noneMatch(dispute -> dispute.id().equals(inquiry.id())))
                .forEach(inquiry -> sale.note(
                        now.id(),
                        inquiry.closedAt() == null
                                ? TimelineNote.Code.INQUIRY_OPENED
                                : TimelineNote.Code.INQUIRY_CLOSED));
    }

    private Registration disputes(Registration now, PaymentSnapshot snapshot) {
        boolean open = snapshot.disputes().stream().anyMatch(d -> d.state() == PaymentSnapshot.DisputeState.OPEN);
        boolean lost = snapshot.disputes().stream().anyMatch(d -> d.state() == PaymentSnapshot.DisputeState.LOST);
        boolean settled = snapshot.disputes().stream().allMatch(PaymentSnapshot.ReportedDispute::isSettled);
        if (open && !now.money().disputeOpen()) {
            sale.note(now.id(), TimelineNote.Code.PAYMENT_DISPUTED);
            return transitions.move(now, Trigger.DISPUTE_OPENED, Guard.ALWAYS, Transitions.NOTHING);
        }
        // A lost dispute counts even if its opening was never received.
        boolean lostUnreported = lost && now.status() == Status.CONFIRMED;
        if (settled && (now.money().disputeOpen() || lostUnreported)) {
            Trigger ended = lost ? Trigger.DISPUTE_LOST : Trigger.DISPUTE_WON;
            sale.note(now.id(), lost ? TimelineNote.Code.DISPUTE_LOST : TimelineNote.Code.DISPUTE_WON);
            return transitions.move(
                    now.with(now.money().disputed(false)),
                    ended,
                    Guard.ALWAYS,
                    lost ? new Transitions.Because(ReasonCode.DISPUTE_LOST) : Transitions.NOTHING);
        }
        return now;
    }

    private static Registration.@Nullable Refund find(Registration now, UUID id) {
        return now.money().refunds().stream()
                .filter(refund -> refund.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    private static Registration mark(Registration now, Registration.Refund refund, Registration.Refund.State state) {
        List<Registration.Refund> refunds = new ArrayList<>();
        for (Registration.Refund each : now.money().refunds()) {
            refunds.add(each.id().equals(refund.id()) ? each.in(state) : each);
        }
        return now.with(now.money().refunds(refunds));
    }
}
