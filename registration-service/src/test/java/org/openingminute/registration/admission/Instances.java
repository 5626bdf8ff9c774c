package org.openingminute.registration.admission;

import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.TraceContext;
import org.openingminute.registration.memory.ConferenceRepository;
import org.openingminute.registration.memory.FirstAnswers;
import org.openingminute.registration.memory.RefusalFigures;
import org.openingminute.registration.memory.RefusalRepository;
import org.openingminute.registration.memory.Refusals;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Makes more instances of the service on a test's database; made by the bean factory. */
final class Instances {

    private final BatchRun batchRun;
    private final RefusalRepository looks;
    private final AdmissionFigures figures;
    private final RefusalFigures refusals;
    private final JdbcClient jdbc;

    Instances(
            BatchRun batchRun,
            RefusalRepository looks,
            AdmissionFigures figures,
            RefusalFigures refusals,
            JdbcClient jdbc) {
        this.batchRun = batchRun;
        this.looks = looks;
        this.figures = figures;
        this.refusals = refusals;
        this.jdbc = jdbc;
    }

    /** Another instance: its own queues and its own memory, the same database and figures. */
    Admissions another() {
        ConferenceRepository conferences = new ConferenceRepository(jdbc);
        return new Admissions(
                batchRun,
                conferences,
                new FirstAnswers(),
                new Refusals(looks, conferences, refusals),
                figures,
                Ids.timeOrdered(),
                TraceContext.none());
    }
}
