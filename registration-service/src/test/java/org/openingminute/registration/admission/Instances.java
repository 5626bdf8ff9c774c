package org.openingminute.registration.admission;

import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.TraceContext;
import org.openingminute.registration.admission.RefusalCache.RefusalMetrics;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Creates further instances of the service on a test's database, with the bean factory. */
final class Instances {

    private final BatchRun batchRun;
    private final SaleReader polls;
    private final AdmissionMetrics metrics;
    private final RefusalMetrics refusals;
    private final JdbcClient jdbc;

    Instances(BatchRun batchRun, SaleReader polls, AdmissionMetrics metrics, RefusalMetrics refusals, JdbcClient jdbc) {
        this.batchRun = batchRun;
        this.polls = polls;
        this.metrics = metrics;
        this.refusals = refusals;
        this.jdbc = jdbc;
    }

    /** Creates an instance with its own queues and caches, and the same database and metrics. */
    Admissions another() {
        ConferenceCache conferences = new ConferenceCache(jdbc);
        return new Admissions(
                batchRun,
                conferences,
                new ReplyCache(),
                new RefusalCache(polls, conferences, refusals),
                metrics,
                Ids.timeOrdered(),
                TraceContext.none());
    }
}
