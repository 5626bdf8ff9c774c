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
 * The outermost filter. It answers faults that no advice handles, such as a template that fails to render; otherwise the server would log
 * the exception's message. The response has no body; the gateway adds one.
 */
final class UnhandledErrorFilter extends OncePerRequestFilter {

    /** @throws IOException if the response had begun, or was marked with {@link AbortedResponse}, so that the server aborts it */
    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException {
        try {
            chain.doFilter(request, response);
            if (AbortedResponse.isMarked(request)) {
                // The server treats this as a client that has disconnected: it closes the connection and appends no
                // error page.
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
