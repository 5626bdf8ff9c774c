package org.openingminute.registration.admission;

import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.TraceContext;
import org.openingminute.registration.admission.RefusalCache.RefusalMetrics;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Makes more instances of the service on a test's database; made by the bean factory. */
final class Instances {

    private final BatchRun batchRun;
    private final SaleReader looks;
    private final AdmissionMetrics figures;
    private final RefusalMetrics refusals;
    private final JdbcClient jdbc;

    Instances(BatchRun batchRun, SaleReader looks, AdmissionMetrics figures, RefusalMetrics refusals, JdbcClient jdbc) {
        this.batchRun = batchRun;
        this.looks = looks;
        this.figures = figures;
        this.refusals = refusals;
        this.jdbc = jdbc;
    }

    /** Another instance: its own queues and its own memory, the same database and figures. */
    Admissions another() {
        ConferenceCache conferences = new ConferenceCache(jdbc);
        return new Admissions(
                batchRun,
                conferences,
                new ReplyCache(),
                new RefusalCache(looks, conferences, refusals),
                figures,
                Ids.timeOrdered(),
                TraceContext.none());
    }
}
