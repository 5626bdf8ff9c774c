package org.openingminute.registration.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Alone;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that the cost of the status does not grow with the number of registrations, on the running service with its database. */
@RegistrationServiceTest
@Import(Alone.class)
class StatusIT {

    private static final int REGISTRATIONS = Integer.getInteger("status.registrations", 20_000);
    private static final int ASKED = 20;

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private DataSource pool;

    @Test
    void it_counts_money_without_a_seat_and_reads_no_registration() throws SQLException {
        String slug = service.putConference(10, 600);
        Reply paid = service.register(slug, "seat").expect(201);
        service.pay(paid, 10_000, 1);
        service.awaitStatus(paid, "confirmed");
        fill();
        // Reads of the steps before would otherwise be counted up to ten seconds later.
        StatementCounts.tellNow(pool);
        Reads before = reads();

        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < ASKED; i++) {
            long began = System.nanoTime();
            Reply status = service.get("/internal/status", "").expect(200);
            took.add(Duration.ofNanos(System.nanoTime() - began));
            assertThat(status.number("capturesWithoutSeatOrRefund")).isZero();
            assertThat(status.body().get("seats").valueStream())
                    .anySatisfy(seats -> assertThat(seats.toString())
                            .isEqualTo("{\"conference\":\"%s\",\"capacity\":10,\"held\":0,\"confirmed\":1,\"free\":9}"
                                    .formatted(slug)));
        }

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(reads().money() - before.money()).isGreaterThanOrEqualTo(ASKED));
        assertThat(reads().scanned() - before.scanned())
                .as("rows of scans, of which each has all")
                .isLessThan(REGISTRATIONS);
        assertThat(reads().found() - before.found())
                .as("rows found by an index, at least one for each question")
                .isLessThan(ASKED);
        Collections.sort(took);
        System.out.printf(
                "status: %d registrations, median %d ms, slowest %d ms%n",
                REGISTRATIONS, took.get(ASKED / 2).toMillis(), took.getLast().toMillis());
        assertThat(took.get(ASKED / 2)).isLessThan(Duration.ofMillis(200));

        UUID lost = UUID.fromString(paid.text("id"));
        jdbc.sql("""
                update registration
                   set status = 'expired', document = replace(document::text, '"answered":"keep"', '"answered":null')::json
                 where id = ?
                """).param(lost).update();
        assertThat(service.get("/internal/status", "").number("capturesWithoutSeatOrRefund"))
                .isEqualTo(1);
        jdbc.sql("update registration set status = 'confirmed' where id = ?")
                .param(lost)
                .update();
        assertThat(service.get("/internal/status", "").number("capturesWithoutSeatOrRefund"))
                .isZero();
    }

    /** Reads of registrations by all sessions so far: rows by scans, rows by keys, and uses of the index of lost money. */
    private record Reads(long scanned, long found, long money) {}

    private Reads reads() {
        return jdbc.sql("""
                select (select seq_tup_read from pg_stat_user_tables where relname = 'registration') as scanned,
                       (select sum(idx_tup_read) from pg_stat_user_indexes
                         where relname = 'registration' and indexrelname <> 'registration_hold') as found,
                       (select idx_scan from pg_stat_user_indexes where indexrelname = 'registration_unanswered') as money
                """)
                .query((row, _) -> new Reads(row.getLong("scanned"), row.getLong("found"), row.getLong("money")))
                .single();
    }

    /** Inserts completed registrations of another conference. */
    private void fill() {
        jdbc.sql("""
                insert into registration (id, conference, number, created_at, captured, refunded, revision, changed_at, status,
                                          document)
                select gen_random_uuid(), 'another', n, now(), 10000, 0, 3, now(), 'confirmed',
                       json_build_object('money', json_build_object('answered', 'keep'), 'rest', repeat('x', 200))
                  from generate_series(1, ?) as n
                """).param(REGISTRATIONS).update();
        jdbc.sql("vacuum analyze registration").update();
    }
}
