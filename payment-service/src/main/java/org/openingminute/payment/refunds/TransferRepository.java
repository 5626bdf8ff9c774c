package org.openingminute.payment.refunds;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Browse;
import org.openingminute.payment.lifecycle.Money;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the refunds that organisers have to transfer. */
@Component
final class TransferRepository {

    private final JdbcClient jdbc;

    TransferRepository(@Browse JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A refund that waits for its transfer.
     *
     * @param reference the registration's reference
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
     * Returns the refunds of some conferences that wait for a transfer, in the order of their ids.
     *
     * @param conferences {@code null} for all
     * @param after the last id of the previous page; {@code null} for the first page
     */
    List<WaitingTransfer> waiting(@Nullable Set<String> conferences, @Nullable UUID after, int limit) {
        return jdbc.sql("""
                select refund.id, refund.registration_id, refund.amount, refund.currency, refund.reason, refund.asked_at,
                       request::jsonb ->> 'reference' as reference, request::jsonb #>> '{buyer,name}' as payer
                  from payment_open open
                  join payment using (registration_id)
                  join payment_refund refund on refund.registration_id = open.registration_id and refund.id = open.id
                 where open.what = 'transfer' and open.id > :after and request is not null
                   and (cast(:conferences as text[]) is null or conference = any(:conferences))
                 order by open.id
                 limit :limit
                """)
                .param("after", after == null ? new UUID(0, 0) : after)
                .param("conferences", conferences == null ? null : conferences.toArray(String[]::new))
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
