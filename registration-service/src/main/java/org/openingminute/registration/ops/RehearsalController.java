package org.openingminute.registration.ops;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.messaging.Pulse;
import org.openingminute.registration.admission.BusinessClock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Reads and moves business time. */
@RestController
@ConditionalOnProperty(name = "registration.mode", havingValue = "rehearsal")
@RequestMapping("/api/rehearsal/clock")
class RehearsalController {

    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

    private final BusinessClock clock;
    private final Pulse pulse;

    RehearsalController(BusinessClock clock, Pulse pulse) {
        this.clock = clock;
        this.pulse = pulse;
    }

    /** Business time. */
    record ClockView(Instant now) {}

    /**
     * A request to move the clock.
     *
     * @param now the new business time
     */
    record ClockRequest(@Nullable String now) {}

    @GetMapping
    ClockView now() {
        return new ClockView(clock.now());
    }

    @Operation(
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = ClockRequest.class))))
    @PutMapping
    ClockView move(@RequestBody(required = false) byte @Nullable [] body) throws InterruptedException {
        ClockRequest wanted = JsonBody.readKnown(JsonBody.object(body), ClockRequest.class);
        Instant now = clock.moveTo(instant(wanted.now()));
        pulse.soon();
        return new ClockView(now);
    }

    private static Instant instant(@Nullable String text) {
        try {
            Instant instant = text == null ? null : OffsetDateTime.parse(text).toInstant();
            if (instant != null && instant.isAfter(EARLIEST) && instant.isBefore(LATEST)) {
                return instant;
            }
        } catch (DateTimeException e) {
            // The error is reported below.
        }
        throw Problem.invalid("now", "not-an-instant", "must be an instant, such as 2026-02-02T09:00:00-08:00");
    }
}
