package org.openingminute.payment.lifecycle;

import static org.openingminute.payment.lifecycle.Payment.append;
import static org.openingminute.payment.lifecycle.Payment.replaceIf;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Decision.Posting;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;

/**
 * The effect of each trigger on a payment: all rules of this service, without I/O. A trigger that was applied before changes nothing, and
 * the order of triggers does not matter.
 */
public final class PaymentRules {

    private PaymentRules() {}

    /**
     * Decides on a trigger.
     *
     * @param at the instant at which it is applied
     * @throws NotReady if the subject of the trigger has not arrived
     * @throws PermanentFailure if it contradicts the known state
     */
    public static Decision decide(Payment now, PaymentTrigger trigger, Instant at, Ids ids) {
        return documented(decision(now, trigger, at, ids), at);
    }

    /**
     * Derives the id of an object that a provider reports under its own name. If this database has lost the report, a repeated report gets
     * the same id, and other services recognise it.
     */
    static UUID idOf(String provider, String name) {
        return UUID.nameUUIDFromBytes((provider + " " + name).getBytes(StandardCharsets.UTF_8));
    }

    private static Decision decision(Payment now, PaymentTrigger trigger, Instant at, Ids ids) {
        return switch (trigger) {
            case PaymentTrigger.Requested requested ->
                TransferRules.settled(requested(now, requested.request()), at, ids);
            case PaymentTrigger.Closed closed ->
                TransferRules.settled(
                        Decision.to(ending(now.closedBecause() == null ? now.closed(closed.reason()) : now)), at, ids);
            case PaymentTrigger.Kept() -> Decision.to(now.kept());
            case PaymentTrigger.RefundCommanded command -> RefundRules.commanded(now, command);
            case PaymentTrigger.MarkedPaid paid -> TransferRules.arrived(now, paid, at, ids);
            case PaymentTrigger.LinksEnded(int generation) ->
                Decision.to(now.withContactGeneration(Math.max(now.contactGeneration(), generation)));
            case PaymentTrigger.SessionWanted wanted -> sessionWanted(now, wanted);
            case PaymentTrigger.SessionOpened opened ->
                Decision.to(session(now, opened.id(), s -> s.answered(opened.providerSession(), opened.url())));
            case PaymentTrigger.TimeIsOver() ->
                Decision.to(now.payability(at) instanceof Payability.Not ? ending(now) : now);
            case PaymentTrigger.StillUnanswered still -> stillUnanswered(now, still);
            case PaymentTrigger.MoneyArrived money -> moneyArrived(now, money, at, ids);
            case PaymentTrigger.Declined declined -> declined(now, declined);
            case PaymentTrigger.Processing processing -> processing(now, processing);
            case PaymentTrigger.SessionEnded ended ->
                Decision.to(session(now, ended.id(), s -> s.in(Session.SessionState.ENDED)));
            case PaymentTrigger.RefundAccepted accepted -> Decision.to(RefundRules.accepted(now, accepted));
            case PaymentTrigger.RefundDone done -> RefundRules.done(now, done);
            case PaymentTrigger.RefundTransferred transferred -> RefundRules.transferred(now, transferred);
            case PaymentTrigger.RefundFailed failed -> RefundRules.failed(now, failed, ids);
            case PaymentTrigger.RefundReported reported -> RefundRules.reported(now, reported, ids);
            case PaymentTrigger.InquiryReported inquiry -> DisputeRules.inquired(now, inquiry);
            case PaymentTrigger.DisputeOpened opened -> DisputeRules.opened(now, opened);
            case PaymentTrigger.DisputeEnded ended -> DisputeRules.ended(now, ended);
        };
    }

    /**
     * Applies a request if its revision is the highest so far. A closed payment stays closed; apart from that its requests are handled the
     * same.
     */
    private static Decision requested(Payment now, ReceivedRequest request) {
        @Nullable ReceivedRequest former = now.request();
        if (former != null && former.body().revision() >= request.body().revision()) {
            return Decision.to(now);
        }
        Payment next = now.with(request);
        Money due = request.body().due();
        if (!request.requestsMoney()) {
            next = ending(next);
        } else {
            next = next.withSessions(replaceIf(
                    next.sessions(),
                    session -> session.canCapture() && !session.amount().equals(due),
                    session -> session.in(Session.SessionState.ENDING)));
        }
        boolean moneyCameBefore =
                former == null && next.reportedCaptures().findAny().isPresent();
        return moneyCameBefore ? Decision.to(next).publishing(EventType.CAPTURED) : Decision.to(next);
    }

    private static Payment ending(Payment now) {
        return now.withSessions(
                replaceIf(now.sessions(), Session::canCapture, session -> session.in(Session.SessionState.ENDING)));
    }

    /**
     * Issues the missing documents, whatever changed the money: receipts less credit notes must equal the captured less the refunded money.
     * Money gets no receipt before it is kept, and none while its refund is in progress; if that refund fails, the money gets a receipt
     * again.
     */
    private static Decision documented(Decision decision, Instant at) {
        Payment now = decision.next();
        if (now.request() == null) {
            return decision;
        }
        if (now.uncredited().isPositive()) {
            return issuing(decision, IssuedDocument.IssuedKind.CREDIT_NOTE, now.uncredited(), at);
        }
        boolean isKept = now.wasKept() && now.captures().stream().noneMatch(Capture::waitsForAnswer);
        if (!isKept || !now.unreceipted().isPositive()) {
            return decision;
        }
        return issuing(decision, IssuedDocument.IssuedKind.RECEIPT, now.unreceipted(), at);
    }

    /** Issues a document and makes sure that an event reports it; the event may have another cause. */
    private static Decision issuing(Decision decision, IssuedDocument.IssuedKind kind, Money amount, Instant at) {
        Decision issued = decision.issuing(
                new Decision.Issue(kind, amount, decision.next().shown(at)));
        return issued.events().isEmpty() ? issued.publishing(EventType.RECEIPT_ISSUED) : issued;
    }

    /**
     * Opens a session if the state under the lock still allows it: since the payer saw the payment, it may have been paid, closed or
     * repriced.
     */
    private static Decision sessionWanted(Payment now, PaymentTrigger.SessionWanted wanted) {
        if (!(now.payability(wanted.at()) instanceof Payability.Yes(Money due))) {
            return Decision.to(now);
        }
        return Decision.to(now.withSessions(append(
                now.sessions(),
                new Session(
                        wanted.id(), wanted.provider(), due, Session.SessionState.OPENING, null, null, wanted.at()))));
    }

    /** Changes a session unless it has ended or captured. */
    private static Payment session(Payment now, UUID id, UnaryOperator<Session> change) {
        return now.withSessions(
                replaceIf(now.sessions(), session -> session.id().equals(id) && session.isLive(), change));
    }

    /** Marks a session as captured, even if it was ended before. */
    private static Payment captured(Payment now, UUID id) {
        return now.withSessions(replaceIf(
                now.sessions(), session -> session.id().equals(id), s -> s.in(Session.SessionState.CAPTURED)));
    }

    private static Decision stillUnanswered(Payment now, PaymentTrigger.StillUnanswered still) {
        List<Capture> reported = replaceIf(
                now.captures(),
                capture -> capture.waitsForAnswer() && !still.at().isBefore(capture.reportAgainAt()),
                capture -> capture.reportedOnceMore(still.at()));
        return reported.equals(now.captures())
                ? Decision.to(now)
                : Decision.to(now.withCaptures(reported)).publishing(EventType.CAPTURED);
    }

    private static Decision moneyArrived(Payment now, PaymentTrigger.MoneyArrived money, Instant at, Ids ids) {
        if (now.capture(money.provider(), money.payment()).isPresent()) {
            return Decision.to(captured(now, money.session()));
        }
        Capture capture = new Capture(
                ids.next(),
                money.provider(),
                money.payment(),
                money.amount(),
                money.at(),
                now.isPaid(),
                Capture.Answer.NONE,
                at,
                0);
        return captured(
                captured(now, money.session()), capture, now.shown(money.at()), Posting.heldBy(money.provider()), ids);
    }

    /**
     * Adds a capture and its consequences. A capture for a registration that is already paid is refunded automatically; any other is
     * reported.
     *
     * @param shownAt the time of the capture in business time
     * @param from the account that the money comes from
     */
    static Decision captured(Payment now, Capture capture, Instant shownAt, String from, Ids ids) {
        Payment next = ending(now).withCaptures(append(now.captures(), capture));
        next = tried(
                next,
                new Attempt(
                        capture.provider(),
                        capture.providerPayment(),
                        capture.at(),
                        shownAt,
                        capture.surplus() ? Attempt.AttemptOutcome.CAPTURED_TWICE : Attempt.AttemptOutcome.CAPTURED,
                        null));
        Posting posting = new Posting(
                Posting.PostingKind.CAPTURE,
                from,
                capture.surplus() ? Posting.SURPLUS : Posting.REGISTRATIONS,
                capture.amount(),
                capture.id());
        if (capture.surplus()) {
            return Decision.to(next.withRefunds(append(
                            next.refunds(),
                            RefundRules.surplusRefund(capture, "paid twice", ids.next(), capture.reportedAt()))))
                    .posting(posting);
        }
        boolean refundWaits = next.refunds().stream()
                .anyMatch(refund -> refund.capture() == null && refund.state() == Refund.RefundState.PENDING);
        if (refundWaits) {
            next = RefundRules.assigned(next.answered(), capture.reportedAt()).next();
        }
        return Decision.to(next).posting(posting).publishing(EventType.CAPTURED);
    }

    private static Decision declined(Payment now, PaymentTrigger.Declined declined) {
        Attempt declinedAttempt = new Attempt(
                declined.provider(),
                declined.id(),
                declined.at(),
                now.shown(declined.at()),
                Attempt.AttemptOutcome.DECLINED,
                declined.reason());
        Payment next = tried(now, declinedAttempt);
        boolean isReported = !next.attempts().equals(now.attempts()) && next.status() == PaymentStatus.FAILED;
        return isReported ? Decision.to(next).publishing(EventType.FAILED) : Decision.to(next);
    }

    private static Decision processing(Payment now, PaymentTrigger.Processing processing) {
        return Decision.to(tried(
                now,
                new Attempt(
                        processing.provider(),
                        processing.id(),
                        processing.at(),
                        now.shown(processing.at()),
                        Attempt.AttemptOutcome.PROCESSING,
                        null)));
    }

    /** Adds an attempt. Each attempt has one outcome; a later or repeated report does not change it. */
    private static Payment tried(Payment now, Attempt reported) {
        Optional<Attempt> known =
                now.attempts().stream().filter(reported::sameAs).findFirst();
        if (known.isEmpty()) {
            return now.withAttempts(append(now.attempts(), reported));
        }
        return known.get().outcome() == Attempt.AttemptOutcome.PROCESSING
                ? now.withAttempts(replaceIf(now.attempts(), reported::sameAs, _ -> reported))
                : now;
    }

    /** The answer to a payer who wants to pay now. */
    public sealed interface Payability {

        /** The payment cannot be paid now. */
        record Not(Why why) implements Payability {}

        /** The payment can be made in an existing session, which is open or being opened. */
        record Already(Session session) implements Payability {}

        /** The payment can be paid in a new session. */
        record Yes(Money due) implements Payability {}

        /** The reason why a payment cannot be paid. */
        enum Why {
            UNKNOWN("payment-unknown", "This payment is not known yet."),
            NOTHING_DUE("nothing-due", "There is nothing to pay."),
            PAID("paid", "This registration is already paid."),
            ENDED("registration-ended", "This registration has ended and can no longer be paid."),
            IN_REVIEW("in-review", "This registration is waiting for proof or its review and cannot be paid yet."),
            NOT_HERE("paid-at-the-desk", "This registration is paid at the desk."),
            TIME_OVER("time-over", "The time to pay has run out.");

            private final String reason;
            private final String sentence;

            Why(String reason, String sentence) {
                this.reason = reason;
                this.sentence = sentence;
            }

            /** Returns the message key of the reason. */
            public String reason() {
                return reason;
            }

            /** Returns the reason as an English sentence for the payer. */
            public String sentence() {
                return sentence;
            }
        }
    }
}
