package org.openingminute.payment.lifecycle;

import static org.openingminute.payment.lifecycle.Payment.append;
import static org.openingminute.payment.lifecycle.Payment.replaceIf;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.Decision.Posting;

/**
 * The effect on a payment of a payer's bank that asks about it or takes it back. An inquiry takes no money, so that it is
 * neither posted nor in the way of a refund, which ends it; it is a dispute once money is withdrawn, under the same name.
 */
public final class DisputeRules {

    private DisputeRules() {}

    static Decision inquired(Payment now, PaymentTrigger.InquiryReported reported) {
        @Nullable Instant closedAt = reported.closedAt();
        Optional<Dispute> disputed = dispute(now, reported.provider(), reported.inquiry());
        if (disputed.isPresent()) {
            // An earlier version took inquiries for disputes; a real one never becomes an inquiry again.
            return closedAt == null
                    ? Decision.to(now)
                    : ended(
                            now,
                            new PaymentTrigger.DisputeEnded(reported.provider(), reported.inquiry(), true, closedAt));
        }
        Optional<Inquiry> known = inquiry(now, reported.provider(), reported.inquiry());
        if (known.isEmpty()) {
            Capture capture = capture(now, reported.provider(), reported.payment());
            Inquiry inquiry = new Inquiry(
                    PaymentRules.idOf(reported.provider(), reported.inquiry()),
                    reported.provider(),
                    reported.inquiry(),
                    capture.id(),
                    reported.amount(),
                    reported.openedAt(),
                    closedAt);
            Decision decision = Decision.to(now.withInquiries(append(now.inquiries(), inquiry)));
            return capture.surplus() ? decision : decision.publishing(EventType.INQUIRY_CHANGED);
        }
        if (closedAt == null || known.get().closedAt() != null) {
            return Decision.to(now);
        }
        Decision closed = Decision.to(closed(now, known.get(), closedAt));
        return now.isReported(known.get().capture()) ? closed.publishing(EventType.INQUIRY_CHANGED) : closed;
    }

    private static Payment closed(Payment now, Inquiry inquiry, Instant at) {
        return now.withInquiries(replaceIf(now.inquiries(), inquiry::equals, one -> one.closed(at)));
    }

    static Decision opened(Payment now, PaymentTrigger.DisputeOpened opened) {
        if (dispute(now, opened.provider(), opened.dispute()).isPresent()) {
            return Decision.to(now);
        }
        Capture capture = capture(now, opened.provider(), opened.payment());
        Optional<Inquiry> before = inquiry(now, opened.provider(), opened.dispute());
        Payment next = before.filter(inquiry -> inquiry.closedAt() == null)
                .map(inquiry -> closed(now, inquiry, opened.at()))
                .orElse(now);
        Dispute dispute = new Dispute(
                before.map(Inquiry::id).orElseGet(() -> PaymentRules.idOf(opened.provider(), opened.dispute())),
                opened.provider(),
                opened.dispute(),
                capture.id(),
                opened.amount(),
                Dispute.State.OPEN,
                opened.at());
        Decision decision = Decision.to(next.withDisputes(append(next.disputes(), dispute)))
                .posting(new Posting(
                        Posting.PostingKind.DISPUTE_OPENED,
                        Posting.DISPUTED,
                        Posting.heldBy(opened.provider()),
                        opened.amount(),
                        dispute.id()));
        return capture.surplus() ? decision : decision.publishing(EventType.DISPUTED);
    }

    static Decision ended(Payment now, PaymentTrigger.DisputeEnded ended) {
        Dispute dispute = dispute(now, ended.provider(), ended.dispute())
                .orElseThrow(() -> new NotReady("the dispute that ended has not been reported"));
        if (dispute.state() != Dispute.State.OPEN) {
            return Decision.to(now);
        }
        Dispute.State how = ended.won() ? Dispute.State.WON : Dispute.State.LOST;
        Payment next = now.withDisputes(replaceIf(now.disputes(), dispute::equals, d -> d.ended(how, ended.at())));
        boolean reported = now.isReported(dispute.capture());
        Posting posting = ended.won()
                ? new Posting(
                        Posting.PostingKind.DISPUTE_WON,
                        Posting.heldBy(ended.provider()),
                        Posting.DISPUTED,
                        dispute.amount(),
                        dispute.id())
                : new Posting(
                        Posting.PostingKind.DISPUTE_LOST,
                        reported ? Posting.REGISTRATIONS : Posting.SURPLUS,
                        Posting.DISPUTED,
                        dispute.amount(),
                        dispute.id());
        Decision decision = Decision.to(next).posting(posting);
        return reported ? decision.publishing(EventType.DISPUTE_ENDED) : decision;
    }

    private static Capture capture(Payment now, String provider, String payment) {
        return now.capture(provider, payment).orElseThrow(() -> new NotReady("the disputed money has not arrived"));
    }

    private static Optional<Dispute> dispute(Payment now, String provider, String name) {
        return now.disputes().stream()
                .filter(d ->
                        d.provider().equals(provider) && d.providerDispute().equals(name))
                .findFirst();
    }

    private static Optional<Inquiry> inquiry(Payment now, String provider, String name) {
        return now.inquiries().stream()
                .filter(one ->
                        one.provider().equals(provider) && one.providerDispute().equals(name))
                .findFirst();
    }

    /**
     * A payer's bank asking for the money back.
     *
     * @param id that of the inquiry before it, if there was one
     * @param at of its last change
     */
    public record Dispute(
            UUID id, String provider, String providerDispute, UUID capture, Money amount, State state, Instant at) {

        public enum State {
            OPEN,
            WON,
            LOST
        }

        boolean notWon() {
            return state != State.WON;
        }

        Dispute ended(State how, Instant when) {
            return new Dispute(id, provider, providerDispute, capture, amount, how, when);
        }
    }

    /**
     * A payer's bank asking about a payment.
     *
     * @param providerDispute the provider's name for it, also if it becomes a dispute
     * @param closedAt when it ended or became a dispute; {@code null} while it is open
     */
    public record Inquiry(
            UUID id,
            String provider,
            String providerDispute,
            UUID capture,
            Money amount,
            Instant openedAt,
            @Nullable Instant closedAt) {

        Inquiry closed(Instant when) {
            return new Inquiry(id, provider, providerDispute, capture, amount, openedAt, when);
        }
    }
}
