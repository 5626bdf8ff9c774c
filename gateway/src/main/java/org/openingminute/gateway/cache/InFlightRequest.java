package org.openingminute.gateway.cache;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The request in flight for a key, and its outcome for all readers that wait for it. Thread-safe. */
final class InFlightRequest {

    private final String client;
    private final Sinks.One<Outcome> ended = Sinks.one();
    private final Sinks.One<Outcome> delayed = Sinks.one();
    private volatile boolean waits;

    /** @param client the address of the client whose request is in flight */
    InFlightRequest(String client) {
        this.client = client;
    }

    /** How a flight ended. */
    sealed interface Outcome {

        /** The service sent a public answer. */
        record Answered(CachedResponse answer) implements Outcome {}

        /** The answer is private to its caller; every other reader has to ask for itself. */
        record Private() implements Outcome {}

        /** The service failed. */
        record Failed() implements Outcome {}

        /** The client in flight disconnected, was refused by its limit, or has to wait; another reader has to send the request. */
        record Abandoned() implements Outcome {}
    }

    /** Ends the flight. Later calls have no effect. */
    void end(Outcome outcome) {
        ended.tryEmitValue(outcome);
    }

    /** Reports that the client in flight has to wait for its turn. Readers from the same address wait with it; all others are released. */
    void delay() {
        waits = true;
        delayed.tryEmitValue(new Outcome.Abandoned());
    }

    /** Whether readers from an address should wait for this flight. */
    boolean isFor(String address) {
        return !waits || client.equals(address);
    }

    Mono<Outcome> outcome(String address) {
        return client.equals(address) ? ended.asMono() : Mono.firstWithSignal(ended.asMono(), delayed.asMono());
    }
}
