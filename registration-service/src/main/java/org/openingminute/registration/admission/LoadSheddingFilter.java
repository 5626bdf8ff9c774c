package org.openingminute.registration.admission;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Limits the number of concurrent requests. Each takes a seventh of a megabyte from its first byte on, long before it
 * is in a bounded queue. Above the limit a request is refused before its body is read, and before any other filter
 * runs. Requests for seats, of all conferences together, and reads have separate limits. Cancellations, payments and
 * calls of the management endpoints are never refused here.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class LoadSheddingFilter extends OncePerRequestFilter {

    /** As many as one queue has room for, plus a batch that is being committed; any more would only wait for a refusal. */
    private static final int FOR_SEATS = AdmissionQueue.ROOM + AdmissionQueue.LARGEST;

    /** Many times the number that the database answers at once. */
    private static final int READING = 512;

    private static final Pattern SEATS = Pattern.compile("(/api)?/conferences/[^/]+/(registrations|register)");

    private final Semaphore forSeats;
    private final Semaphore reading;
    private final AdmissionMetrics metrics;
    private final JsonMapper mapper;

    @Autowired
    LoadSheddingFilter(AdmissionMetrics metrics, JsonMapper mapper) {
        this(metrics, mapper, FOR_SEATS, READING);
    }

    LoadSheddingFilter(AdmissionMetrics metrics, JsonMapper mapper, int forSeats, int reading) {
        this.metrics = metrics;
        this.mapper = mapper;
        this.forSeats = new Semaphore(forSeats);
        this.reading = new Semaphore(reading);
    }

    private @Nullable Semaphore room(HttpServletRequest request) {
        String path = request.getServletPath();
        return switch (request.getMethod()) {
            case "POST" -> SEATS.matcher(path).matches() ? forSeats : null;
            case "GET", "HEAD" -> path.startsWith("/actuator/") ? null : reading;
            default -> null;
        };
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        @Nullable Semaphore room = room(request);
        if (room == null) {
            chain.doFilter(request, response);
        } else if (room.tryAcquire()) {
            try {
                chain.doFilter(request, response);
            } finally {
                room.release();
            }
        } else {
            shed(response);
        }
    }

    private void shed(HttpServletResponse response) throws IOException {
        metrics.shed();
        Problem full = Problem.unavailable();
        response.setStatus(full.code().status().value());
        full.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(mapper.writeValueAsBytes(full.body()));
    }
}
