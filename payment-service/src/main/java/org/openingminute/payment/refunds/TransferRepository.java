package org.openingminute.payment.refunds;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Browse;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Money;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Refunds to be transferred by an organiser. */
@Component
final class TransferRepository {

    private final JdbcClient jdbc;

    TransferRepository(@Browse JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A refund that waits for its transfer.
     *
     * @param reference the registration's
     * @param payer the name on the receipt
     * @param reason why the money is refunded
     * @param requestedAt when it was requested
     */
    record WaitingTransfer(
            UUID refund,
            UUID registration,
            String reference,
            @Nullable String payer,
            Money amount,
            String reason,
            @JsonProperty("askedAt") Instant requestedAt) {}

    /**
     * The refunds of a conference that wait for a transfer, in the order of their ids.
     *
     * @param after the id after which the list goes on; {@code null} for its beginning
     */
    List<WaitingTransfer> waiting(@Nullable String conference, @Nullable UUID after, int limit) {
        return jdbc.sql("""
                select refund.id, refund.registration_id, refund.amount, refund.currency, refund.reason, refund.asked_at,
                       request ->> 'reference' as reference, request #>> '{buyer,name}' as payer
                  from payment_refund refund
                  join payment_capture capture on capture.id = refund.capture_id
                  join (select registration_id, request::jsonb as request from payment) payment
                       on payment.registration_id = refund.registration_id
                 where refund.state = 'pending' and capture.provider = :provider and refund.id > :after
                   and (cast(:conference as text) is null or request ->> 'conference' = :conference)
                 order by refund.id
                 limit :limit
                """)
                .param("provider", Capture.BY_TRANSFER)
                .param("after", after == null ? new UUID(0, 0) : after)
                .param("conference", conference)
                .param("limit", limit)
                .query((row, _) -> new WaitingTransfer(
                        row.getObject("id", UUID.class),
                        row.getObject("registration_id", UUID.class),
                        row.getString("reference"),
                        row.getString("payer"),
                        new Money(row.getLong("amount"), row.getString("currency")),
                        row.getString("reason"),
                        row.getObject("asked_at", OffsetDateTime.class).toInstant()))
                .list();
    }
}
