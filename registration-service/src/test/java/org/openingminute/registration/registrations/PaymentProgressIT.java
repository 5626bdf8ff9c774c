package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.operations.MessagingStatus.Broker;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.registrations.HoldGrace.LastProgress;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Proves when payment-service's last report counts as current, on a real database whose clock stands still. */
class PaymentProgressIT {

    private static final Broker READ = new Broker(true, true, List.of());

    /** A single connection, because its search path leads to the clock that stands still. */
    private final JdbcClient jdbc = JdbcClient.create(
            new SingleConnectionDataSource(TestInfrastructure.newDatabase("progress"), "postgres", "postgres", true));

    private final PaymentProgressRepository progress = new PaymentProgressRepository(jdbc);
    private final PaymentProgressListener listener = new PaymentProgressListener(progress);

    /** Otherwise some steps would have to follow each other within half a second, which a busy machine does not promise. */
    @BeforeEach
    void stopTheClock() {
        jdbc.sql("""
                create function public.clock_timestamp() returns timestamptz language sql
                return timestamptz '2026-02-02T17:00:00Z'
                """).update();
        jdbc.sql("set search_path = public, pg_catalog").update();
    }

    @Test
    void a_system_that_never_received_a_report_does_not_wait() {
        assertThat(progress.last()).isEmpty();
        assertThat(progress.holdGrace(READ)).isEmpty();
    }

    @Test
    void holds_wait_for_15_seconds_after_a_promotion() {
        jdbc.sql("update database_incarnation set restored = false, since = clock_timestamp() - interval '5 seconds'")
                .update();
        assertThat(progress.holdGrace(READ)).contains(HoldGrace.PAYMENTS_READ_AGAIN);

        jdbc.sql("update database_incarnation set since = since - interval '10 seconds'")
                .update();
        assertThat(progress.holdGrace(READ)).isEmpty();
    }

    @Test
    void the_last_record_counts_whatever_its_sequence() {
        report(message(1_000, 7, 0), message(2_000, 0.5, 0.25));
        assertThat(last().oldestUnsentSeconds()).isEqualTo(0.5);
        assertThat(last().oldestUntriedSeconds()).isEqualTo(0.25);

        report(message(1_500, 0, 6));

        assertThat(last().asOf()).isEqualTo(Instant.ofEpochMilli(1_500));
        assertThat(last().oldestUntriedSeconds()).isEqualTo(6);
        assertThat(progress.holdGrace(READ)).contains(HoldGrace.PAYMENT_BEHIND);
    }

    @Test
    void holds_wait_until_8_seconds_after_late_work() {
        report(message(2_000, 5.1, 0));
        assertThat(progress.holdGrace(READ)).contains(HoldGrace.PAYMENT_BEHIND);

        report(message(4_000, 5, 5));
        assertThat(progress.holdGrace(READ)).contains(HoldGrace.PAYMENT_BACK);
        Instant clearSince = last().clearSince();
        report(message(6_000, 0, 0));
        assertThat(last().clearSince()).isEqualTo(clearSince);
        age(Duration.ofSeconds(4));
        assertThat(progress.holdGrace(READ)).contains(HoldGrace.PAYMENT_BACK);

        report(message(8_000, 0, 0));
        age(Duration.ofMillis(4_100));
        assertThat(progress.holdGrace(READ)).isEmpty();
    }

    @Test
    void holds_wait_from_5_seconds_without_a_report_to_8_seconds_after() {
        report(message(2_000, 0, 0));
        age(Duration.ofSeconds(4));
        report(message(4_000, 0, 0));
        age(Duration.ofMillis(4_500));
        assertThat(progress.holdGrace(READ)).isEmpty();

        age(Duration.ofMillis(600));
        assertThat(progress.holdGrace(READ)).contains(HoldGrace.PAYMENT_SILENT);

        report(message(6_000, 0, 0));
        assertThat(progress.holdGrace(READ)).contains(HoldGrace.PAYMENT_BACK);
    }

    @Test
    void a_database_clock_that_is_set_back_starts_the_8_seconds_anew() {
        report(message(2_000, 0, 0));
        age(Duration.ofHours(-1));

        report(message(4_000, 0, 0));
        age(Duration.ofSeconds(4));
        report(message(6_000, 0, 0));
        age(Duration.ofMillis(4_100));

        assertThat(progress.holdGrace(READ)).isEmpty();
    }

    @Test
    void every_other_report_is_kept_unless_one_tells_of_late_work() {
        report(message(10_000, 0, 0));
        report(message(11_000, 0, 0));
        assertThat(last().asOf()).isEqualTo(Instant.ofEpochMilli(10_000));

        report(message(11_100, 0, 6));
        report(message(11_200, 0, 0));
        assertThat(last().asOf()).isEqualTo(Instant.ofEpochMilli(11_200));

        report(message(12_700, 0, 0));
        assertThat(last().asOf()).isEqualTo(Instant.ofEpochMilli(12_700));
    }

    private void report(Message... poll) {
        listener.onAll(List.of(poll));
    }

    private LastProgress last() {
        return progress.last().orElseThrow();
    }

    /** Ages the report by this time. */
    private void age(Duration time) {
        jdbc.sql("""
                update payment_progress
                   set read_at = read_at - :millis * interval '1 millisecond',
                       clear_since = clear_since - :millis * interval '1 millisecond'
                """).param("millis", time.toMillis()).update();
    }

    private static Message message(long asOfMillis, double unsent, double untried) {
        String type = "payment.progress.v1";
        Instant asOf = Instant.ofEpochMilli(asOfMillis);
        return new Message(
                UUID.randomUUID(),
                type,
                "payment-service",
                type,
                "/payment-service",
                asOf,
                asOfMillis,
                "{\"asOf\": \"%s\", \"oldestUnsentSeconds\": %s, \"oldestUntriedSeconds\": %s}"
                        .formatted(asOf, unsent, untried),
                Map.of());
    }
}
