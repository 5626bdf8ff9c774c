package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that ended holds wait while payment-service does not report, on a service whose reports come from this test alone. */
@RegistrationServiceTest
class HoldsWaitIT {

    private static final Duration LONGEST = Duration.ofMinutes(10);

    @Autowired
    private ServiceFixture service;

    @Autowired
    private PaymentProgressRepository progress;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private MeterRegistry meters;

    @BeforeEach
    void payments_fall_silent() {
        report();
        jdbc.sql("update payment_progress set read_at = read_at - interval '30 seconds'")
                .update();
    }

    @AfterEach
    void nothing_was_ever_reported() {
        jdbc.sql("delete from payment_progress").update();
    }

    @Test
    void ended_holds_wait_for_unheard_payments_ten_minutes_at_most() {
        Reply earlier = service.register(service.putConference(1, 300), "seat").expect(201);
        String slug = service.putConference(2, 600);
        Reply paid = service.register(slug, "seat").expect(201);
        Reply unpaid = service.register(slug, "seat").expect(201);
        Instant end = end(unpaid);

        service.moveTo(end.plusSeconds(1).toString());
        awaitWaiting();
        assertThat(service.read(earlier).text("status")).isEqualTo("pending-payment");
        assertThat(service.read(unpaid).text("status")).isEqualTo("pending-payment");
        service.register(slug, "seat").expectProblem(409, "sold-out");

        service.moveTo(end(earlier).plus(LONGEST).plusSeconds(1).toString());
        service.awaitStatus(earlier, "expired");
        assertThat(service.read(unpaid).text("status"))
                .as("has not waited long enough")
                .isEqualTo("pending-payment");
        service.pay(paid, 10_000, 2);
        service.awaitStatus(paid, "confirmed");

        service.moveTo(end.plus(LONGEST).plusSeconds(1).toString());
        service.awaitStatus(unpaid, "expired");
        service.registerForFreedSeat(slug, "seat").expect(201);
        assertThat(service.read(paid).text("status")).isEqualTo("confirmed");
    }

    @Test
    void waiting_holds_end_once_payments_are_received_again() {
        Reply held = service.register(service.putConference(1, 600), "seat").expect(201);
        service.moveTo(end(held).plusSeconds(1).toString());
        awaitWaiting();

        report();
        jdbc.sql("update payment_progress set clear_since = clear_since - interval '8 seconds'")
                .update();

        await().atMost(SOON).until(() -> {
            report();
            return service.read(held).text("status").equals("expired");
        });
    }

    private static Instant end(Reply held) {
        return Instant.parse(held.text("holdExpiresAt"));
    }

    /** Waits until the job has run and holds wait. */
    private void awaitWaiting() {
        await().atMost(SOON)
                .until(() -> meters.get("registration.holds.waiting")
                                .tag("reason", HoldGrace.PAYMENT_SILENT.wireName())
                                .gauge()
                                .value()
                        == 1);
    }

    /** Reports for payment-service that no work waits there. */
    private void report() {
        progress.note(new PaymentProgressListener.Progress(Instant.now(), 0, 0));
    }
}
