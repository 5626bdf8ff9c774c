package org.openingminute.gateway.request;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Mono;

/**
 * Parses the forms of the gateway's own pages as strictly as services parse theirs. WebFlux's own parser replaces unreadable characters,
 * and accepts a NUL.
 */
public final class PageForm {

    private static final String FORM = MediaType.APPLICATION_FORM_URLENCODED_VALUE;

    private PageForm() {}

    /**
     * The fields of a form; none if the request has no form.
     *
     * @return an error {@code malformed} if the body is not percent-encoded UTF-8, {@code invalid} for a NUL
     */
    public static Mono<MultiValueMap<String, String>> of(ServerHttpRequest request) {
        return isForm(request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE))
                ? DataBufferUtils.join(request.getBody())
                        .map(PageForm::text)
                        .defaultIfEmpty("")
                        .map(PageForm::fields)
                : Mono.just(new LinkedMultiValueMap<>());
    }

    private static boolean isForm(@Nullable String contentType) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith(FORM);
    }

    /** A character that is not ASCII is invalid in a form, and is refused below. */
    private static String text(DataBuffer body) {
        try {
            return body.toString(StandardCharsets.ISO_8859_1);
        } finally {
            DataBufferUtils.release(body);
        }
    }

    /** @throws Problem as {@link QueryGuard} refuses queries */
    private static MultiValueMap<String, String> fields(String form) {
        QueryGuard.check(form);
        MultiValueMap<String, String> fields = new LinkedMultiValueMap<>();
        for (String field : form.split("&", -1)) {
            String[] parts = field.split("=", 2);
            fields.add(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
        }
        return fields;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
