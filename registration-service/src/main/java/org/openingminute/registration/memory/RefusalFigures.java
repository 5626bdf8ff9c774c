package org.openingminute.registration.memory;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.registration.decision.SaleProblem;
import org.springframework.stereotype.Component;

/** What operators see of a "no" without SQL; the names are in {@code docs/metrics.md}. Safe for all threads. */
@Component
public class RefusalFigures {

    /** Of a counter that the batches have, too. */
    public static final String NAME = "admission.refusals";

    public static final String DESCRIPTION =
            "Asks that were refused, by reason, and whether a batch, this instance's memory or its door did it";

    /** Every code that this service refuses with; each has a counter from the start. */
    public static final List<ProblemCode> REASONS = Stream.<ProblemCode[]>of(
                    CommonProblem.values(), SaleProblem.values())
            .flatMap(Stream::of)
            .toList();

    private final Counter looks;
    private final Map<ProblemCode, Counter> refusals = new HashMap<>();

    public RefusalFigures(MeterRegistry registry) {
        this.looks = Counter.builder("admission.looks")
                .description("How often a sale was looked at, to say no from memory for a second")
                .register(registry);
        for (ProblemCode code : REASONS) {
            refusals.put(
                    code,
                    Counter.builder(NAME)
                            .description(DESCRIPTION)
                            .tags("reason", code.wireName(), "by", "memory")
                            .register(registry));
        }
    }

    void looked() {
        looks.increment();
    }

    void refused(ProblemCode reason) {
        requireNonNull(refusals.get(reason)).increment();
    }
}
