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
    void a_request_over_the_limit_is_shed_until_another_leaves() throws Exception {
        fill(INSIDE, () -> {
            MockHttpServletResponse refused = post(SEATS, () -> {});
            assertThat(refused.getStatus()).isEqualTo(503);
            assertThat(refused.getHeader("Retry-After")).isEqualTo("1");
            assertThat(refused.getContentType()).isEqualTo("application/problem+json");
            assertThat(refused.getContentAsString()).contains("\"code\":\"unavailable\"");
            assertThat(meters.get("admission.refusals")
                            .tags("by", "shed", "reason", "unavailable")
                            .counter()
                            .count())
                    .isEqualTo(1);
        });
        assertThat(post(SEATS, () -> {}).getStatus()).isEqualTo(200);
    }

    @Test
    void cancellations_pass_at_the_limit() throws Exception {
        fill(INSIDE, () -> {
            assertThat(post("/api/registrations/0199/cancellation", () -> {}).getStatus())
                    .isEqualTo(200);
            assertThat(post("/conferences/mlsys-2026/register", () -> {}).getStatus())
                    .isEqualTo(503);
        });
    }

    @Test
    void reads_pass_at_the_limit_of_writes() throws Exception {
        fill(INSIDE, () -> {
            assertThat(send("GET", "/conferences/mlsys-2026/register", () -> {}).getStatus())
                    .isEqualTo(200);
            assertThat(send("GET", SEATS, () -> {}).getStatus()).isEqualTo(200);
        });
    }

    @Test
    void reads_are_limited_too_and_health_checks_always_pass() throws Exception {
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
    void a_failed_request_frees_its_place() throws Exception {
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
