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
 * All that the answer to a read depends on: nothing of it is a header as a client sent it.
 *
 * @param query the known parameters, in the order of the route
 * @param language the chosen one; {@code null} where the answer has none
 */
record ReadKey(
        CacheableRead read,
        String path,
        String query,
        @Nullable Locale language) {

    private static final int LONGEST = 200;
    /** Bytes of a key's objects. */
    private static final int OVERHEAD = 300;

    /** Of a query: what escapes, what some read as a separator, and what no server has to take. */
    private static final String NOT_PLAIN = "%+;\"<>[\\]^`{|}";

    private static final BitSet PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/.-_~"
            .chars()
            .collect(BitSet::new, BitSet::set, BitSet::or);

    /** The key of a request; {@code null} for one that goes its own way to the service. */
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

    /** A caller who says who it is, or sends a body. */
    private static boolean isForOne(HttpHeaders headers) {
        return headers.containsHeader(HttpHeaders.AUTHORIZATION)
                || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)
                || headers.getContentLength() > 0;
    }

    /** Whether the client takes what everyone gets; whoever wants something else is the service's. */
    private static boolean accepts(HttpHeaders headers, String type) {
        @Nullable String accepted = headers.getFirst(HttpHeaders.ACCEPT);
        return accepted == null
                || type.equals(MediaType.ALL_VALUE)
                || accepted.contains(MediaType.ALL_VALUE)
                || accepted.contains(type);
    }

    /** Without escapes or a slash at the end, so that routes and services read it alike. */
    private static boolean isPlain(String path) {
        return path.length() <= LONGEST
                && (!path.endsWith("/") || path.length() == 1)
                && !path.contains("//")
                && !path.contains("/..")
                && !path.contains("/./")
                && path.chars().allMatch(PLAIN::get);
    }

    /**
     * The known parameters; {@code null} where a service may read the query in another way: one with an escape, which may hide a
     * known name, or with a known name twice.
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

    /** Bytes in memory, about. */
    int weight() {
        return path.length() + query.length() + OVERHEAD;
    }

    /** Path and parameters tell which read it is. */
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
