package org.openingminute.registration.admission;

import org.openingminute.messaging.Ids;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Makes more instances of the service on a test's database. */
@TestComponent
class Instances {

    private final BatchRun batchRun;
    private final RefusalRepository looks;
    private final AdmissionFigures figures;
    private final JdbcClient jdbc;

    Instances(BatchRun batchRun, RefusalRepository looks, AdmissionFigures figures, JdbcClient jdbc) {
        this.batchRun = batchRun;
        this.looks = looks;
        this.figures = figures;
        this.jdbc = jdbc;
    }

    /** Another instance: its own queues and its own memory, the same database and figures. */
    Admissions another() {
        ConferenceRepository conferences = new ConferenceRepository(jdbc);
        return new Admissions(
                batchRun,
                conferences,
                new FirstAnswers(Ids.timeOrdered()),
                new Refusals(looks, conferences, figures),
                figures);
    }
}
