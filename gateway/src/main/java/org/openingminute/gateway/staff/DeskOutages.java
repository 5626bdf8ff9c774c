package org.openingminute.gateway.staff;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.edge.EdgeFilter;
import org.openingminute.gateway.problem.ProblemWriter;
import org.openingminute.gateway.problem.SafeReferer;
import org.openingminute.gateway.request.StaffPaths;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.ui.desk.DeskEntry;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Replaces a page for staff whose service is unavailable. The replacement has the frame of these pages, whose navigation leads to what
 * still works. Other readers see the public outage page.
 */
@Component
final class DeskOutages implements WebFilter {

    private final DeskFrame frame;

    DeskOutages(DeskFrame frame) {
        this.frame = frame;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (!StaffPaths.isOfConferences(request.getURI().getRawPath())
                || !ProblemWriter.wantsPage(request.getHeaders())) {
            return chain.filter(exchange);
        }
        return chain.filter(exchange)
                .onErrorResume(
                        Problem.class,
                        problem -> problem.code() == CommonProblem.UNAVAILABLE
                                        && !exchange.getResponse().isCommitted()
                                ? answer(problem, exchange)
                                : Mono.error(problem));
    }

    private Mono<Void> answer(Problem outage, ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        String path = request.getURI().getRawPath();
        @Nullable String slug = slug(path);
        if (slug != null && !DeskFrame.isSlug(slug)) {
            return Mono.error(outage);
        }
        ResponseEntity<byte[]> page;
        try {
            page = frame.away(slug == null ? null : entry(slug, path), slug, request, values(exchange));
        } catch (Problem noStaff) {
            return Mono.error(outage);
        }
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(page.getStatusCode());
        response.getHeaders().putAll(page.getHeaders());
        response.getHeaders().set(HttpHeaders.VARY, "Accept, Accept-Language, Cookie, HX-Request");
        outage.retryAfter().ifPresent(seconds -> response.getHeaders().set(HttpHeaders.RETRY_AFTER, seconds));
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(requireNonNull(page.getBody()))));
    }

    /** The path segment after {@code /desk/} or {@code /check-in/}, which is a conference's slug; {@code null} if there is none. */
    private static @Nullable String slug(String path) {
        String[] parts = path.split("/", 4);
        return parts.length > 2 ? parts[2] : null;
    }

    /** The model of the page. After a write it links back to the form, because the address need not be a page. */
    private static Map<String, Object> values(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        Map<String, Object> values = new HashMap<>();
        values.put("requestId", EdgeFilter.requestId(exchange));
        if (request.getMethod().equals(HttpMethod.GET) || request.getMethod().equals(HttpMethod.HEAD)) {
            @Nullable String query = request.getURI().getRawQuery();
            values.put("again", request.getURI().getRawPath() + (query == null ? "" : "?" + query));
        } else {
            values.put("back", SafeReferer.path(request.getHeaders()));
        }
        return values;
    }

    /** The navigation entry of a page or of its parent; {@code null} if there is none. */
    private static @Nullable DeskEntry entry(String slug, String path) {
        return Stream.of(DeskEntry.values())
                .filter(entry -> (path + "/").startsWith(entry.address(slug) + "/"))
                .max(Comparator.comparingInt(entry -> entry.address(slug).length()))
                .orElse(null);
    }
}
