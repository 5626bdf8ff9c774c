package org.openingminute.gateway.request;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;

/** The refusals of bodies. Each is counted when it is created. Thread-safe. */
final class BodyRefusals {

    private final Counter tooLarge;
    private final Counter tooSlow;
    private final Counter overCapacity;

    BodyRefusals(MeterRegistry meters) {
        tooLarge = counter("too-large", meters);
        tooSlow = counter("too-slow", meters);
        overCapacity = counter("in-transit", meters);
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

    /** The bodies of the client's address, or of all clients together, take up too much memory. */
    Problem overCapacity() {
        overCapacity.increment();
        return Problem.unavailable();
    }
}
