package org.openingminute.payment.lifecycle;

import static org.openingminute.payment.lifecycle.Payment.append;
import static org.openingminute.payment.lifecycle.Payment.replaceIf;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.Decision.Posting;

/** The effects of triggers that concern refunds. */
final class RefundRules {

    /** How often a surplus refund is attempted before a person has to act. */
    static final int MAX_SURPLUS_REFUND_ATTEMPTS = 3;

    private RefundRules() {}

    static Decision commanded(Payment now, PaymentTrigger.RefundCommanded command) {
        if (now.refunds().stream().anyMatch(refund -> refund.id().equals(command.refund()))) {
            return Decision.to(now);
        }
        Refund refund = new Refund(
                command.refund(),
                null,
                command.amount(),
                command.reason(),
                Refund.RefundState.PENDING,
                command.at(),
                command.at(),
                false,
                null,
                null,
                null,
                null,
                false);
        return assigned(now.withRefunds(append(now.refunds(), refund)).answered(), command.at());
    }

    /** Assigns each refund without a capture to one that covers it; the refund fails if no capture ever can. */
    static Decision assigned(Payment now, Instant at) {
        Payment next = now;
        boolean failed = false;
        for (Refund refund : now.refunds()) {
            if (refund.surplus() || refund.capture() != null || refund.state() != Refund.RefundState.PENDING) {
                continue;
            }
            Payment soFar = next;
            Optional<Capture> newest = soFar.reportedCaptures().max(Comparator.comparing(Capture::at));
            if (newest.isEmpty()) {
                continue; // the money may still come, because commands have no order
            }
            Optional<Capture> source = soFar.reportedCaptures()
                    .filter(capture ->
                            refund.amount().isPositive() && soFar.left(capture).covers(refund.amount()))
                    .max(Comparator.comparing(Capture::at));
            failed |= source.isEmpty();
            Refund decided = source.map(refund::from)
                    .orElseGet(() -> refund.from(newest.get()).failed("more-than-is-left", at));
            next = next.withRefunds(replaceIf(next.refunds(), refund::equals, _ -> decided));
        }
        return failed ? Decision.to(next).publishing(EventType.REFUND_FAILED) : Decision.to(next);
    }

    static Refund surplusRefund(Capture capture, String reason, UUID id, Instant at) {
        return surplusRefund(capture, capture.amount(), reason, id, at);
    }

    private static Refund surplusRefund(Capture capture, Money amount, String reason, UUID id, Instant at) {
        return new Refund(
                id,
                capture.id(),
                amount,
                reason,
                Refund.RefundState.PENDING,
                at,
                at,
                true,
                null,
                null,
                null,
                null,
                false);
    }

    static Payment accepted(Payment now, PaymentTrigger.RefundAccepted accepted) {
        return now.withRefunds(replaceIf(
                now.refunds(), isPending(accepted.refund()), refund -> refund.accepted(accepted.providerRefund())));
    }

    static Decision done(Payment now, PaymentTrigger.RefundDone done) {
        return pending(now, done.refund())
                .map(refund -> doneAs(now, refund, refund.done(done.providerRefund(), done.at())))
                .orElseGet(() -> Decision.to(now));
    }

    /**
     * Marks a refund as transferred by an organiser.
     *
     * @throws PermanentFailure if the money came through a provider, which makes the refund itself
     */
    static Decision transferred(Payment now, PaymentTrigger.RefundTransferred trigger) {
        Optional<Refund> pending = pending(now, trigger.refund());
        if (pending.isPresent() && !source(now, pending.get()).isTransfer()) {
            throw new PermanentFailure("the provider gives this money back by itself");
        }
        return pending.map(refund ->
                        doneAs(now, refund, refund.transferred(trigger.reference(), trigger.organiser(), trigger.at())))
                .orElseGet(() -> Decision.to(now));
    }

    private static Decision doneAs(Payment now, Refund refund, Refund done) {
        Payment next = now.withRefunds(replaceIf(now.refunds(), refund::equals, _ -> done));
        Decision decision = Decision.to(next)
                .posting(new Posting(
                        Posting.PostingKind.REFUND,
                        refund.surplus() ? Posting.SURPLUS : Posting.REGISTRATIONS,
                        Posting.heldBy(source(now, refund).provider()),
                        refund.amount(),
                        refund.id()));
        // A surplus refund is published only if a person has to transfer it.
        boolean isReported = !refund.surplus() || next.isByTransfer(refund);
        return isReported ? decision.publishing(EventType.REFUNDED) : decision;
    }

    /**
     * Marks a refund as failed. A completed refund may still fail, if the payer's bank returns the money to the provider. A failed refund
     * stays failed.
     */
    static Decision failed(Payment now, PaymentTrigger.RefundFailed failed, Ids ids) {
        @Nullable
        Refund refund = now.refunds().stream()
                .filter(one -> one.id().equals(failed.refund()) && one.mayTakeMoney())
                .findFirst()
                .orElse(null);
        if (refund == null) {
            return Decision.to(now);
        }
        Payment next =
                now.withRefunds(replaceIf(now.refunds(), refund::equals, r -> r.failed(failed.reason(), failed.at())));
        if (refund.surplus()) {
            next = surplusRefundAgain(next, source(now, refund), ids, failed.at());
        }
        Decision decision = Decision.to(next);
        if (refund.state() == Refund.RefundState.DONE) {
            decision = decision.posting(new Posting(
                    Posting.PostingKind.REFUND_RETURNED,
                    Posting.heldBy(source(now, refund).provider()),
                    refund.surplus() ? Posting.SURPLUS : Posting.REGISTRATIONS,
                    refund.amount(),
                    refund.id()));
        }
        return refund.surplus() ? decision : decision.publishing(EventType.REFUND_FAILED);
    }

    /**
     * Records a refund that only the provider knows. Reports have no order: if a failure is reported first, the refund is recorded as
     * failed, so that the earlier success, reported later, moves no money.
     */
    static Decision reported(Payment now, PaymentTrigger.RefundReported reported, Ids ids) {
        Capture capture = now.capture(reported.provider(), reported.payment())
                .orElseThrow(() -> new NotReady("the money that this refund gives back has not arrived"));
        Optional<Refund> known = now.refunds().stream()
                .filter(refund -> capture.id().equals(refund.capture())
                        && reported.providerRefund().equals(refund.providerRefund()))
                .findFirst();
        @Nullable String failure = reported.failure();
        if (known.isPresent()) {
            return failure == null
                    ? Decision.to(now)
                    : failed(now, new PaymentTrigger.RefundFailed(known.get().id(), failure, reported.at()), ids);
        }
        Refund refund = new Refund(
                PaymentRules.idOf(reported.provider(), reported.providerRefund()),
                capture.id(),
                reported.amount(),
                "made at the provider",
                Refund.RefundState.PENDING,
                reported.at(),
                reported.at(),
                capture.surplus(),
                null,
                null,
                null,
                null,
                false);
        if (failure != null) {
            Refund failed = refund.accepted(reported.providerRefund()).failed(failure, reported.at());
            return Decision.to(now.withRefunds(append(now.refunds(), failed)));
        }
        Decision done = doneAs(
                now.withRefunds(append(now.refunds(), refund)),
                refund,
                refund.done(reported.providerRefund(), reported.at()));
        return capture.surplus() ? done.then(surplusRefundOfRest(done.next(), capture, ids, reported.at())) : done;
    }

    /** Attempts a surplus refund again. Failures of refunds that a person made at the provider do not count as attempts. */
    private static Payment surplusRefundAgain(Payment now, Capture capture, Ids ids, Instant at) {
        long failures = now.refunds().stream()
                .filter(other -> capture.id().equals(other.capture())
                        && !other.mayTakeMoney()
                        && !other.isMadeAt(capture.provider()))
                .count();
        return failures < MAX_SURPLUS_REFUND_ATTEMPTS ? surplusRefundOfRest(now, capture, ids, at) : now;
    }

    /** Refunds what is left of a surplus. A person may have refunded a part at the provider, which would then refuse the whole amount. */
    private static Payment surplusRefundOfRest(Payment now, Capture capture, Ids ids, Instant at) {
        Money left = now.left(capture);
        return left.isPositive()
                ? now.withRefunds(append(now.refunds(), surplusRefund(capture, left, "paid twice", ids.next(), at)))
                : now;
    }

    private static Optional<Refund> pending(Payment now, UUID id) {
        return now.refunds().stream().filter(isPending(id)).findFirst();
    }

    private static Predicate<Refund> isPending(UUID id) {
        return refund -> refund.id().equals(id) && refund.state() == Refund.RefundState.PENDING;
    }

    private static Capture source(Payment now, Refund refund) {
        return now.captures().stream()
                .filter(capture -> capture.id().equals(refund.capture()))
                .findFirst()
                .orElseThrow(() -> new NotReady("the money that this refund gives back has not arrived"));
    }
}
