package org.openingminute.registration.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.admission.RefusalCache.RefusalMetrics;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Limits the number of concurrent requests. Each takes a seventh of a megabyte from its first byte on, long before it
 * is in a bounded queue. Above the limit a request is refused, always with the same bytes, before its body is read and before
 * any filter. Requests for seats, of all conferences together, and reads have separate limits. Cancellations,
 * payments and calls of the management endpoints are never refused here.
 */
@Component
final class LoadSheddingValve extends ValveBase
        implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    /** As many as one queue has room for, plus a batch that is being committed; any more would only wait for a refusal. */
    private static final int FOR_SEATS = 1_280;

    /** Many times the number that the database answers at once. */
    private static final int READING = 512;

    private static final Pattern SEATS = Pattern.compile("(/api)?/conferences/[^/]+/(registrations|register)");

    private final Semaphore forSeats;
    private final Semaphore reading;
    private final Counter shed;
    private final int status;
    private final String retryAfter;
    private final byte[] body;

    @Autowired
    LoadSheddingValve(MeterRegistry registry, JsonMapper mapper) {
        this(registry, mapper, FOR_SEATS, READING);
    }

    LoadSheddingValve(MeterRegistry registry, JsonMapper mapper, int forSeats, int reading) {
        super(true);
        this.forSeats = new Semaphore(forSeats);
        this.reading = new Semaphore(reading);
        this.shed = Counter.builder(RefusalMetrics.NAME)
                .description(RefusalMetrics.DESCRIPTION)
                .tags("reason", CommonProblem.UNAVAILABLE.wireName(), "by", "shed")
                .register(registry);
        Problem full = Problem.unavailable();
        this.status = full.code().status().value();
        this.retryAfter = full.retryAfter().orElseThrow();
        this.body = mapper.writeValueAsBytes(full.body());
    }

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        factory.addEngineValves(this);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        @Nullable Semaphore room = room(request);
        if (room == null) {
            getNext().invoke(request, response);
        } else if (room.tryAcquire()) {
            try {
                getNext().invoke(request, response);
            } finally {
                room.release();
            }
        } else {
            shed(response);
        }
    }

    private @Nullable Semaphore room(Request request) {
        // None where the server could not read the request, which it refuses itself.
        @Nullable String path = request.getDecodedRequestURI();
        // What is dispatched again was let in before.
        if (path == null
                || request.isAsyncDispatching()
                || path.startsWith("/actuator/")
                || path.startsWith("/internal/")) {
            return null;
        }
        return switch (request.getMethod()) {
            case "POST" -> SEATS.matcher(path).matches() ? forSeats : null;
            case "GET", "HEAD" -> reading;
            default -> null;
        };
    }

    private void shed(Response response) throws IOException {
        shed.increment();
        response.setStatus(status);
        response.setHeader(HttpHeaders.RETRY_AFTER, retryAfter);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
