package org.openingminute.gateway.cache;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The one request for a key that is on its way, and what becomes of it for all that wait. Thread-safe. */
final class Flight {

    private final String client;
    private final Sinks.One<Outcome> ended = Sinks.one();
    private final Sinks.One<Outcome> delayed = Sinks.one();
    private volatile boolean waits;

    /** @param client the address of the one that flies */
    Flight(String client) {
        this.client = client;
    }

    /** The end of a flight. */
    sealed interface Outcome {

        /** An answer for all. */
        record Answered(KeptAnswer answer) implements Outcome {}

        /** An answer that is for its caller alone: each asks for itself. */
        record Private() implements Outcome {}

        /** The service has failed. */
        record Failed() implements Outcome {}

        /** The client that flew has gone, may not fly, or not yet: another flies. */
        record Abandoned() implements Outcome {}
    }

    /** Ends it; a second end changes nothing. */
    void end(Outcome outcome) {
        ended.tryEmitValue(outcome);
    }

    /** Its client waits for its turn: so do those at the same address, and no others. */
    void delay() {
        waits = true;
        delayed.tryEmitValue(new Outcome.Abandoned());
    }

    /** Whether a client at an address waits for it. */
    boolean isFor(String address) {
        return !waits || client.equals(address);
    }

    Mono<Outcome> outcome(String address) {
        return client.equals(address) ? ended.asMono() : Mono.firstWithSignal(ended.asMono(), delayed.asMono());
    }
}
