package org.openingminute.kit.access;

import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;

/**
 * Whether a page of ours makes a request. A browser sends its cookies, and takes new ones, whichever page makes it; it names the
 * page in {@code Origin}, or in {@code Referer}. Immutable.
 *
 * @param publicUrl the public URL of the gateway, without a trailing slash
 */
public record OwnPage(String publicUrl) {

    /**
     * Refuses a write that believes a cookie, unless a page of ours makes it.
     *
     * @throws Problem {@code forbidden}
     */
    public void require(HttpRequest request) {
        if (writes(request) && !isOwn(request)) {
            throw refusal();
        }
    }

    /**
     * Refuses a write that believes no cookie and may set one, if a page of another site makes it. A program names no page.
     *
     * @throws Problem {@code forbidden}
     */
    public void requireNoOther(HttpRequest request) {
        if (page(request) != null) {
            require(request);
        }
    }

    private static boolean writes(HttpRequest request) {
        return !HttpMethod.GET.equals(request.getMethod()) && !HttpMethod.HEAD.equals(request.getMethod());
    }

    /** The page that a request names, or its site; {@code null} if it names none. */
    private static @Nullable String page(HttpRequest request) {
        @Nullable String origin = request.getHeaders().getFirst(HttpHeaders.ORIGIN);
        return origin != null ? origin : request.getHeaders().getFirst(HttpHeaders.REFERER);
    }

    private boolean isOwn(HttpRequest request) {
        @Nullable String page = page(request);
        boolean site = request.getHeaders().containsHeader(HttpHeaders.ORIGIN);
        return page != null && (page.equals(publicUrl) || (!site && page.startsWith(publicUrl + "/")));
    }

    private static Problem refusal() {
        return new Problem(CommonProblem.FORBIDDEN, "This page is not allowed to act for you.").because("foreign-page");
    }
}
