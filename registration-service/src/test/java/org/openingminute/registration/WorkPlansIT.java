package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.testing.WorkPlans;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

/** Proves that statements of the service's work read tables by index only, from the query plans of a real database. */
@RegistrationServiceTest
@Import(WorkPlansIT.OfItsOwn.class)
class WorkPlansIT {

    /** Gives this class its own service, because other tests' statements would count as statements of work. */
    static final class OfItsOwn {}

    private static final Set<String> OF_ONE_ROW = Set.of("rehearsal_clock", "payment_progress");

    @Autowired
    private ServiceFixture service;

    @Autowired
    private DataSource work;

    @Autowired
    private List<DueWork> jobs;

    @Test
    void no_statement_of_work_reads_a_whole_table() throws Exception {
        String slug = service.putConference(10, 600);
        Reply paid = service.register(slug, "seat").expect(201);
        service.pay(paid, 10_000, 1);
        service.awaitStatus(paid, "confirmed");
        checkIn(paid.text("attendees.0.id")).expect(201);
        checkIn(paid.text("attendees.0.id")).expect(409);
        checkIn(UUID.randomUUID().toString()).expect(422);
        service.get("/api/admin/conferences/" + slug + "/check-ins/counts", staffToken("check-in"))
                .expect(200);
        service.post(
                        "/api/registrations/" + paid.text("id") + "/cancellation",
                        paid.text("accessToken"),
                        ServiceFixture.newKey(),
                        "{\"refund\": {\"amount\": 9500, \"currency\": \"USD\"}}")
                .expect(200);
        Reply unpaid = service.register(slug, "seat").expect(201);
        service.timeline(unpaid);
        service.statistics(slug);
        service.moveTo(service.businessTime().plusSeconds(601).toString());
        service.awaitStatus(unpaid, "expired");

        assertThat(scanning()).isEmpty();
        WorkPlans.pretendMillionsOfRows(work);
        assertThat(scanning()).isEmpty();
    }

    private Reply checkIn(String attendee) {
        return service.post(
                "/api/admin/check-ins",
                staffToken("check-in"),
                ServiceFixture.newKey(),
                "{\"attendee\": \"" + attendee + "\", \"gate\": \"north\"}");
    }

    private Map<String, String> scanning() throws SQLException {
        return WorkPlans.scanning(work, jobs, 25, OF_ONE_ROW);
    }
}
