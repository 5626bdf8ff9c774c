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
 * What is open of a payment: jobs claim it, metrics count it.
 *
 * @param id of the session, capture or refund
 * @param since by which its age is told
 * @param dueAt when a job sees to it; {@code null} while none has to
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
        /** A surplus whose refund has failed as often as it is tried. */
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
                // It is reported again only once there is somebody to report it to.
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

    /** The job ends a session at once; it reads the state of an open one when the provider's webhook may have been lost. */
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
     * A refund waits for its money, and for the end of a dispute, because no provider refunds disputed money. After failed ones it
     * waits longer each time, because a provider that refused it will also refuse it a moment later.
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
