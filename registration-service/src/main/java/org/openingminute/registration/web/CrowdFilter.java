package org.openingminute.registration.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * How many requests for seats may be inside at once. Each takes memory from its first byte on, long before it stands in the
 * queue that is bounded; whoever comes when the house is full is told so before the body is read. What gives seats back, or
 * pays for them, is never turned away here. Safe for all threads.
 */
@Component
class CrowdFilter extends OncePerRequestFilter {

    /** As many as the queue has room for, and a batch that is being committed: more would wait for nothing but a refusal. */
    private static final int INSIDE = 2_304;

    private static final Pattern FOR_SEATS = Pattern.compile("(/api)?/conferences/[^/]+/(registrations|register)");

    private final Semaphore inside;
    private final JsonMapper mapper;

    @Autowired
    CrowdFilter(JsonMapper mapper) {
        this(mapper, INSIDE);
    }

    CrowdFilter(JsonMapper mapper, int mayBeInside) {
        this.inside = new Semaphore(mayBeInside);
        this.mapper = mapper;
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
