package org.openingminute.gateway.cache;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/**
 * The form in which one client wants an answer. It is read before the client's request is made neutral.
 *
 * @param known the entity tags of the versions that the client has
 */
record Reader(List<String> known, boolean gzip) {

    static Reader of(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        @Nullable String known = headers.getFirst(HttpHeaders.IF_NONE_MATCH);
        @Nullable String encodings = headers.getFirst(HttpHeaders.ACCEPT_ENCODING);
        return new Reader(
                known == null
                        ? List.of()
                        : Arrays.stream(known.split(",")).map(Reader::bare).toList(),
                encodings != null
                        && Arrays.stream(encodings.toLowerCase(Locale.ROOT).split(","))
                                .map(String::strip)
                                .anyMatch(one -> one.equals("gzip") || (one.startsWith("gzip;") && !isRefused(one))));
    }

    private static boolean isRefused(String encoding) {
        return encoding.replace(" ", "").matches("gzip;q=0(\\.0*)?");
    }

    /** Compares tags weakly, as RFC 9110 prescribes for {@code If-None-Match}. */
    private static String bare(String tag) {
        String stripped = tag.strip();
        return stripped.startsWith("W/") ? stripped.substring(2) : stripped;
    }

    /** Sends an answer to the client: the plain body, the compressed one, or a 304 if the client has it already. */
    Mono<Void> send(CachedResponse answer, CachedResponse.Body body, long now, ServerHttpResponse response) {
        HttpHeaders headers = response.getHeaders();
        headers.clear();
        headers.putAll(answer.headers());
        boolean compressed = gzip && body.gzip() != null;
        // A compressed body consists of other bytes with the same meaning, so its tag is weak.
        headers.setETag(compressed ? "W/" + bare(body.etag()) : body.etag());
        headers.set(HttpHeaders.AGE, Long.toString(answer.seconds(now)));
        if (known.contains("*") || known.contains(bare(body.etag()))) {
            response.setStatusCode(HttpStatus.NOT_MODIFIED);
            headers.remove(HttpHeaders.CONTENT_TYPE);
            return response.setComplete();
        }
        response.setStatusCode(HttpStatus.OK);
        byte[] bytes = compressed ? Objects.requireNonNull(body.gzip()) : body.plain();
        if (compressed) {
            headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        headers.setContentLength(bytes.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes)));
    }
}
