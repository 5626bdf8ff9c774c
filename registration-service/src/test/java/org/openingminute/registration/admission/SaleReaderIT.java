package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Proves when a new clock epoch begins, on a real database. */
class SaleReaderIT {

    private final JdbcClient jdbc = JdbcClient.create(
            new DriverManagerDataSource(TestInfrastructure.newDatabase("sale_poll"), "postgres", "postgres"));
    private final SaleReader reader = new SaleReader(jdbc);

    /** The new server's clock may be behind, so that keys are admitted earlier than a cache's last known instant. */
    @Test
    void a_promoted_server_and_a_clock_set_back_begin_another_clock_epoch() {
        jdbc.sql("insert into inventory (conference, judged_at) values ('small-1', '2026-01-01Z')")
                .update();
        long first = clockEpoch();
        assertThat(clockEpoch()).isEqualTo(first);

        jdbc.sql("update inventory set set_backs = set_backs + 1").update();
        long setBack = clockEpoch();
        assertThat(setBack).isNotEqualTo(first);

        jdbc.sql("""
                insert into database_incarnation (number, system_identifier, database, timeline, restored)
                select number + 1, system_identifier, database, timeline + 1, false from database_incarnation
                """).update();
        assertThat(clockEpoch()).isNotIn(first, setBack);
    }

    private long clockEpoch() {
        return reader.poll("small-1", Instant.EPOCH).clockEpoch();
    }
}
