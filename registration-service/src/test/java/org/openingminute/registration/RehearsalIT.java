package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves that moving business time has taken full effect when the response arrives, on the running service. */
@RegistrationServiceTest
class RehearsalIT {

    @Autowired
    private ServiceFixture service;

    @Test
    void public_sale_data_follows_the_rehearsal_clock() {
        String slug = service.putConference(10, 600);
        for (int round = 0; round < 5; round++) {
            service.moveTo("2025-12-31T23:59:30Z");
            assertThat(state(slug)).isEqualTo("not-open");
            service.moveTo("2026-01-01T00:00:00Z");
            assertThat(state(slug)).isEqualTo("open");
            service.moveTo("2026-05-22T00:00:01Z");
            assertThat(state(slug)).isEqualTo("closed");
        }

        Reply closed = service.register(slug, "seat").expectProblem(409, "closed");
        assertThat(closed.text("closesAt")).isEqualTo("2026-05-22T00:00:00Z");
    }

    @Test
    void the_last_second_of_a_sale_still_counts() {
        String slug = service.putConference(10, 600);
        // Moved again after a pause of the machine that was longer than what is left of the sale.
        await().atMost(SOON).pollDelay(Duration.ZERO).until(() -> {
            service.moveTo("2026-05-21T23:59:59Z");
            return service.register(slug, "seat").status() == 201;
        });
    }

    @Test
    void jobs_that_sleep_are_woken_when_the_clock_moves() {
        String slug = service.putConference(10, 600);
        Reply held = service.register(slug, "seat").expect(201);
        service.moveTo(service.businessTime().plusSeconds(601).toString());

        awaitSoonerThanByThemselves(() -> service.read(held).text("status").equals("expired"));

        service.moveTo("2025-12-31T23:59:30Z");
        String opening = service.putConference(10, 600);
        service.moveTo("2026-01-01T00:00:00Z");

        awaitSoonerThanByThemselves(
                () -> !service.written("conference.events.v1", opening).isEmpty());
    }

    private static void awaitSoonerThanByThemselves(Callable<Boolean> done) {
        await().atMost(Duration.ofSeconds(25)).until(done);
    }

    @Test
    void a_clock_takes_an_instant_and_nothing_else() {
        service.send("PUT", "/api/rehearsal/clock", null, null, "{\"now\": \"tomorrow\"}")
                .expectProblem(422, "invalid");
        service.send("DELETE", "/api/rehearsal/clock", null, newKey(), null).expectProblem(404, "not-found");
    }

    private String state(String slug) {
        return service.send("GET", "/api/conferences/" + slug + "/availability", null, null, null)
                .expect(200)
                .text("state");
    }
}
