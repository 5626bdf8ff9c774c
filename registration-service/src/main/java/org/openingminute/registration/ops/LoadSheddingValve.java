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
 * Limits the number of concurrent requests. A request takes about 140 kB of memory from its first byte on, long before it reaches a bounded
 * queue. Above the limit it is refused with a constant response, before its body is read and before any filter runs. Requests for seats, of
 * all conferences together, and reads have separate limits. Cancellations, payments and the management endpoints are never refused here.
 */
@Component
final class LoadSheddingValve extends ValveBase
        implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    /** One full queue plus a batch that is being committed; further requests would only wait for a refusal. */
    private static final int FOR_SEATS = 1_280;

    /** Many times what the database can answer at once. */
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
        // {@code null} if the server could not parse the request, which it then refuses itself.
        @Nullable String path = request.getDecodedRequestURI();
        // A request that is dispatched again was counted before.
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
