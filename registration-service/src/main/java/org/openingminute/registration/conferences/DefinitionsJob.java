package org.openingminute.registration.conferences;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.operations.StatePublisher;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Republishes once a day the definitions of all conferences that are not over, so that a consumer that has lost them gets them back. */
@Component
class DefinitionsJob implements StatePublisher {

    private static final Logger log = LoggerFactory.getLogger(DefinitionsJob.class);

    private final Conferences conferences;
    private final Admissions admissions;

    DefinitionsJob(Conferences conferences, Admissions admissions) {
        this.conferences = conferences;
        this.admissions = admissions;
    }

    @Scheduled(fixedDelay = 24 * 60, initialDelay = 60, timeUnit = TimeUnit.MINUTES)
    void daily() {
        try {
            republish();
        } catch (DataAccessException | TransactionException | CompletionException | Problem e) {
            log.warn("Definitions could not be republished, retrying tomorrow: {}", RedactedException.types(e));
        }
    }

    /**
     * Publishes the definitions. Returns when all of them are in the outbox.
     *
     * @throws CompletionException if the database is unavailable
     */
    @Override
    public void republish() {
        List<CompletableFuture<Result>> answers = conferences.notOver().stream()
                .map(conference -> admissions.submit(new Command.Republish(conference.slug())))
                .toList();
        answers.forEach(CompletableFuture::join);
    }
}
