package org.openingminute.payment.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.DisputeRules.Dispute;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.lifecycle.Session;

/**
 * Open work of a payment. Jobs claim its rows and metrics count them.
 *
 * @param id of the session, capture or refund
 * @param since start of its age
 * @param dueAt when a job has to handle it; {@code null} if no job has to
 */
record OpenWork(UUID id, Kind kind, Instant since, @Nullable Instant dueAt) {

    enum Kind {
        /** A session that has not ended. */
        SESSION,
        /** A capture that is neither kept nor refunded. */
        ANSWER,
        /** A refund that a provider makes. */
        REFUND,
        /** A refund that an organiser transfers. */
        TRANSFER,
        /** A surplus whose refund has failed in all attempts. */
        SURPLUS;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The delay before a session's state is first read at the provider, if no webhook comes. */
    private static final Duration FIRST_CHECK = Duration.ofSeconds(15);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);

    static List<OpenWork> of(Payment payment, Instant now) {
        List<OpenWork> open = new ArrayList<>();
        for (Session session : payment.sessions()) {
            if (session.isLive()) {
                open.add(new OpenWork(session.id(), Kind.SESSION, session.requestedAt(), check(session, payment, now)));
            }
        }
        for (Capture capture : payment.captures()) {
            if (capture.waitsForAnswer()) {
                // Without a request there is nobody to report the capture to, so a reminder is not due.
                Instant due = payment.request() == null ? null : capture.reportAgainAt();
                open.add(new OpenWork(capture.id(), Kind.ANSWER, capture.at(), due));
            } else if (capture.surplus() && payment.left(capture).isPositive() && !isLost(payment, capture)) {
                open.add(new OpenWork(capture.id(), Kind.SURPLUS, capture.at(), null));
            }
        }
        for (Refund refund : payment.refunds()) {
            if (refund.state() == Refund.RefundState.PENDING) {
                open.add(
                        payment.isByTransfer(refund)
                                ? new OpenWork(refund.id(), Kind.TRANSFER, refund.requestedAt(), null)
                                : new OpenWork(
                                        refund.id(), Kind.REFUND, refund.requestedAt(), order(refund, payment, now)));
            }
        }
        return open;
    }

    /**
     * Returns when the job handles a session: at once if the session is ending, otherwise when the provider's webhook may have been lost.
     */
    private static Instant check(Session session, Payment payment, Instant now) {
        ReceivedRequest request = payment.request();
        Instant next = session.state() == Session.SessionState.ENDING ? now : now.plus(FIRST_CHECK);
        return request == null
                        || next.isBefore(request.sessionsEndAt())
                        || session.state() == Session.SessionState.ENDING
                ? next
                : request.sessionsEndAt();
    }

    /**
     * Returns when a refund is due; {@code null} while its capture is missing or under dispute, because no provider refunds disputed money.
     * The delay grows with failed refunds, because the provider would refuse again a moment later.
     */
    private static @Nullable Instant order(Refund refund, Payment payment, Instant now) {
        UUID capture = refund.capture();
        if (capture == null || payment.isUnderDispute(capture)) {
            return null;
        }
        long failed = payment.refunds().stream()
                .filter(other -> other.state() == Refund.RefundState.FAILED && capture.equals(other.capture()))
                .count();
        return now.plus(PAUSE_AFTER_FAILURE.multipliedBy(failed * failed));
    }

    private static boolean isLost(Payment payment, Capture capture) {
        return payment.disputes().stream()
                .anyMatch(dispute -> dispute.capture().equals(capture.id()) && dispute.state() == Dispute.State.LOST);
    }
}
