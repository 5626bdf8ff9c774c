package org.openingminute.notification.subscription;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.BatchedMaintenance;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.ops.HeldBackMails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/**
 * Limits the mails that anybody can request for a mailbox by its address: where limits are on, a mailbox gets a few of them per hour. The
 * limit holds across threads and instances.
 */
@Repository
public class MailboxThrottle {

    private static final Duration HOUR = Duration.ofHours(1);

    private final JdbcClient jdbc;
    private final InterestTokens tokens;
    private final Clock clock;
    private final boolean limited;
    private final int most;
    private final HeldBackMails heldBack;

    MailboxThrottle(
            JdbcClient jdbc,
            InterestTokens tokens,
            Clock clock,
            NotificationServiceSettings settings,
            HeldBackMails heldBack) {
        this.jdbc = jdbc;
        this.tokens = tokens;
        this.clock = clock;
        this.limited = settings.limited();
        this.most = settings.mails().requestedPerHour();
        this.heldBack = heldBack;
    }

    /** Counts one more mail unless it would exceed the limit; false if so. Runs in the transaction that inserts the mail. */
    boolean allows(String email) {
        boolean allowed = isAllowed(email);
        if (!allowed) {
            heldBack.countAfterCommit(HeldBackMails.Reason.REQUESTED, 1);
        }
        return allowed;
    }

    private boolean isAllowed(String email) {
        return !limited || take(email, clock.instant());
    }

    /** Counts one more mail if the mailbox may get it. */
    private boolean take(String email, Instant now) {
        return jdbc.sql("""
                insert into mailbox_brake as b (mailbox, mailed_at, last_at)
                values (:mailbox, array[:now::timestamptz], :now)
                on conflict (mailbox) do update
                   set mailed_at = (b.mailed_at || :now::timestamptz)[greatest(1, cardinality(b.mailed_at) + 2 - :most):],
                       last_at = :now
                 where cardinality(b.mailed_at) < :most or b.mailed_at[cardinality(b.mailed_at) + 1 - :most] <= :before
                """)
                        .param("mailbox", tokens.confirmed(email))
                        .param("now", Timestamp.from(now))
                        .param("most", most)
                        .param("before", Timestamp.from(now.minus(HOUR)))
                        .update()
                > 0;
    }

    /**
     * Counts one more mail, for a caller who may learn of the limit.
     *
     * @throws Problem {@code rate-limited}
     */
    public void check(String email) {
        if (!isAllowed(email)) {
            // Counted at once, because the refusal rolls back its transaction.
            heldBack.count(HeldBackMails.Reason.REQUESTED, 1);
            throw new Problem(
                            CommonProblem.RATE_LIMITED, "Several mails to this mailbox were requested within an hour.")
                    .retryAfter(untilNext(email));
        }
    }

    private Duration untilNext(String email) {
        Duration wait = jdbc.sql("""
                select mailed_at[greatest(1, cardinality(mailed_at) + 1 - :most)] from mailbox_brake where mailbox = :mailbox
                """)
                .param("most", most)
                .param("mailbox", tokens.confirmed(email))
                .query(Timestamp.class)
                .optional()
                .map(first ->
                        Duration.between(clock.instant(), first.toInstant().plus(HOUR)))
                .orElse(HOUR);
        return wait.isPositive() ? wait : Duration.ofSeconds(1);
    }

    /** Deletes records that no longer limit any mail. */
    @Scheduled(fixedDelay = 600_000, initialDelay = 120_000)
    void forgetOld() {
        BatchedMaintenance.repeat(most -> jdbc.sql("""
                delete from mailbox_brake
                 where ctid = any (array(select ctid from mailbox_brake where last_at < :at limit :most)) and last_at < :at
                """)
                .param("at", Timestamp.from(clock.instant().minus(HOUR)))
                .param("most", most)
                .update());
    }
}
