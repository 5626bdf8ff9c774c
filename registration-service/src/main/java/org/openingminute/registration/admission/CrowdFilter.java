package org.openingminute.registration.admission;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.openingminute.registration.web.Problem;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * How many requests for seats may be inside at once. Each takes a seventh of a megabyte from its first byte on, long before it
 * stands in the queue that is bounded; whoever comes when the house is full is told so before the body is read, and before
 * any other filter works for them. What gives seats back, or pays for them, is never turned away here. Safe for all threads.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class CrowdFilter extends OncePerRequestFilter {

    /** As many as the queue has room for, and a batch that is being committed: more would wait for nothing but a refusal. */
    private static final int INSIDE = AdmissionBatch.ROOM + AdmissionBatch.LARGEST;

    private static final Pattern FOR_SEATS = Pattern.compile("(/api)?/conferences/[^/]+/(registrations|register)");

    private final Semaphore inside;
    private final AdmissionFigures figures;
    private final JsonMapper mapper;

    @Autowired
    CrowdFilter(AdmissionFigures figures, JsonMapper mapper) {
        this(figures, mapper, INSIDE);
    }

    CrowdFilter(AdmissionFigures figures, JsonMapper mapper, int mayBeInside) {
        this.figures = figures;
        this.mapper = mapper;
        this.inside = new Semaphore(mayBeInside);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !HttpMethod.POST.matches(request.getMethod())
                || !FOR_SEATS.matcher(request.getServletPath()).matches();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!inside.tryAcquire()) {
            Problem full = Problem.unavailable();
            figures.refused(full.code());
            response.setStatus(full.code().status().value());
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            response.getOutputStream().write(mapper.writeValueAsBytes(full.body()));
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            inside.release();
        }
    }
}
