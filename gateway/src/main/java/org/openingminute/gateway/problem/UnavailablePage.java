package org.openingminute.gateway.problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** The page that a person sees while a service is away. It depends on nothing but the gateway. */
@Component
class UnavailablePage {

    private final String english = read("pages/unavailable.en.html");
    private final String german = read("pages/unavailable.de.html");

    /**
     * The page as bytes of UTF-8.
     *
     * @param requestId letters, digits, dots, dashes and underscores alone, so that it needs no escaping
     */
    byte[] render(Locale locale, String requestId) {
        String page = locale.equals(Locale.GERMAN) ? german : english;
        return page.replace("{requestId}", requestId).getBytes(StandardCharsets.UTF_8);
    }

    Locale localeFor(HttpHeaders headers) {
        @Nullable Locale chosen;
        try {
            chosen = Locale.lookup(headers.getAcceptLanguage(), List.of(Locale.ENGLISH, Locale.GERMAN));
        } catch (IllegalArgumentException e) {
            chosen = null;
        }
        return chosen == null ? Locale.ENGLISH : chosen;
    }

    private static String read(String path) {
        try {
            return new ClassPathResource(path).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
