package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Standstills;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/**
 * Proves, on the running system, that a link which its owner revokes is refused by every service, and that the new link, which is mailed,
 * works.
 */
@ExtendWith(SystemFixture.class)
@Tag("measured")
class TakenBackLinkIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration EVERYWHERE = Duration.ofSeconds(2);
    private static final Pattern LINK = Pattern.compile("/open#(\\S+)");
    private static final String FORM = "application/x-www-form-urlencoded";

    private final ApiClient api;

    TakenBackLinkIT(Running running) {
        api = running.api();
    }

    @Test
    void former_links_end_in_every_service_and_the_mailed_one_opens() {
        String address = ApiClient.newAddress("taken.back");
        Registered ada = api.register("mlsys-2026", "academic", address);
        api.pay(ada);
        api.awaitStatus(ada, "confirmed", SOON);
        for (String document : List.of("receipt", "attendees/" + ada.answer().at("/attendees/0/id") + "/ticket")) {
            await().atMost(SOON)
                    .until(() -> api.get("/api/registrations/" + ada.id() + "/" + document + ".pdf", ada.bearer())
                                    .status()
                            == 200);
        }
        List<String> reads = reads(ada);
        Map<String, Integer> opened = statuses(reads, ada.bearer());
        assertThat(opened.values()).contains(200).doesNotContain(401, 503);

        api.send("POST", "/api/registrations/" + ada.id() + "/new-link", null, ada.bearer())
                .has(202);

        awaitEnded(reads, ada.bearer());
        assertThat(statuses(reads, ada.bearer()).values()).containsOnly(401);
        String cookie = "registration-" + ada.id() + "=" + ada.token();
        assertThat(statuses(reads, Map.of("Cookie", cookie)).values()).containsOnly(401);
        api.get("/api/registrations/" + ada.id() + "/stream", ada.bearer()).isProblem(401, "unauthenticated");
        for (String write : List.of("/payments/%s/checkout", "/registrations/%s/new-link")) {
            api.send("POST", "/api" + write.formatted(ada.id()), null, ada.bearer())
                    .isProblem(401, "unauthenticated");
        }
        api.post("/api/registrations/" + ada.id() + "/mails", "{\"kind\": \"confirmation\"}", ada.bearer())
                .isProblem(401, "unauthenticated");

        for (Answer page : List.of(
                api.get("/registrations/" + ada.id(), Map.of("Cookie", cookie, "Accept", "text/html")),
                open(ada.token()))) {
            assertThat(page.has(401).text()).contains("action=\"/open/link\"");
        }

        String next = mailedToken(address);
        assertThat(next).isNotEqualTo(ada.token());
        assertThat(open(next).has(303).headers().firstValue("Location")).hasValue("/registrations/" + ada.id());
        assertThat(statuses(reads, Map.of("Authorization", "Bearer " + next))).isEqualTo(opened);

        api.send("POST", "/api/registrations/" + ada.id() + "/new-link", null, api.signIn("organiser"))
                .has(202);
        awaitEnded(reads, Map.of("Authorization", "Bearer " + next));
    }

    @Test
    void a_page_of_another_site_opens_nothing_in_a_browser() {
        Registered eve = api.register("mlsys-2026", "academic", ApiClient.newAddress("eve"));
        for (String path : List.of("/open", "/open/close", "/conferences/mlsys-2026/register")) {
            Answer refused = api.post(
                    path,
                    "token=" + eve.token(),
                    Map.of("Content-Type", FORM, "Accept", "text/html", "Origin", "https://evil.example"));
            assertThat(refused.has(403).headers().firstValue("Set-Cookie"))
                    .as(path)
                    .isEmpty();
        }
    }

    /** All paths of a registration that a contact may read, from the published document. */
    private List<String> reads(Registered registered) {
        String attendee = registered.answer().at("/attendees/0/id");
        JsonNode document = await().atMost(SOON)
                .until(() -> api.get("/api/openapi.json"), answer -> answer.status() == 200)
                .json();
        List<String> paths = document.at("/paths").properties().stream()
                .filter(path -> path.getValue().has("get"))
                .map(Map.Entry::getKey)
                .filter(path -> path.matches("/api/(registrations|payments)/\\{[^}]+}(/.*)?"))
                // With a valid token this read would never end.
                .filter(path -> !path.endsWith("/stream"))
                .map(path -> path.replaceFirst("\\{[^}]+}", registered.id()).replaceFirst("\\{[^}]+}", attendee))
                .filter(path -> api.get(path, registered.bearer()).status() != 403)
                .toList();
        assertThat(paths)
                .contains("/api/payments/" + registered.id(), "/api/registrations/" + registered.id() + "/timeline")
                .hasSizeGreaterThanOrEqualTo(10);
        return paths;
    }

    /**
     * Waits until every read is refused. It does not repeat reads that are refused already, so that many calls on a busy machine do not
     * count as delay.
     */
    private void awaitEnded(List<String> reads, Map<String, String> headers) {
        Set<String> open = new TreeSet<>(reads);
        long begun = Standstills.now();
        await().atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    open.removeIf(read -> api.get(read, headers).status() == 401);
                    return open.isEmpty();
                });
        assertThat(Standstills.timeSince(begun)).isLessThan(EVERYWHERE);
    }

    private Map<String, Integer> statuses(List<String> reads, Map<String, String> headers) {
        return reads.stream()
                .collect(Collectors.toMap(
                        Function.identity(), read -> api.get(read, headers).status(), (a, _) -> a, TreeMap::new));
    }

    private Answer open(String token) {
        return api.post("/open", "token=" + token, Map.of("Content-Type", FORM, "Accept", "text/html"));
    }

    private String mailedToken(String address) {
        return await().atMost(SOON)
                .until(
                        () -> api.mailsTo(address).stream()
                                .map(mail -> mail.at("/text").asString())
                                .filter(text -> text.contains("The links in all earlier emails no longer work"))
                                .map(LINK::matcher)
                                .filter(Matcher::find)
                                .map(link -> link.group(1))
                                .findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
    }
}
