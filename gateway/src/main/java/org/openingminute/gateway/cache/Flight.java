package org.openingminute.gateway.cache;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The one request for a key that is on its way, and what becomes of it for all that wait. Thread-safe. */
final class Flight {

    private final Sinks.One<Outcome> ended = Sinks.one();

    /** The end of a flight. */
    sealed interface Outcome {

        /** An answer for all. */
        record Answered(KeptAnswer answer) implements Outcome {}

        /** An answer that is for its caller alone: each asks for itself. */
        record Private() implements Outcome {}

        /** The service has failed. */
        record Failed() implements Outcome {}

        /** The client that flew has gone, or may not fly: another flies. */
        record Abandoned() implements Outcome {}
    }

    /** Ends it; a second end changes nothing. */
    void end(Outcome outcome) {
        ended.tryEmitValue(outcome);
    }

    Mono<Outcome> outcome() {
        return ended.asMono();
    }
}
