package org.openingminute.benchmarks.admission;

import java.util.HashMap;
import java.util.Map;
import org.openingminute.benchmarks.relay.ModulithParts;
import org.openingminute.kit.problem.Problem;
import org.openingminute.local.load.Candidate;
import org.openingminute.local.load.Candidate.Answered;
import org.openingminute.local.load.Sale;
import org.openingminute.registration.RegistrationServiceApplication;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Decisions;
import org.openingminute.registration.decision.Result;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The production admission, called in this process: an instance of registration-service without its HTTP. */
final class InProcess implements Candidate, AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final Workload workload;
    private final Admissions admissions;

    InProcess(Map<String, String> variables, Workload workload) {
        // One process has one configuration of its log, and that is the test's.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        this.workload = workload;
        this.context = new SpringApplicationBuilder(RegistrationServiceApplication.class)
                .web(WebApplicationType.NONE)
                .properties(new HashMap<>(variables))
                // Another benchmark's, which is on the same class path.
                .run("--spring.autoconfigure.exclude=" + ModulithParts.AUTO_CONFIGURATIONS);
        this.admissions = context.getBean(Admissions.class);
    }

    @Override
    public String name() {
        return "admission, in process";
    }

    Decisions decisions() {
        return context.getBean(Decisions.class);
    }

    @Override
    public Answered ask(Sale sale, long number) {
        return ask(workload.ask(sale.slug(), number));
    }

    Answered ask(org.openingminute.registration.decision.Command.Register ask) {
        try {
            var done = admissions.executeForReply(ask);
            return done.how() == Result.How.CREATED && done.registration() != null
                    ? Answered.done(done.registration())
                    : Answered.failed(name() + ": " + done.how());
        } catch (Problem problem) {
            return switch (problem.code().status().value()) {
                case 503 -> Answered.REFUSED;
                case 409 -> Answered.SAID_NO;
                default -> Answered.failed(name() + ": " + problem);
            };
        } catch (RuntimeException e) {
            return Answered.failed(name() + ": " + e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
