package org.openingminute.notification.subscription;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.ProjectionRepository;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Subscribes, confirms and unsubscribes. The answer to a request is the same whatever is known about the address, so
 * only the owner of its mailbox learns more.
 */
@Service
class Interests {

    /** The time within which a confirmation request can be answered. */
    static final Duration ANSWER_WITHIN = Duration.ofDays(7);

    private static final int FORGOTTEN_AT_ONCE = 500;

    private final InterestRepository interests;
    private final ProjectionRepository projections;
    private final MailSignal signal;
    private final Clock clock;
    private final TransactionTemplate transaction;

    Interests(
            InterestRepository interests,
            ProjectionRepository projections,
            MailSignal signal,
            Clock clock,
            TransactionTemplate transaction) {
        this.interests = interests;
        this.projections = projections;
        this.signal = signal;
        this.clock = clock;
        this.transaction = transaction;
    }

    /**
     * The conference of that name.
     *
     * @throws Problem {@code not-found}
     */
    Conference conference(String slug) {
        return projections
                .findConference(slug)
                .orElseThrow(() -> new Problem(CommonProblem.NOT_FOUND, "There is no such conference."));
    }

    /**
     * Requests a mail that asks to confirm, if there is something to confirm.
     *
     * @param locale of that mail, and of later mails once it is confirmed
     */
    void ask(Conference conference, InterestRequest request, String locale) {
        transaction.executeWithoutResult(status -> {
            Instant now = clock.instant();
            InterestRepository.Subscriber subscriber = interests.lock(conference.slug(), request, locale, now);
            Set<Topic> wanted = EnumSet.copyOf(request.topics());
            wanted.removeAll(interests.confirmed(subscriber.id()));
            if (!wanted.isEmpty() && !askByMail(subscriber, request.email(), wanted, locale, now)) {
                // The input is not stored if no mail will be sent.
                status.setRollbackOnly();
            }
        });
        signal.raise();
    }

    /** Adds to the waiting mail, or requests a new one; false if there is nothing to do. */
    private boolean askByMail(
            InterestRepository.Subscriber subscriber, String email, Set<Topic> wanted, String locale, Instant now) {
        Set<Topic> together = EnumSet.copyOf(wanted);
        together.addAll(subscriber.asked());
        if (interests.addToWaitingMail(subscriber.id(), together)) {
            interests.asked(subscriber.id(), together, locale, null);
            return true;
        }
        OptInThrottle throttle = interests.lockThrottle(subscriber);
        // Topics can no longer be added to a mail that is being sent, however long ago it was due.
        Instant from =
                throttle.next(interests.hasUnsentMail(subscriber.id()) ? now.plus(OptInThrottle.shortest()) : now);
        boolean lately = from.isAfter(now);
        if (throttle.isAhead(now) || (lately && subscriber.asked().containsAll(wanted))) {
            return false;
        }
        Set<Topic> topics = lately ? together : wanted;
        interests.orderMail(subscriber.id(), email, topics, from, now);
        interests.asked(subscriber.id(), topics, locale, from);
        interests.throttle(subscriber, from);
        return true;
    }

    /** The outcome of a click. */
    enum SubscriptionOutcome {
        DONE,
        /** The token is ours, but it is too old, or its subscriber has left since. */
        ENDED
    }

    /** Returns whether an answer would still count, and for which conference. */
    Optional<Conference> open(InterestTokens.OptIn token) {
        return isTooLate(token)
                ? Optional.empty()
                : interests.conferenceOf(token.subscriber()).flatMap(projections::findConference);
    }

    /** Saves the confirmed topics. A second time it changes nothing. */
    SubscriptionOutcome confirm(InterestTokens.OptIn token) {
        if (isTooLate(token)) {
            return SubscriptionOutcome.ENDED;
        }
        return transaction.execute(status -> interests
                .lock(token.subscriber())
                .map(subscriber -> {
                    if (interests.confirm(subscriber, token.topics())) {
                        interests.writeIn(token.locale(), subscriber.id());
                        interests.easeThrottle(subscriber);
                    }
                    return SubscriptionOutcome.DONE;
                })
                .orElse(SubscriptionOutcome.ENDED));
    }

    private boolean isTooLate(InterestTokens.OptIn token) {
        return token.askedAt().plus(ANSWER_WITHIN).isBefore(clock.instant());
    }

    /** Ends all subscriptions of a reader; a second time it changes nothing. */
    void leave(UUID reader) {
        transaction.executeWithoutResult(status -> interests.lockReader(reader).ifPresent(subscriber -> {
            // An address that was never confirmed may be another person's, so the throttle stays for whoever typed it.
            if (!interests.confirmed(subscriber.id()).isEmpty()) {
                interests.releaseThrottle(subscriber);
            }
            interests.forget(subscriber.id(), clock.instant());
        }));
    }

    /** The conference of a reader's subscriptions; empty for a reader who has left. */
    Optional<Conference> conferenceOf(UUID reader) {
        return interests.conferenceOfReader(reader).flatMap(projections::findConference);
    }

    /** Deletes unconfirmed addresses once they can no longer be confirmed. */
    @Scheduled(fixedDelay = 600_000, initialDelay = 90_000)
    void forgetWhoNeverConfirmed() {
        Instant askedBefore = clock.instant().minus(ANSWER_WITHIN.plusDays(1));
        // The rest follows next time, because other jobs wait for this thread.
        interests
                .neverConfirmed(askedBefore, FORGOTTEN_AT_ONCE)
                .forEach(subscriber -> forgetUnlessConfirmed(subscriber, askedBefore));
        interests.releaseThrottlesBefore(clock.instant().minus(OptInThrottle.KEPT));
    }

    private void forgetUnlessConfirmed(UUID subscriber, Instant askedBefore) {
        transaction.executeWithoutResult(status -> {
            // Checked again under the lock, because they may have confirmed, or asked again, a moment ago.
            if (interests.lock(subscriber).isPresent() && interests.isNeverConfirmed(subscriber, askedBefore)) {
                interests.forget(subscriber, clock.instant());
            }
        });
    }
}
