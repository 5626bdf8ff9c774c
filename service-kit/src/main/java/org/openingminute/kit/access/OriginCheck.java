package org.openingminute.kit.access;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;

/**
 * Decides whether a request was sent by one of our own pages (protection against cross-site request forgery). A browser sends and accepts
 * cookies whichever site's page makes the request, but names that page's origin in {@code Origin}, or its URL in {@code Referer}. Origins
 * are compared by scheme, host and port, as browsers do. Immutable.
 */
public final class OriginCheck {

    private final Optional<Origin> own;

    /** @param publicUrl the public URL of the gateway */
    public OriginCheck(String publicUrl) {
        own = Origin.ofPage(publicUrl);
    }

    /**
     * Refuses a write that is authenticated by a cookie unless one of our own pages sent it.
     *
     * @throws Problem {@code forbidden}
     */
    public void requireOwn(HttpRequest request) {
        if (writes(request) && !isOwn(request.getHeaders())) {
            throw refusal();
        }
    }

    /**
     * Refuses an unauthenticated write that may set a cookie if a page of another site sent it. A client that is not a browser names no
     * page and passes.
     *
     * @throws Problem {@code forbidden}
     */
    public void refuseForeign(HttpRequest request) {
        if (writes(request)
                && (request.getHeaders().containsHeader(HttpHeaders.ORIGIN)
                        || request.getHeaders().containsHeader(HttpHeaders.REFERER))) {
            requireOwn(request);
        }
    }

    private static boolean writes(HttpRequest request) {
        return !HttpMethod.GET.equals(request.getMethod()) && !HttpMethod.HEAD.equals(request.getMethod());
    }

    private boolean isOwn(HttpHeaders headers) {
        Optional<Origin> named = headers.containsHeader(HttpHeaders.ORIGIN)
                ? Origin.of(headers.getFirst(HttpHeaders.ORIGIN))
                : Origin.ofPage(headers.getFirst(HttpHeaders.REFERER));
        return named.isPresent() && named.equals(own);
    }

    private static Problem refusal() {
        return new Problem(CommonProblem.FORBIDDEN, "This page may not act on your behalf.").because("foreign-page");
    }

    /** @param port the scheme's default port where the URL names none */
    private record Origin(String scheme, String host, int port) {

        /** Parses a header whose value must be an origin and nothing else. */
        private static Optional<Origin> of(@Nullable String origin) {
            return parsed(origin)
                    .filter(uri ->
                            "".equals(uri.getRawPath()) && uri.getRawQuery() == null && uri.getRawFragment() == null)
                    .flatMap(Origin::of);
        }

        private static Optional<Origin> ofPage(@Nullable String url) {
            return parsed(url).flatMap(Origin::of);
        }

        private static Optional<Origin> of(URI uri) {
            if (uri.getScheme() == null || uri.getHost() == null || uri.getRawUserInfo() != null) {
                return Optional.empty();
            }
            String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            int own = scheme.equals("https") ? 443 : 80;
            return Optional.of(new Origin(
                    scheme, uri.getHost().toLowerCase(Locale.ROOT), uri.getPort() < 0 ? own : uri.getPort()));
        }

        private static Optional<URI> parsed(@Nullable String url) {
            try {
                return Optional.ofNullable(url).map(URI::create);
            } catch (IllegalArgumentException _) {
                return Optional.empty();
            }
        }
    }
}
