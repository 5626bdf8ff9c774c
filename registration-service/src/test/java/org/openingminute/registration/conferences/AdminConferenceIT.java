package org.openingminute.registration.conferences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves that organisers' changes are idempotent by key, over HTTP on the running service. */
@RegistrationServiceTest
class AdminConferenceIT {

    private static final String ORGANISER = staffToken("organiser");

    @Autowired
    private ServiceFixture service;

    @Test
    void the_same_key_is_the_same_definition_though_another_came_between() {
        String path = "/api/admin/conferences/" + service.putConference(10, 600);
        String first = definition(path).replace("\"capacity\":10", "\"capacity\":11");
        String key = newKey();
        Reply done = service.send("PUT", path, ORGANISER, key, first).expect(200);
        service.put(path, ORGANISER, first.replace("\"capacity\":11", "\"capacity\":12"))
                .expect(200);

        Reply again = service.send("PUT", path, ORGANISER, key, first).expect(200);

        assertThat(tag(again)).isEqualTo(tag(done));
        assertThat(definition(path)).contains("\"capacity\":12");
        service.send("PUT", path, ORGANISER, key, first.replace("\"capacity\":11", "\"capacity\":13"))
                .expectProblem(422, "idempotency-key-reused");
    }

    @Test
    void a_dry_run_of_a_definition_is_refused_and_changes_nothing() {
        String path = "/api/admin/conferences/" + service.putConference(10, 600);
        Reply before = service.get(path, ORGANISER).expect(200);
        String changed = before.raw().body().replace("\"capacity\":10", "\"capacity\":11");

        for (String dryRun : List.of("true", "TRUE", "1", "", "false&dryRun=true")) {
            Reply refused =
                    service.put(path + "?dryRun=" + dryRun, ORGANISER, changed).expectProblem(422, "invalid");
            assertThat(refused.text("errors.0.field")).isEqualTo("dryRun");
        }
        service.send("PUT", path + "?dryRun=true", null, null, changed).expectProblem(401, "unauthenticated");

        Reply after = service.get(path, ORGANISER).expect(200);
        assertThat(tag(after)).isEqualTo(tag(before));
        assertThat(after.body()).isEqualTo(before.body());
        service.put(path + "?dryRun=false", ORGANISER, changed).expect(200);
        assertThat(definition(path)).contains("\"capacity\":11");
    }

    @Test
    void the_same_key_pauses_a_sale_once() {
        String path = "/api/admin/conferences/" + service.putConference(10, 600) + "/sale";
        String key = newKey();
        service.send("PUT", path, ORGANISER, key, "{\"state\": \"paused\"}").expect(200);
        service.put(path, ORGANISER, "{\"state\": \"open\"}").expect(200);

        service.send("PUT", path, ORGANISER, key, "{\"state\": \"paused\"}").expect(200);

        assertThat(service.get(path.replace("/admin", "").replace("/sale", ""), ORGANISER)
                        .expect(200)
                        .body()
                        .at("/sale/state")
                        .asString())
                .isEqualTo("open");
        service.send("PUT", path, ORGANISER, key, "{\"state\": \"open\"}").expectProblem(422, "idempotency-key-reused");
    }

    @Test
    void a_message_that_cannot_be_written_is_refused() {
        String path = "/api/admin/conferences/" + service.putConference(10, 600) + "/sale";
        service.put(path, ORGANISER, "{\"state\": \"paused\", \"message\": \"a\\u0000\"}")
                .expectProblem(422, "invalid");
        service.put(path, ORGANISER, "{\"state\": \"paused\", \"message\": \"" + "x".repeat(501) + "\"}")
                .expectProblem(422, "invalid");
        service.put(path, ORGANISER, "{\"state\": \"paused\", \"message\": \"Back at noon.\"}")
                .expect(200);
    }

    private String definition(String path) {
        return service.get(path, ORGANISER).expect(200).raw().body();
    }

    private static String tag(Reply reply) {
        return reply.raw().headers().firstValue("ETag").orElseThrow();
    }
}
