package org.openingminute.local.desk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.load.Candidate;
import org.openingminute.local.load.KeepAlive;
import org.openingminute.local.load.Sale;

/** Calls the gateway from many clients at once. */
final class HttpCalls implements Candidate, AutoCloseable {

    private static final String LOCATION = "/api/registrations/";

    private final String name;
    private final KeepAlive connections;
    private final Calls calls;

    private HttpCalls(String name, int port, Calls calls) {
        this.name = name;
        this.connections = new KeepAlive(port);
        this.calls = calls;
    }

    /** Builds a request from its number. */
    private interface Calls {
        Call of(String slug, long number);
    }

    private record Call(String head, byte @Nullable [] body) {}

    /** Registers single people. */
    static HttpCalls registering(int port) {
        return new HttpCalls(
                "registering",
                port,
                (slug, number) -> new Call(
                        "POST /api/conferences/" + slug + "/registrations HTTP/1.1\r\nIdempotency-Key: "
                                + UUID.randomUUID() + "\r\nContent-Type: application/json\r\n",
                        Person.of((int) number).body().getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Sends what staff's browsers request: four of five calls read the reloading part of the overview, and one reads the list's part while
     * somebody types.
     *
     * @param authorization the {@code Authorization} header
     */
    static HttpCalls desk(int port, String authorization) {
        return new HttpCalls(
                "desk",
                port,
                (slug, number) -> new Call(
                        "GET /desk/" + slug
                                + (number % 5 == 0
                                        ? "/registrations?q="
                                                + Person.of((int) number)
                                                        .family()
                                                        .substring(0, 2)
                                        : "?step=hour")
                                + " HTTP/1.1\r\nHX-Request: true\r\nAccept-Encoding: gzip\r\nAuthorization: "
                                + authorization + "\r\n",
                        null));
    }

    @Override
    public String name() {
        return name;
    }

    /** The gateway may have closed connections that were idle for long. */
    @Override
    public void begin() {
        connections.close();
    }

    @Override
    public Answered ask(Sale sale, long number) {
        Call call = calls.of(sale.slug(), number);
        try {
            KeepAlive.Answer answer = connections.send(call.head(), call.body());
            return switch (answer.status()) {
                case 200 -> Answered.NOTHING_TO_DO;
                case 201 -> Answered.done(UUID.fromString(answer.location().substring(LOCATION.length())));
                case 503 -> Answered.REFUSED;
                default -> Answered.failed(name + " answers " + answer.status());
            };
        } catch (IOException e) {
            return Answered.failed(name + ": " + e);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
