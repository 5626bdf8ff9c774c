package org.openingminute.registration.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that gateways share ended sessions of staff, over HTTP on the running service. */
@RegistrationServiceTest
class StaffSessionsIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void an_ended_session_is_remembered_until_it_would_have_ended() {
        UUID session = UUID.randomUUID();
        assertThat(isEnded(session)).isFalse();
        end(session, Instant.now().plusSeconds(3_600));
        end(session, Instant.now().plusSeconds(3_600));
        assertThat(isEnded(session)).isTrue();

        UUID another = UUID.randomUUID();
        end(another, Instant.now().minusSeconds(1));
        end(UUID.randomUUID(), Instant.now().plusSeconds(3_600));
        assertThat(jdbc.sql("select count(*) from ended_session where id = ?")
                        .param(another)
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(isEnded(session)).isTrue();
    }

    @Test
    void only_staff_end_sessions_and_say_until_when() {
        String path = path(UUID.randomUUID());
        service.put(path, "k1.nonsense", "{\"endsAt\": \"2026-05-18T00:00:00Z\"}")
                .expectProblem(401, "unauthenticated");
        service.put(path, staffToken("organiser"), "{}").expectProblem(422, "invalid");
        service.put(path, staffToken("organiser"), "{\"endsAt\": \"soon\"}").expectProblem(422, "invalid");
    }

    private void end(UUID session, Instant endsAt) {
        service.put(path(session), staffToken("check-in"), "{\"endsAt\": \"" + endsAt + "\"}")
                .expect(200);
    }

    private boolean isEnded(UUID session) {
        return service.get(path(session), "").expect(200).body().get("ended").asBoolean();
    }

    private static String path(UUID session) {
        return "/internal/staff-sessions/" + session;
    }
}
