package org.openingminute.gateway.request;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;

/** The refusals of bodies, each of which is counted when it is made. Thread-safe. */
final class BodyRefusals {

    private final Counter tooLarge;
    private final Counter tooSlow;
    private final Counter crowded;

    BodyRefusals(MeterRegistry meters) {
        tooLarge = counter("too-large", meters);
        tooSlow = counter("too-slow", meters);
        crowded = counter("in-transit", meters);
    }

    private static Counter counter(String reason, MeterRegistry meters) {
        return Counter.builder("gateway.bodies.refused").tag("reason", reason).register(meters);
    }

    Problem tooLarge(long allowed) {
        tooLarge.increment();
        return new Problem(
                CommonProblem.TOO_LARGE, "The request is larger than the " + allowed + " bytes allowed here.");
    }

    Problem tooSlow() {
        tooSlow.increment();
        return new Problem(CommonProblem.MALFORMED, "The body of the request did not arrive in time.");
    }

    /** While the bodies of its address, or all, take too much. */
    Problem crowded() {
        crowded.increment();
        return Problem.unavailable();
    }
}
