package org.openingminute.payment.refunds;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Money;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Refunds that are due at a provider, and captures that wait for an answer. */
@Component
final class RefundRepository {

    /** Longer than the longest refund. After that, any instance may try again. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    private final JdbcClient jdbc;

    RefundRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A refund to be made.
     *
     * @param name the provider's name for it, if it was accepted already and only the outcome is not known
     * @param traceparent the trace of its command
     */
    record Due(
            UUID id,
            UUID registration,
            Money amount,
            Instant requestedAt,
            String provider,
            String providerPayment,
            @Nullable String name,
            @Nullable String traceparent) {}

    /** Claims due refunds for the time of the lease. */
    List<Due> claim(Instant now, int limit) {
        return jdbc.sql("""
                update payment_refund refund set next_at = ?
                  from payment_capture capture
                 where capture.id = refund.capture_id
                   and refund.id in (
                       select id from payment_refund
                        where state = 'pending' and capture_id is not null and next_at <= ?
                          -- no provider refunds disputed money, so the refund waits for the end of the dispute
                          and not exists (select from payment_dispute d
                                           where d.capture_id = payment_refund.capture_id and d.state = 'open')
                        order by next_at
                        limit ?
                          for update skip locked)
                returning refund.id, refund.registration_id, refund.amount, refund.currency, refund.asked_at,
                          refund.provider_refund, refund.traceparent, capture.provider, capture.provider_payment
                """)
                .param(now.plus(LEASE).atOffset(ZoneOffset.UTC))
                .param(now.atOffset(ZoneOffset.UTC))
                .param(limit)
                .query((row, _) -> new Due(
                        row.getObject("id", UUID.class),
                        row.getObject("registration_id", UUID.class),
                        new Money(row.getLong("amount"), row.getString("currency")),
                        row.getObject("asked_at", OffsetDateTime.class).toInstant(),
                        row.getString("provider"),
                        row.getString("provider_payment"),
                        row.getString("provider_refund"),
                        row.getString("traceparent")))
                .list();
    }

    void checkAgain(UUID id, Instant at) {
        jdbc.sql("update payment_refund set next_at = ? where id = ? and state = 'pending'")
                .param(at.atOffset(ZoneOffset.UTC))
                .param(id)
                .update();
    }

    /**
     * Registrations with a capture that is neither kept nor refunded and is due to be reported again (see {@code
     * Capture}).
     */
    List<UUID> unanswered(Instant now, int limit) {
        return jdbc.sql("""
                select capture.registration_id
                  from payment_capture capture join payment using (registration_id)
                 where not capture.answered and not capture.surplus and payment.revision > 0
                   and capture.told_at + interval '20 seconds' * power(2, least(capture.told_again, 4)) <= ?
                 group by capture.registration_id
                 order by max(capture.told_at) desc
                 limit ?
                """)
                .param(now.atOffset(ZoneOffset.UTC))
                .param(limit)
                .query((row, _) -> row.getObject("registration_id", UUID.class))
                .list();
    }
}
