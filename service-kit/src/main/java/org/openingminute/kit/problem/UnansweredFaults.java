package org.openingminute.kit.problem;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.ClientAbortException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The outermost filter, for what no advice answers, such as a page that cannot be drawn: the server would log its message. The answer
 * has no body, and the gateway gives it one.
 */
final class UnansweredFaults extends OncePerRequestFilter {

    /** @throws IOException if an answer had begun, so that it is cut off; so does whoever has marked it with {@link CutOff} */
    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException {
        try {
            chain.doFilter(request, response);
            if (CutOff.isMarked(request)) {
                // As if the client had gone: the server closes the connection, and adds no page for the error to what
                // was sent.
                throw new ClientAbortException("cut off");
            }
        } catch (ServletException | RuntimeException e) {
            Problem problem = Problems.of(e);
            if (response.isCommitted()) {
                throw new IOException("cut off after a fault");
            }
            response.reset();
            response.setStatus(problem.code().status().value());
            problem.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        }
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }
}
