package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves, on the running system, that an organiser signs in by a form, runs a sale with the session, and signs out. */
@ExtendWith(SystemFixture.class)
class StaffSignInIT {

    private final Running running;
    private final ApiClient api;

    StaffSignInIT(Running running) {
        this.running = running;
        this.api = running.api();
    }

    @Test
    void session_works_until_sign_out() {
        String slug = ApiClient.newSlug("signed-in");
        api.putOnSale(slug, 10, "\"holdMinutes\": 15", 10_000);
        String sale = "/api/admin/conferences/" + slug + "/sale";
        String paused = "{\"state\": \"paused\", \"message\": \"A short break.\"}";

        Answer signedIn = form("/sign-in", "username=organiser&password=" + encoded(running.password()), Map.of());
        signedIn.has(303);
        String session =
                signedIn.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
        assertThat(session).startsWith("staff=");

        api.get("/api/admin/conferences/" + slug, Map.of("Cookie", session)).has(200);
        api.put(sale, paused, Map.of("Cookie", session)).isProblem(403, "forbidden");
        api.put(sale, paused, Map.of("Cookie", session, "Origin", "https://evil.example"))
                .isProblem(403, "forbidden");
        api.put(sale, paused, Map.of("Cookie", session, "Origin", running.url()))
                .has(200);

        form("/sign-out", "", Map.of("Cookie", session)).has(303);
        api.get("/api/admin/conferences/" + slug, Map.of("Cookie", session)).isProblem(401, "unauthenticated");
        api.get("/conferences/" + slug, Map.of("Cookie", session)).has(200);
        assertThat(api.get("/desk/" + slug, Map.of("Cookie", session))
                        .has(303)
                        .headers()
                        .firstValue("Location"))
                .contains("/sign-in?to=" + encoded("/desk/" + slug));
    }

    private Answer form(String path, String body, Map<String, String> headers) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("Content-Type", "application/x-www-form-urlencoded");
        all.put("Origin", running.url());
        return api.post(path, body, all);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
