package org.openingminute.registration.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Conference;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells {@code deploy/compose/back-up} whether a sale is busy: a copy's snapshot keeps every version of the rows that each batch
 * changes, and each statement passes them all. Not reachable from outside.
 */
@RestController
class BusyController {

    private static final Duration OPENING = Duration.ofMinutes(30);
    private static final Duration WATCHED = Duration.ofSeconds(3);
    private static final double LONG_WAIT_MILLIS = 50;

    private final Conferences conferences;
    private final MeterRegistry meters;

    BusyController(Conferences conferences, MeterRegistry meters) {
        this.conferences = conferences;
        this.meters = meters;
    }

    /** Why a sale is busy, in plain words; no content if none is. Watches the queues of this instance for a moment. */
    @GetMapping(path = "/internal/busy", produces = MediaType.TEXT_PLAIN_VALUE)
    ResponseEntity<String> busy() throws InterruptedException {
        Optional<String> why = opening();
        return (why.isPresent() ? why : waiting())
                .map(ResponseEntity::ok)
                .orElse(ResponseEntity.noContent().build());
    }

    private Optional<String> opening() {
        Instant now = conferences.now();
        return conferences.all().stream()
                .filter(Conference::open)
                .filter(one -> Duration.between(opensAt(one), now).abs().compareTo(OPENING) < 0)
                .findFirst()
                .map(one -> "the sale of %s %s at %s"
                        .formatted(one.slug(), opensAt(one).isAfter(now) ? "opens" : "opened", opensAt(one)));
    }

    private static Instant opensAt(Conference conference) {
        return conference.definition().registration().sale().opensAt();
    }

    private Optional<String> waiting() throws InterruptedException {
        Timer wait = meters.get("admission.queue.wait").timer();
        long count = wait.count();
        double total = wait.totalTime(TimeUnit.MILLISECONDS);
        Thread.sleep(WATCHED);
        double mean = (wait.totalTime(TimeUnit.MILLISECONDS) - total) / Math.max(1, wait.count() - count);
        return mean > LONG_WAIT_MILLIS
                ? Optional.of("registrations wait %.0f ms for their batch".formatted(mean))
                : Optional.empty();
    }
}
