package org.openingminute.benchmarks.admission;

import java.io.IOException;
import java.util.UUID;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.load.Candidate;
import org.openingminute.local.load.Candidate.Answered;
import org.openingminute.local.load.KeepAlive;
import org.openingminute.local.load.Sale;

/** Registers over HTTP, at registration-service or through the gateway; also sends no-op requests for comparison. */
final class HttpCandidate implements Candidate {

    private static final String LOCATION = "/api/registrations/";

    private final String name;
    private final int port;
    private final Workload workload;
    private final @Nullable String nothing;
    private final LongUnaryOperator numbers;
    private KeepAlive connections;

    private HttpCandidate(
            String name, int port, Workload workload, LongUnaryOperator numbers, @Nullable String nothing) {
        this.name = name;
        this.port = port;
        this.workload = workload;
        this.numbers = numbers;
        this.nothing = nothing;
        this.connections = new KeepAlive(port);
    }

    static HttpCandidate registering(String name, int port, Workload workload) {
        return new HttpCandidate(name, port, workload, LongUnaryOperator.identity(), null);
    }

    /** Repeats the same few registrations: after the first requests, each POST changes nothing. */
    static HttpCandidate repeating(String name, int port, Workload workload, int few) {
        return new HttpCandidate(name, port, workload, number -> number % few, null);
    }

    /** Sends GET requests to a path that needs no work. */
    static HttpCandidate doingNothing(String name, int port, Workload workload, String path) {
        return new HttpCandidate(name, port, workload, LongUnaryOperator.identity(), path);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void begin() {
        connections.close();
        connections = new KeepAlive(port);
    }

    @Override
    public Answered ask(Sale sale, long asked) {
        long number = numbers.applyAsLong(asked);
        try {
            KeepAlive.Answer answer = connections.send(
                    nothing == null ? registration(sale.slug(), number) : ("GET " + nothing + " HTTP/1.1\r\n"),
                    nothing == null ? workload.json(number) : null);
            return switch (answer.status()) {
                case 200 -> Answered.NOTHING_TO_DO;
                case 201 -> Answered.done(UUID.fromString(answer.location().substring(LOCATION.length())));
                case 409 -> Answered.SAID_NO;
                case 503 -> Answered.REFUSED;
                default -> Answered.failed(name + " answers " + answer.status());
            };
        } catch (IOException e) {
            return Answered.failed(name + ": " + e);
        }
    }

    private static String registration(String slug, long number) {
        return "POST /api/conferences/" + slug + "/registrations HTTP/1.1\r\nIdempotency-Key: " + Workload.key(number)
                + "\r\nContent-Type: application/json\r\n";
    }
}
