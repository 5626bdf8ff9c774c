package org.openingminute.benchmarks.admission;

import java.util.HashMap;
import java.util.Map;
import org.openingminute.benchmarks.relay.ModulithParts;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.problem.Problem;
import org.openingminute.local.load.Candidate;
import org.openingminute.local.load.Candidate.Answered;
import org.openingminute.local.load.Sale;
import org.openingminute.registration.RegistrationServiceApplication;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Decisions;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.Registration.CountedBy;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Calls the production admission in this process: an instance of registration-service without its HTTP layer. */
final class InProcess implements Candidate, AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final Workload workload;
    private final Admissions admissions;

    InProcess(Map<String, String> variables, Workload workload) {
        // A process has a single log configuration, and here it is the test's.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        this.workload = workload;
        this.context = new SpringApplicationBuilder(RegistrationServiceApplication.class)
                .properties(new HashMap<>(variables))
                .run(
                        // Pages are served on a random port, and nobody requests them.
                        "--server.port=0",
                        "--management.server.port=0",
                        // Belongs to another benchmark on the same class path.
                        "--spring.autoconfigure.exclude=" + ModulithParts.AUTO_CONFIGURATIONS);
        this.admissions = context.getBean(Admissions.class);
    }

    @Override
    public String name() {
        return Targets.IN_PROCESS;
    }

    /** Returns a candidate with the bounds of {@code LIMITS=on}: seats count by mailbox and address, and each request has its own. */
    Candidate bounded() {
        return new Bounded(context.getBean(AccessTokens.class));
    }

    private final class Bounded implements Candidate {

        private final AccessTokens tokens;

        private Bounded(AccessTokens tokens) {
            this.tokens = tokens;
        }

        @Override
        public String name() {
            return Targets.BOUNDED;
        }

        @Override
        public Answered ask(Sale sale, long number) {
            Command.Register ask = workload.ask(sale.slug(), number);
            CountedBy by = new CountedBy(
                    tokens.pseudonym("unpaid-mailbox", "mailbox" + number),
                    tokens.pseudonym("unpaid-address", "address" + number));
            return InProcess.this.ask(
                    new Command.Register(ask.conference(), ask.key(), ask.requestHash(), ask.request(), by, null));
        }
    }

    Decisions decisions() {
        return context.getBean(Decisions.class);
    }

    @Override
    public Answered ask(Sale sale, long number) {
        return ask(workload.ask(sale.slug(), number));
    }

    Answered ask(Command.Register ask) {
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
