package org.openingminute.notification.subscription;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Steps;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps a mailbox from being flooded with mails that anybody can ask for by its address: where limits are on, it gets a few in an
 * hour. Safe for many threads and instances.
 */
@Repository
public class MailboxBrake {

    private static final Duration HOUR = Duration.ofHours(1);

    private final JdbcClient jdbc;
    private final InterestTokens tokens;
    private final Clock clock;
    private final boolean limited;
    private final int most;
    private final Counter heldBack;

    MailboxBrake(
            JdbcClient jdbc,
            InterestTokens tokens,
            Clock clock,
            NotificationServiceSettings settings,
            MeterRegistry meters) {
        this.jdbc = jdbc;
        this.tokens = tokens;
        this.clock = clock;
        this.limited = settings.limited();
        this.most = settings.mails().requestedPerHour();
        this.heldBack = meters.counter("mails.held.back", "reason", "requested");
    }

    /** Counts one more mail, unless it would be one too many; false if so. In the transaction that inserts the mail. */
    boolean allows(String email) {
        boolean allowed = isAllowed(email);
        if (!allowed) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    heldBack.increment();
                }
            });
        }
        return allowed;
    }

    private boolean isAllowed(String email) {
        return !limited || count(email, clock.instant());
    }

    private boolean count(String email, Instant now) {
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
     * The same for a caller who may learn of it.
     *
     * @throws Problem {@code rate-limited}
     */
    public void check(String email) {
        if (!isAllowed(email)) {
            // Now, since the refusal rolls its transaction back.
            heldBack.increment();
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

    /** Deletes what no longer keeps a mail back. */
    @Scheduled(fixedDelay = 600_000, initialDelay = 120_000)
    void forgetOld() {
        Steps.repeat(most -> jdbc.sql("""
                delete from mailbox_brake
                 where ctid = any (array(select ctid from mailbox_brake where last_at < :at limit :most)) and last_at < :at
                """)
                .param("at", Timestamp.from(clock.instant().minus(HOUR)))
                .param("most", most)
                .update());
    }
}
