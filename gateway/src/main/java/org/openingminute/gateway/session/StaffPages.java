package org.openingminute.gateway.session;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.problem.Pages;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/** Renders the responses to a browser that signs in or out: a page for it alone, or a redirect to the next page. */
@Component
final class StaffPages {

    private static final ResourceBundle.Control NO_OTHER_LANGUAGE =
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);
    private static final int SECONDS_OF_A_MINUTE = 60;

    private final Pages pages;
    private final String publicUrl;

    StaffPages(Pages pages, GatewaySettings settings) {
        this.pages = pages;
        this.publicUrl = settings.publicUrl();
    }

    /** A page in the browser's language; see {@link Pages#page}. */
    ResponseEntity<byte[]> page(String name, ServerHttpRequest request, Map<String, String> values) {
        return answer(ResponseEntity.ok(), name, request, values);
    }

    /** A page that says who is signed in, with a link to where that person works and a button to sign out. */
    ResponseEntity<byte[]> signedIn(StaffSession session, ServerHttpRequest request) {
        StaffHome home = StaffHome.of(session.member());
        String label = words(Pages.languageFor(request.getHeaders())).getString(home.key());
        return page(
                "signed-in",
                request,
                Map.of("name", session.member().person().name(), "place", home.path(), "label", label));
    }

    /** Like {@link #page}, with the status of a refusal, which the page explains in the reader's language. */
    ResponseEntity<byte[]> refusal(Problem why, String name, ServerHttpRequest request, Map<String, String> values) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(why.code().status());
        why.retryAfter().ifPresent(seconds -> answer.header(HttpHeaders.RETRY_AFTER, seconds));
        Map<String, String> all = new HashMap<>(values);
        all.put("wrong", explanation(why, name, Pages.languageFor(request.getHeaders())));
        return answer(answer, name, request, all);
    }

    private String explanation(Problem why, String name, Locale language) {
        ResourceBundle words = words(language);
        long seconds = why.retryAfter().map(Long::parseLong).orElse(0L);
        return words.getString(name + "." + why.code().wireName())
                .replace("{url}", publicUrl)
                .replace("{wait}", wait(seconds, words));
    }

    private static ResourceBundle words(Locale language) {
        return ResourceBundle.getBundle("pages/sign-in", language, NO_OTHER_LANGUAGE);
    }

    private static String wait(long seconds, ResourceBundle words) {
        if (seconds <= 1) {
            return words.getString("wait.second");
        }
        return seconds < 2 * SECONDS_OF_A_MINUTE
                ? words.getString("wait.seconds").replace("{number}", Long.toString(seconds))
                : words.getString("wait.minutes")
                        .replace("{number}", Long.toString(Math.ceilDiv(seconds, SECONDS_OF_A_MINUTE)));
    }

    /**
     * A page that leads on to another site, and sets cookies. A redirect would not work: browsers apply {@code form-action} to the
     * redirects that answer a form, but not to a page that navigates by itself.
     */
    ResponseEntity<byte[]> leadingOn(String name, String place, ServerHttpRequest request, ResponseCookie... cookies) {
        return answer(
                ResponseEntity.ok().header("Refresh", "0; url=" + place).header(HttpHeaders.SET_COOKIE, texts(cookies)),
                name,
                request,
                Map.of("place", place));
    }

    private ResponseEntity<byte[]> answer(
            ResponseEntity.BodyBuilder answer, String name, ServerHttpRequest request, Map<String, String> values) {
        Locale language = Pages.languageFor(request.getHeaders());
        return answer.contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                .header(HttpHeaders.CONTENT_LANGUAGE, language.getLanguage())
                .header(HttpHeaders.VARY, "Accept-Language, Cookie")
                .cacheControl(CacheControl.noStore())
                .body(pages.page(name, language, values));
    }

    /** A redirect that sets cookies. */
    static ResponseEntity<byte[]> seeOther(String path, ResponseCookie... cookies) {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(URI.create(path))
                .header(HttpHeaders.SET_COOKIE, texts(cookies))
                .build();
    }

    private static String[] texts(ResponseCookie... cookies) {
        return Arrays.stream(cookies).map(ResponseCookie::toString).toArray(String[]::new);
    }
}
