package org.openingminute.notification.interest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.heard.Conference;
import org.openingminute.notification.heard.HeardRepository;
import org.openingminute.notification.owed.MailBell;
import org.openingminute.notification.problem.ApiProblem;
import org.openingminute.notification.problem.ProblemCode;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Asking, confirming, leaving. Whoever asks is told the same, whatever is known of the address: only its mailbox learns more.
 * Safe for all threads.
 */
@Service
class Interests {

    /** How long a mail to confirm can be answered. */
    static final Duration ANSWER_WITHIN = Duration.ofDays(7);

    /** At most one mail to confirm in this time: others can type somebody's address, too. */
    private static final Duration BETWEEN_MAILS = Duration.ofHours(1);

    private static final int FORGOTTEN_AT_ONCE = 500;

    private final InterestRepository interests;
    private final HeardRepository heard;
    private final MailBell bell;
    private final Clock clock;
    private final TransactionTemplate transaction;

    Interests(
            InterestRepository interests,
            HeardRepository heard,
            MailBell bell,
            Clock clock,
            TransactionTemplate transaction) {
        this.interests = interests;
        this.heard = heard;
        this.bell = bell;
        this.clock = clock;
        this.transaction = transaction;
    }

    /**
     * The conference of that name.
     *
     * @throws ApiProblem {@code not-found}
     */
    Conference conference(String slug) {
        return heard.findConference(slug)
                .orElseThrow(() -> new ApiProblem(ProblemCode.NOT_FOUND, "There is no such conference."));
    }

    /**
     * Orders a mail that asks to confirm, where there is something to confirm.
     *
     * @param locale in which to write from now on
     */
    void ask(Conference conference, InterestRequest request, String locale) {
        transaction.executeWithoutResult(status -> {
            Instant now = clock.instant();
            InterestRepository.Subscriber subscriber = interests.lock(conference.slug(), request, locale, now);
            Set<Topic> wanted = EnumSet.copyOf(request.topics());
            wanted.removeAll(interests.confirmed(subscriber.id()));
            @Nullable Instant last = subscriber.askedAt();
            Instant next = last == null ? now : last.plus(BETWEEN_MAILS);
            boolean lately = next.isAfter(now);
            if (wanted.isEmpty() || (lately && subscriber.asked().containsAll(wanted))) {
                return;
            }
            if (lately) {
                wanted.addAll(subscriber.asked());
            }
            if (lately && interests.addToWaitingMail(subscriber.id(), wanted)) {
                interests.asked(subscriber.id(), wanted, next.minus(BETWEEN_MAILS));
            } else {
                Instant from = lately ? next : now;
                interests.orderMail(subscriber.id(), request.email(), wanted, from, now);
                interests.asked(subscriber.id(), wanted, from);
            }
        });
        bell.ring();
    }

    /** What a click came to. */
    enum Outcome {
        DONE,
        /** The token is ours, and too old, or of somebody who has left since. */
        ENDED
    }

    /** Whether an answer would still count, and for which conference. */
    Optional<Conference> open(InterestTokens.OptIn token) {
        return isTooLate(token)
                ? Optional.empty()
                : interests.conferenceOf(token.subscriber()).flatMap(heard::findConference);
    }

    /** Notes what somebody confirms. A second time it changes nothing. */
    Outcome confirm(InterestTokens.OptIn token) {
        if (isTooLate(token)) {
            return Outcome.ENDED;
        }
        return transaction.execute(status -> interests
                .lock(token.subscriber())
                .map(conference -> {
                    interests.confirm(token.subscriber(), conference, token.topics(), clock.instant());
                    return Outcome.DONE;
                })
                .orElse(Outcome.ENDED));
    }

    private boolean isTooLate(InterestTokens.OptIn token) {
        return token.askedAt().plus(ANSWER_WITHIN).isBefore(clock.instant());
    }

    /** Ends all that somebody is told; a second time it changes nothing. */
    Outcome leave(UUID subscriber) {
        boolean left = Boolean.TRUE.equals(transaction.execute(
                status -> interests.lock(subscriber).isPresent() && interests.forget(subscriber, clock.instant())));
        return left ? Outcome.DONE : Outcome.ENDED;
    }

    /** The conference that somebody is told of; empty for one who has left. */
    Optional<Conference> conferenceOf(UUID subscriber) {
        return interests.conferenceOf(subscriber).flatMap(heard::findConference);
    }

    /** Addresses that somebody typed and nobody confirmed are not kept for longer than they could be. */
    @Scheduled(fixedDelay = 3_600_000, initialDelay = 90_000)
    void forgetWhoNeverConfirmed() {
        for (UUID subscriber :
                interests.neverConfirmed(clock.instant(), ANSWER_WITHIN.plusDays(1), FORGOTTEN_AT_ONCE)) {
            leave(subscriber);
        }
    }
}
