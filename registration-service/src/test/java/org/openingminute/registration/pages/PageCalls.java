package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.pages.Browser.header;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.ServiceUnderTest;
import org.openingminute.registration.ServiceUnderTest.Reply;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A service on a real database, and a browser without scripts that reads its pages. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"APP_MODE=rehearsal", "ACCESS_TOKEN_KEYS=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"})
abstract class PageCalls {

    static final Duration SOON = Duration.ofSeconds(30);

    @LocalServerPort
    int port;

    ServiceUnderTest service;
    Browser browser;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "pages");
        registry.add("STAFF_JWKS_URI", ServiceUnderTest::jwksUri);
    }

    @BeforeEach
    void connect() {
        service = new ServiceUnderTest(port);
        browser = new Browser(port);
    }

    String open(Reply made) {
        return header(browser.post("/open", Map.of("token", made.text("accessToken"))), "Location");
    }

    static String register(String slug) {
        return "/conferences/" + slug + "/register";
    }

    Map<String, String> form(String slug, String category) {
        HttpResponse<String> page = browser.get(register(slug));
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        Map<String, String> form = new LinkedHashMap<>(Browser.hiddenFields(page.body()));
        form.putAll(Map.of(
                "contact.name", "Ada Lovelace",
                "contact.email", "ada@example.org",
                "contact.locale", "en",
                "attendees[0].category", category,
                "attendees[0].givenName", "Ada",
                "attendees[0].familyName", "Lovelace",
                "attendees[0].email", "ada@example.org",
                "acceptedCodeOfConduct", "true",
                "action", "register"));
        return form;
    }
}
