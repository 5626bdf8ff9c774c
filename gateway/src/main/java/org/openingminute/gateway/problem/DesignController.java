package org.openingminute.gateway.problem;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.problem.Problem;
import org.openingminute.ui.Gallery;
import org.openingminute.ui.Gallery.Part;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the gallery of all page fragments in every state; only in a rehearsal. */
@RestController
class DesignController {

    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);
    private static final int LONGEST = 200;

    private final Pages pages;
    private final boolean rehearsal;

    DesignController(Pages pages, GatewaySettings settings) {
        this.pages = pages;
        rehearsal = settings.mode() == GatewaySettings.Mode.REHEARSAL;
    }

    @GetMapping(Gallery.PATH)
    ResponseEntity<byte[]> page(ServerHttpRequest request) {
        if (!rehearsal) {
            throw Problem.notFound();
        }
        @Nullable String asked = request.getQueryParams().getFirst("q");
        String query = asked == null ? "" : asked.substring(0, Math.min(LONGEST, asked.length()));
        Locale language = Pages.languageFor(request.getHeaders());
        return ResponseEntity.ok()
                .contentType(HTML)
                .header(HttpHeaders.CONTENT_LANGUAGE, language.getLanguage())
                .header(HttpHeaders.VARY, "Accept-Language, HX-Request")
                .cacheControl(CacheControl.noStore())
                .body(pages.design(language, query, part(request)));
    }

    private static @Nullable Part part(ServerHttpRequest request) {
        if (!request.getHeaders().containsHeader("HX-Request")) {
            return null;
        }
        return request.getQueryParams().containsKey("part") ? Part.ASKED : Part.LIST;
    }
}
