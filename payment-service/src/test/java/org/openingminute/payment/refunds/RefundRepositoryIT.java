package org.openingminute.payment.refunds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Proves that a claimed refund does not overwrite a concurrent change, on a real database. */
class RefundRepositoryIT {

    private static final UUID ID = UUID.randomUUID();
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    private final JdbcClient jdbc = JdbcClient.create(
            new DriverManagerDataSource(TestInfrastructure.newDatabase("refunds"), "postgres", "postgres"));
    private final RefundRepository refunds = new RefundRepository(jdbc);

    @Test
    void job_does_not_overwrite_what_a_dispute_has_set_meanwhile() {
        jdbc.sql(
                        "insert into payment_open (registration_id, id, what, since, due_at) values (?, ?, 'refund', now(), ?)")
                .param(ID)
                .param(ID)
                .param(NOW.atOffset(ZoneOffset.UTC))
                .update();
        RefundRepository.Claimed claimed = refunds.claim(NOW, 1).getFirst();

        setDue(null);
        refunds.checkAgain(claimed, NOW.plusSeconds(60));
        assertThat(due()).as("the dispute has begun").isNull();

        setDue(NOW);
        refunds.checkAgain(claimed, NOW.plusSeconds(60));
        assertThat(due()).as("the dispute has ended").isEqualTo(NOW);

        refunds.checkAgain(refunds.claim(NOW, 1).getFirst(), NOW.plusSeconds(60));
        assertThat(due()).isEqualTo(NOW.plusSeconds(60));
    }

    private void setDue(@Nullable Instant at) {
        jdbc.sql("update payment_open set due_at = ?")
                .param(at == null ? null : at.atOffset(ZoneOffset.UTC))
                .update();
    }

    private @Nullable Instant due() {
        return jdbc.sql("select due_at from payment_open")
                .query((row, _) -> Optional.ofNullable(row.getObject("due_at", OffsetDateTime.class)))
                .single()
                .map(OffsetDateTime::toInstant)
                .orElse(null);
    }
}
