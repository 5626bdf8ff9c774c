package org.openingminute.gateway.problem;

import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Finds the page from which a request came, as the way back from a form that could not be answered. */
public final class SafeReferer {

    private static final String START = "/";

    private SafeReferer() {}

    /**
     * Path and query of the referring page if it is one of this site; otherwise the site's start page. Never an address of another site,
     * whatever the header contains.
     */
    public static String path(HttpHeaders headers) {
        @Nullable String referrer = headers.getFirst(HttpHeaders.REFERER);
        @Nullable InetSocketAddress host = headers.getHost();
        if (referrer == null || host == null) {
            return START;
        }
        try {
            URI page = URI.create(referrer);
            @Nullable String path = page.getRawPath();
            boolean here = page.getHost() != null
                    && page.getHost().equalsIgnoreCase(host.getHostString())
                    && portOf(page) == portOf(host, page);
            // Two slashes would begin another host's name.
            if (!here || path == null || !path.startsWith("/") || path.startsWith("//")) {
                return START;
            }
            return page.getRawQuery() == null ? path : path + "?" + page.getRawQuery();
        } catch (IllegalArgumentException e) {
            return START;
        }
    }

    private static int portOf(URI page) {
        return page.getPort() > 0 ? page.getPort() : usual(page);
    }

    private static int portOf(InetSocketAddress host, URI page) {
        return host.getPort() > 0 ? host.getPort() : usual(page);
    }

    private static int usual(URI page) {
        return "https".equals(page.getScheme()) ? 443 : 80;
    }
}
