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
 * The effects of inquiries and disputes by a payer's bank. An inquiry withdraws no money, so it is not posted and does not prevent a
 * refund, which ends it. It becomes a dispute, under the same name, once money is withdrawn.
 */
public final class DisputeRules {

    private DisputeRules() {}

    static Decision inquired(Payment now, PaymentTrigger.InquiryReported reported) {
        @Nullable Instant closedAt = reported.closedAt();
        Optional<Dispute> disputed = dispute(now, reported.provider(), reported.inquiry());
        if (disputed.isPresent()) {
            // An earlier version recorded inquiries as disputes. A real dispute never becomes an inquiry again.
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
                    closedAt,
                    reported.evidenceDueAt());
            Decision decision = Decision.to(now.withInquiries(append(now.inquiries(), inquiry)));
            return capture.surplus() ? decision : decision.publishing(EventType.INQUIRY_CHANGED);
        }
        if (known.get().closedAt() != null) {
            return Decision.to(now);
        }
        if (closedAt == null) {
            return answerDue(now, known.get(), reported.evidenceDueAt());
        }
        Decision closed = Decision.to(closed(now, known.get(), closedAt));
        return now.isReported(known.get().capture()) ? closed.publishing(EventType.INQUIRY_CHANGED) : closed;
    }

    /** Adds a deadline to an inquiry that an earlier version recorded without one; a known deadline is kept. */
    private static Decision answerDue(Payment now, Inquiry open, @Nullable Instant at) {
        if (at == null || open.evidenceDueAt() != null) {
            return Decision.to(now);
        }
        Inquiry dated = open.dueAt(at);
        Decision decision = Decision.to(now.withInquiries(replaceIf(now.inquiries(), open::equals, _ -> dated)));
        return now.isReported(open.capture()) ? decision.publishing(EventType.INQUIRY_CHANGED) : decision;
    }

    /** Adds a deadline to a dispute, as to an inquiry. */
    private static Decision evidenceDue(Payment now, Dispute known, @Nullable Instant at) {
        if (at == null || known.evidenceDueAt() != null || known.state() != Dispute.State.OPEN) {
            return Decision.to(now);
        }
        Dispute dated = known.dueAt(at);
        Decision decision = Decision.to(now.withDisputes(replaceIf(now.disputes(), known::equals, _ -> dated)));
        return now.isReported(known.capture()) ? decision.publishing(EventType.DISPUTED) : decision;
    }

    private static Payment closed(Payment now, Inquiry inquiry, Instant at) {
        return now.withInquiries(replaceIf(now.inquiries(), inquiry::equals, one -> one.closed(at)));
    }

    static Decision opened(Payment now, PaymentTrigger.DisputeOpened opened) {
        Optional<Dispute> known = dispute(now, opened.provider(), opened.dispute());
        if (known.isPresent()) {
            return evidenceDue(now, known.get(), opened.evidenceDueAt());
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
                opened.at(),
                opened.evidenceDueAt());
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
     * A dispute: the payer's bank has taken the money back.
     *
     * @param id also the id of the preceding inquiry, if there was one
     * @param at of its last change
     * @param evidenceDueAt until when the provider accepts evidence, in machine time; {@code null} if no deadline is known, as in earlier
     *     versions
     */
    public record Dispute(
            UUID id,
            String provider,
            String providerDispute,
            UUID capture,
            Money amount,
            State state,
            Instant at,
            @Nullable Instant evidenceDueAt) {

        public enum State {
            OPEN,
            WON,
            LOST
        }

        boolean notWon() {
            return state != State.WON;
        }

        Dispute ended(State how, Instant when) {
            return new Dispute(id, provider, providerDispute, capture, amount, how, when, evidenceDueAt);
        }

        Dispute dueAt(Instant when) {
            return new Dispute(id, provider, providerDispute, capture, amount, state, at, when);
        }
    }

    /**
     * An inquiry: the payer's bank asks about a payment.
     *
     * @param providerDispute the provider's name for it, which stays if it becomes a dispute
     * @param closedAt when it ended or became a dispute; {@code null} while it is open
     * @param evidenceDueAt until when the bank expects an answer, in machine time; {@code null} if no deadline is known, as in earlier
     *     versions
     */
    public record Inquiry(
            UUID id,
            String provider,
            String providerDispute,
            UUID capture,
            Money amount,
            Instant openedAt,
            @Nullable Instant closedAt,
            @Nullable Instant evidenceDueAt) {

        Inquiry closed(Instant when) {
            return new Inquiry(id, provider, providerDispute, capture, amount, openedAt, when, evidenceDueAt);
        }

        Inquiry dueAt(Instant when) {
            return new Inquiry(id, provider, providerDispute, capture, amount, openedAt, closedAt, when);
        }
    }
}
