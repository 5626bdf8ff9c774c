package org.openingminute.registration.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Conference;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells {@code deploy/compose/back-up} whether a sale is busy. During a backup its snapshot keeps all row versions that the batches write,
 * and every statement has to skip them, so a backup should avoid busy times. Not reachable from outside.
 */
@RestController
class BusyController {

    private static final Duration OPENING = Duration.ofMinutes(30);
    private static final Duration WATCHED = Duration.ofSeconds(3);
    private static final long LONG_WAIT_MILLIS = 50;

    private final Conferences conferences;
    private final Admissions admissions;
    private final MeterRegistry meters;

    BusyController(Conferences conferences, Admissions admissions, MeterRegistry meters) {
        this.conferences = conferences;
        this.admissions = admissions;
        this.meters = meters;
    }

    /** Returns in plain words why a sale is busy; no content if none is. Observes the queues of this instance for three seconds. */
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

    /** Measures how long commands wait: those whose batch began meanwhile, and those still waiting. */
    private Optional<String> waiting() throws InterruptedException {
        Timer wait = meters.get("admission.queue.wait").timer();
        long count = wait.count();
        double total = wait.totalTime(TimeUnit.MILLISECONDS);
        Thread.sleep(WATCHED);
        long begun = Math.max(1, wait.count() - count);
        long mean = Math.round((wait.totalTime(TimeUnit.MILLISECONDS) - total) / begun);
        long longest = Math.max(mean, admissions.longestWait().toMillis());
        return longest > LONG_WAIT_MILLIS
                ? Optional.of("registrations wait %d ms for their batch".formatted(longest))
                : Optional.empty();
    }
}
