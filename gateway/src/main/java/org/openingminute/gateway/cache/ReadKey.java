package org.openingminute.gateway.cache;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.problem.Pages;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Everything on which the answer to a public read depends. Contains no header as a client sent it. Immutable.
 *
 * @param query the declared parameters, in the order in which the route declares them
 * @param language the negotiated language; {@code null} if the answer does not depend on it
 */
record ReadKey(
        CacheableRead read,
        String path,
        String query,
        @Nullable Locale language) {

    private static final int LONGEST = 200;
    /** The approximate memory of a key's objects, in bytes. */
    private static final int OVERHEAD = 300;

    /** Characters of a query that are escapes, that some servers treat as separators, or that servers may refuse. */
    private static final String NOT_PLAIN = "%+;\"<>[\\]^`{|}";

    private static final BitSet PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/.-_~"
            .chars()
            .collect(BitSet::new, BitSet::set, BitSet::or);

    /** The key of a request; {@code null} for a request that must go to the service by itself. */
    static @Nullable ReadKey of(ServerHttpRequest request, PublicReads reads) {
        HttpMethod method = request.getMethod();
        String path = request.getURI().getRawPath();
        if (!(HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method)) || !isPlain(path)) {
            return null;
        }
        HttpHeaders headers = request.getHeaders();
        @Nullable CacheableRead read = isForOne(headers) ? null : reads.at(path);
        if (read == null || !accepts(headers, read.kind().type())) {
            return null;
        }
        @Nullable String query = knownOf(request.getURI().getRawQuery(), read.parameters());
        return query == null
                ? null
                : new ReadKey(read, path, query, read.byLanguage() ? Pages.languageFor(headers) : null);
    }

    /** Whether the caller authenticates itself or sends a body. */
    private static boolean isForOne(HttpHeaders headers) {
        return headers.containsHeader(HttpHeaders.AUTHORIZATION)
                || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)
                || headers.getContentLength() > 0;
    }

    /** Whether the client accepts the public answer's media type. Otherwise the service decides what to answer. */
    private static boolean accepts(HttpHeaders headers, String type) {
        @Nullable String accepted = headers.getFirst(HttpHeaders.ACCEPT);
        return accepted == null
                || type.equals(MediaType.ALL_VALUE)
                || accepted.contains(MediaType.ALL_VALUE)
                || accepted.contains(type);
    }

    /** Whether a path has neither escapes nor a trailing slash, so that routes and services read it alike. */
    private static boolean isPlain(String path) {
        return path.length() <= LONGEST
                && (!path.endsWith("/") || path.length() == 1)
                && !path.contains("//")
                && !path.contains("/..")
                && !path.contains("/./")
                && path.chars().allMatch(PLAIN::get);
    }

    /**
     * The declared parameters of a query; {@code null} if a service may parse the query differently: if it contains an escape, which may
     * hide a declared name, or a declared name twice.
     */
    private static @Nullable String knownOf(@Nullable String query, List<String> known) {
        if (query == null || query.isEmpty()) {
            return "";
        }
        if (query.length() > LONGEST || !query.chars().allMatch(c -> c > ' ' && c <= '~' && NOT_PLAIN.indexOf(c) < 0)) {
            return null;
        }
        List<String> found = new ArrayList<>();
        for (String name : known) {
            int before = found.size();
            for (String parameter : query.split("&", -1)) {
                if (parameter.equals(name) || parameter.startsWith(name + "=")) {
                    found.add(parameter);
                }
            }
            if (found.size() > before + 1) {
                return null;
            }
        }
        return String.join("&", found);
    }

    /** The approximate memory in bytes. */
    int weight() {
        return path.length() + query.length() + OVERHEAD;
    }

    /** Ignores the declaration, because path and parameters identify the read. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ReadKey key
                && path.equals(key.path)
                && query.equals(key.query)
                && Objects.equals(language, key.language);
    }

    @Override
    public int hashCode() {
        return Objects.hash(path, query, language);
    }
}
