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
import org.openingminute.kit.runtime.Awaiter;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.ProjectionRepository;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Subscribes, confirms and unsubscribes. The reply to a request never depends on what is known about the address, so only the owner of its
 * mailbox learns more.
 */
@Service
class Interests {

    /** The time within which a confirmation request can be answered. */
    static final Duration ANSWER_WITHIN = Duration.ofDays(7);

    private static final int FORGOTTEN_AT_ONCE = 500;

    private static final Duration WAIT_AT_MOST = Duration.ofSeconds(2);
    /** A separate limit from the one for documents, because anybody may name a conference that does not exist. */
    private static final int WAIT_AT_ONCE = 32;

    private final InterestRepository interests;
    private final ProjectionRepository projections;
    private final MailSignal signal;
    private final Clock clock;
    private final TransactionTemplate transaction;
    private final Awaiter awaiter = new Awaiter(WAIT_AT_ONCE);

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

    /** Returns the conference if its definition was received. */
    Optional<Conference> known(String slug) {
        return projections.findConference(slug);
    }

    /**
     * Returns the conference. The definition of a new conference may still be on its way, so a limited number of callers wait for it
     * briefly. The caller must not hold a database connection.
     *
     * @throws Problem {@code not-found}
     */
    Conference conference(String slug) {
        return awaiter.await(() -> known(slug), WAIT_AT_MOST)
                .orElseThrow(() -> new Problem(CommonProblem.NOT_FOUND, "There is no such conference."));
    }

    /**
     * Requests an opt-in mail if there is something to confirm.
     *
     * @param locale language of that mail, and of later mails after the confirmation
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

    /** Adds topics to the waiting mail, or requests a new mail; returns false if there is nothing to do. */
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

    /** The result of a click on a link. */
    enum SubscriptionOutcome {
        DONE,
        /** The token is genuine but expired, or its subscriber has unsubscribed since. */
        ENDED
    }

    /** Returns the token's conference if a click would still have an effect. */
    Optional<Conference> open(InterestTokens.OptIn token) {
        return isTooLate(token)
                ? Optional.empty()
                : interests.conferenceOf(token.subscriber()).flatMap(projections::findConference);
    }

    /** Saves the confirmed topics. Idempotent. */
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

    /** Ends all subscriptions of a reader. Idempotent. */
    void leave(UUID reader) {
        transaction.executeWithoutResult(status -> interests.lockReader(reader).ifPresent(subscriber -> {
            // An unconfirmed address may belong to another person, so its throttle stays.
            if (!interests.confirmed(subscriber.id()).isEmpty()) {
                interests.releaseThrottle(subscriber);
            }
            interests.forget(subscriber.id(), clock.instant());
        }));
    }

    /** Returns the conference of a reader's subscriptions; empty after the reader has unsubscribed. */
    Optional<Conference> conferenceOf(UUID reader) {
        return interests.conferenceOfReader(reader).flatMap(projections::findConference);
    }

    /** Deletes unconfirmed addresses whose tokens have expired. */
    @Scheduled(fixedDelay = 600_000, initialDelay = 90_000)
    void forgetWhoNeverConfirmed() {
        Instant askedBefore = clock.instant().minus(ANSWER_WITHIN.plusDays(1));
        // Limited per run, because other jobs wait for this thread.
        interests
                .neverConfirmed(askedBefore, FORGOTTEN_AT_ONCE)
                .forEach(subscriber -> forgetUnlessConfirmed(subscriber, askedBefore));
        interests.releaseThrottlesBefore(clock.instant().minus(OptInThrottle.KEPT));
    }

    private void forgetUnlessConfirmed(UUID subscriber, Instant askedBefore) {
        transaction.executeWithoutResult(status -> {
            // Checked again under the lock, because the subscriber may just have confirmed or asked again.
            if (interests.lock(subscriber).isPresent() && interests.isNeverConfirmed(subscriber, askedBefore)) {
                interests.forget(subscriber, clock.instant());
            }
        });
    }
}
