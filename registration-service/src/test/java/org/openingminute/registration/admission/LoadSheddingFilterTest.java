package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

class LoadSheddingFilterTest {

    private static final int INSIDE = 5;
    private static final int READING = 3;
    private static final String SEATS = "/api/conferences/mlsys-2026/registrations";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LoadSheddingFilter filter = new LoadSheddingFilter(
            new AdmissionMetrics(meters), JsonMapper.builder().build(), INSIDE, READING);

    @Test
    void one_more_than_fits_is_told_to_come_again_and_there_is_room_when_somebody_left() throws Exception {
        fill(INSIDE, () -> {
            MockHttpServletResponse refused = post(SEATS, () -> {});
            assertThat(refused.getStatus()).isEqualTo(503);
            assertThat(refused.getHeader("Retry-After")).isEqualTo("1");
            assertThat(refused.getContentType()).isEqualTo("application/problem+json");
            assertThat(refused.getContentAsString()).contains("\"code\":\"unavailable\"");
            assertThat(meters.get("admission.refusals")
                            .tags("by", "door", "reason", "unavailable")
                            .counter()
                            .count())
                    .isEqualTo(1);
        });
        assertThat(post(SEATS, () -> {}).getStatus()).isEqualTo(200);
    }

    @Test
    void who_gives_a_seat_back_is_let_in_to_a_full_house() throws Exception {
        fill(INSIDE, () -> {
            assertThat(post("/api/registrations/0199/cancellation", () -> {}).getStatus())
                    .isEqualTo(200);
            assertThat(post("/conferences/mlsys-2026/register", () -> {}).getStatus())
                    .isEqualTo(503);
        });
    }

    @Test
    void who_only_reads_is_let_in_to_a_full_house() throws Exception {
        fill(INSIDE, () -> {
            assertThat(send("GET", "/conferences/mlsys-2026/register", () -> {}).getStatus())
                    .isEqualTo(200);
            assertThat(send("GET", SEATS, () -> {}).getStatus()).isEqualTo(200);
        });
    }

    @Test
    void those_who_read_are_not_too_many_either_and_who_watches_over_the_service_is_always_answered() throws Exception {
        read(READING, () -> {
            assertThat(send("GET", "/api/conferences/mlsys-2026", () -> {}).getStatus())
                    .isEqualTo(503);
            assertThat(send("GET", "/actuator/health/liveness", () -> {}).getStatus())
                    .isEqualTo(200);
            assertThat(post(SEATS, () -> {}).getStatus()).isEqualTo(200);
        });
        assertThat(send("GET", "/api/conferences/mlsys-2026", () -> {}).getStatus())
                .isEqualTo(200);
    }

    private void read(int people, Checked then) throws Exception {
        if (people == 0) {
            then.run();
        } else {
            assertThat(send("GET", "/api/conferences", () -> read(people - 1, then))
                            .getStatus())
                    .isEqualTo(200);
        }
    }

    @Test
    void who_leaves_by_an_error_makes_room_like_everybody() throws Exception {
        for (int i = 0; i < INSIDE; i++) {
            assertThatThrownBy(() -> post(SEATS, () -> {
                        throw new IllegalArgumentException("a body that nobody can read");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(post(SEATS, () -> {}).getStatus()).isEqualTo(200);
    }

    /** Each is inside while the next one comes. */
    private void fill(int people, Checked then) throws Exception {
        if (people == 0) {
            then.run();
        } else {
            assertThat(post(SEATS, () -> fill(people - 1, then)).getStatus()).isEqualTo(200);
        }
    }

    private interface Checked {
        void run() throws Exception;
    }

    private MockHttpServletResponse post(String path, Checked meanwhile) throws Exception {
        return send("POST", path, meanwhile);
    }

    private MockHttpServletResponse send(String method, String path, Checked meanwhile) throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();
        filter.doFilter(request(method, path), response, (request, answer) -> {
            try {
                meanwhile.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        return response;
    }

    private static MockHttpServletRequest request(String method, String path) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, path);
        request.setServletPath(path);
        return request;
    }
}
