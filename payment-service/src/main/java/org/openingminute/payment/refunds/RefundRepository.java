package org.openingminute.payment.refunds;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.store.Payments;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Refunds that are due at a provider, and captures that wait for an answer. */
@Component
final class RefundRepository {

    /** Longer than the longest refund. After that, any instance may try again. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    private final JdbcClient jdbc;
    private final Payments payments;

    RefundRepository(JdbcClient jdbc, Payments payments) {
        this.jdbc = jdbc;
        this.payments = payments;
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

    private record Claimed(
            UUID registration, UUID id, @Nullable String traceparent) {}

    /** Claims due refunds for the time of the lease. */
    List<Due> claim(Instant now, int limit) {
        List<Claimed> claimed = jdbc.sql("""
                update payment_open set due_at = ?
                 where (registration_id, id) in (
                       select registration_id, id from payment_open
                        where what = 'refund' and due_at <= ?
                        order by due_at
                        limit ?
                          for update skip locked)
                returning registration_id, id, traceparent
                """)
                .param(now.plus(LEASE).atOffset(ZoneOffset.UTC))
                .param(now.atOffset(ZoneOffset.UTC))
                .param(limit)
                .query((row, _) -> new Claimed(
                        row.getObject("registration_id", UUID.class),
                        row.getObject("id", UUID.class),
                        row.getString("traceparent")))
                .list();
        if (claimed.isEmpty()) {
            return List.of();
        }
        Map<UUID, Payment> known =
                payments.find(claimed.stream().map(Claimed::registration).toList());
        return claimed.stream()
                .flatMap(one -> Stream.ofNullable(known.get(one.registration())).flatMap(payment -> due(payment, one)))
                .toList();
    }

    private static Stream<Due> due(Payment payment, Claimed claimed) {
        return payment.refunds().stream()
                .filter(refund -> refund.id().equals(claimed.id()) && refund.state() == Refund.RefundState.PENDING)
                .flatMap(refund -> payment.captures().stream()
                        .filter(capture -> capture.id().equals(refund.capture()))
                        .map(capture -> new Due(
                                refund.id(),
                                payment.registration(),
                                refund.amount(),
                                refund.requestedAt(),
                                capture.provider(),
                                capture.providerPayment(),
                                refund.providerRefund(),
                                claimed.traceparent())));
    }

    void checkAgain(Due refund, Instant at) {
        jdbc.sql("update payment_open set due_at = ? where registration_id = ? and id = ?")
                .param(at.atOffset(ZoneOffset.UTC))
                .param(refund.registration())
                .param(refund.id())
                .update();
    }

    /**
     * Registrations with a capture that is neither kept nor refunded and is due to be reported again (see {@code
     * Capture}).
     */
    List<UUID> unanswered(Instant now, int limit) {
        return jdbc.sql("""
                select registration_id from payment_open
                 where what = 'answer' and due_at <= ?
                 group by registration_id
                 order by max(due_at) desc
                 limit ?
                """)
                .param(now.atOffset(ZoneOffset.UTC))
                .param(limit)
                .query((row, _) -> row.getObject("registration_id", UUID.class))
                .list();
    }
}
