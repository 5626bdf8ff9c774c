package org.openingminute.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves, on a running gateway with stub services, how a visitor chooses the language of pages, and that caches respect it. */
@GatewayTest
class LanguageIT {

    @Autowired
    private ServiceFixture gateway;

    @Test
    void chosen_language_is_kept_and_leads_back_to_the_page() {
        HttpResponse<String> chosen = choose("de", ServiceFixture.PUBLIC_URL, "/sign-in?to=/desk");
        assertThat(chosen.statusCode()).isEqualTo(303);
        assertThat(chosen.headers().firstValue("Location")).contains("/sign-in?to=/desk");
        assertThat(chosen.headers().firstValue("Set-Cookie"))
                .get()
                .asString()
                .startsWith("language=de; Path=/;")
                .contains("HttpOnly", "SameSite=Lax", "Secure", "Max-Age=31536000");
        assertThat(gateway.get("/sign-in", "Accept-Language", "en", "Cookie", "a=b; language=de")
                        .body())
                .contains("<html lang=\"de\">");
        assertThat(gateway.get("/sign-in", "Accept-Language", "de", "Cookie", "language=xx")
                        .body())
                .contains("<html lang=\"de\">");
    }

    @Test
    void services_get_the_chosen_language_and_pages_for_all_are_kept_by_it() {
        gateway.registration.on("/registrations/1", 200, "text/html", "<p>one</p>");
        gateway.get("/registrations/1", "Accept", "text/html", "Accept-Language", "en", "Cookie", "language=de");
        gateway.registration.on("/conferences/a", exchange -> {
            byte[] page =
                    exchange.getRequestHeaders().getFirst("Accept-Language").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.getResponseHeaders().set("Cache-Control", "public, max-age=60");
            exchange.getResponseHeaders().set("Vary", "Accept-Language");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        assertThat(gateway.registration.received().getFirst().header("Accept-Language"))
                .isEqualTo("de");
        for (int i = 0; i < 2; i++) {
            assertThat(page("language=de")).isEqualTo("de");
            assertThat(page("language=en")).isEqualTo("en");
            assertThat(page("other=x")).isEqualTo("en");
        }
    }

    private String page(String cookie) {
        return gateway.get("/conferences/a", "Accept", "text/html", "Accept-Language", "en", "Cookie", cookie)
                .body();
    }

    @Test
    void language_is_chosen_by_no_other_site_and_only_among_ours() {
        assertThat(choose("de", "https://evil.example", "/").statusCode()).isEqualTo(403);
        for (String unknown : new String[] {"fr", "", "de; Domain=example.org"}) {
            HttpResponse<String> refused = choose(unknown, ServiceFixture.PUBLIC_URL, "/");
            assertThat(refused.statusCode()).as(unknown).isEqualTo(422);
            assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();
        }
    }

    private HttpResponse<String> choose(String code, String origin, String from) {
        return gateway.send(
                "/language",
                request -> request.header("Origin", origin)
                        .header("Referer", gateway.uri(from).toString())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "language=" + URLEncoder.encode(code, StandardCharsets.UTF_8))));
    }
}
