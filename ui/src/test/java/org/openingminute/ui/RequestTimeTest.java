package org.openingminute.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class RequestTimeTest {

    private static final Instant MACHINE = Instant.parse("2026-11-30T12:00:00Z");
    private static final String TOLD = "2026-02-02T17:18:59.123Z";

    private final Clock clock = Clock.fixed(MACHINE, ZoneOffset.UTC);
    private final RequestTime rehearsal = new RequestTime(clock, true);

    @AfterEach
    void end_the_request() {
        RequestContextHolder.resetRequestAttributes();
    }

    @Test
    void rehearsal_goes_by_what_its_request_tells() {
        answer(TOLD);

        assertThat(rehearsal.fromRequest()).contains(Instant.parse(TOLD));
        assertThat(rehearsal.now()).isEqualTo(Instant.parse(TOLD));
    }

    @Test
    void deployment_believes_nobody() {
        RequestTime deployed = new RequestTime(clock, false);
        answer(TOLD);

        assertThat(deployed.fromRequest()).isEmpty();
        assertThat(deployed.now()).isEqualTo(MACHINE);
    }

    @Test
    void machine_time_is_the_fallback() {
        assertThat(rehearsal.now()).as("without a request").isEqualTo(MACHINE);
        for (String none : new @Nullable String[] {null, "", "now"}) {
            answer(none);

            assertThat(rehearsal.fromRequest()).isEmpty();
            assertThat(rehearsal.now()).isEqualTo(MACHINE);
        }
    }

    private static void answer(@Nullable String header) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        if (header != null) {
            request.addHeader(BusinessTime.HEADER, header);
        }
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
    }
}
