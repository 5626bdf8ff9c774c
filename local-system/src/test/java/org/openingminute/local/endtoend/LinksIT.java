package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.TestSystems;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves, on the running system, that no published link is dead: the links and forms of pages in all their states, and the documented
 * calls.
 */
@ExtendWith(SystemFixture.class)
class LinksIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int PRICE = 10_000;

    private final String url;
    private final ApiClient api;
    private final Map<String, String> organiser;

    LinksIT(Running running) {
        url = running.url();
        api = running.api();
        organiser = api.signIn("organiser");
    }

    @Test
    void every_documented_call_exists() throws IOException {
        JsonNode document = await().atMost(SOON)
                .until(() -> api.get("/api/openapi.json"), answer -> answer.status() == 200)
                .json();
        Set<String> calls = new TreeSet<>();
        List<String> missing = new ArrayList<>();
        document.path("paths").properties().forEach(path -> {
            Set<String> methods = new TreeSet<>();
            path.getValue().propertyNames().forEach(method -> methods.add(method.toUpperCase(Locale.ROOT)));
            methods.forEach(method -> calls.add(method + " " + path.getKey()));
            Set<String> allowed = methodsOf(path.getKey(), methods);
            methods.stream()
                    .filter(method -> !allowed.contains(method))
                    .forEach(method -> missing.add(method + " " + path.getKey()));
        });

        assertThat(calls).hasSizeGreaterThan(50);
        assertThat(missing).isEmpty();
        assertThat(new JsonMapper()
                                .readTree(Files.readString(
                                        TestSystems.CHECKOUT.resolve("gateway/src/main/resources/openapi/people.json")))
                                .path("summaries")
                                .propertyNames()
                                .stream()
                                .map(LinksIT::withoutNames))
                .isSubsetOf(calls.stream().map(LinksIT::withoutNames).toList());
    }

    /** The call without the names of its variables. */
    private static String withoutNames(String call) {
        return call.replaceAll("\\{[^}]*}", "{}");
    }

    /** The methods of a path, from the {@code Allow} header that an unsupported method gets. */
    private Set<String> methodsOf(String path, Set<String> documented) {
        String other = Stream.of("PATCH", "PUT", "DELETE")
                .filter(method -> !documented.contains(method))
                .findFirst()
                .orElseThrow();
        // A dead letter's id begins with its service.
        String concrete = path.replace("/dead-letters/{", "/dead-letters/payment-service.{")
                .replaceAll("\\{[^}]*\\}", "019c1f4b-fe80-7025-8065-5a1d316edc57");
        return api.send(other, concrete, null, organiser).headers().allValues("Allow").stream()
                .flatMap(methods -> Stream.of(methods.split("\\s*,\\s*")))
                .collect(Collectors.toSet());
    }

    @Test
    void every_link_of_every_page_leads_somewhere() throws Exception {
        Set<String> starts = new LinkedHashSet<>(List.of("/", "/open", "/mailbox", "/api/docs"));
        starts.addAll(Crawl.REFUSED);
        Map<String, String> cookies = new HashMap<>();
        conferences().forEach(slug -> {
            starts.add("/conferences/" + slug);
            starts.add("/conferences/" + slug + "/register");
        });
        registrations().forEach((state, registered) -> {
            String page = "/registrations/" + registered.id();
            cookies.put("registration-" + registered.id(), registered.token());
            starts.addAll(List.of(page, page + "?reload=true", page + "/pay", page + "/cancellation"));
            starts.add(page + "?returned=" + Instant.now());
            starts.add(page + "?returned=" + Instant.now().minusSeconds(90));
            api.registration(registered).has(200).json().path("links").forEach(link -> {
                if (!link.isNull()) {
                    starts.add(link.asString().substring(url.length()));
                }
            });
        });

        Crawl english = new Crawl(url, cookies, "en");
        english.follow(starts);
        Crawl german = new Crawl(url, cookies, "de");
        german.follow(starts);
        System.out.printf(
                "links: %d pages, %d other links and %d forms in English, %d, %d and %d in German%n",
                english.pages, english.files, english.forms, german.pages, german.files, german.forms);

        assertThat(english.broken).isEmpty();
        assertThat(german.broken).isEmpty();
        assertThat(english.pages).isGreaterThan(50).isEqualTo(german.pages);
        assertThat(english.forms).isGreaterThan(20);
    }

    /** Creates a conference in each state of its sale. */
    private List<String> conferences() {
        String open = "2026-01-01T00:00:00Z";
        String end = "2027-05-17T23:59:59Z";
        List<String> slugs = new ArrayList<>();
        for (String state : List.of("open", "paused", "sold-out", "not-open", "closed")) {
            String slug = ApiClient.newSlug("links-" + state);
            String definition = ApiClient.definition(slug, 1, "\"holdMinutes\": 15", PRICE);
            api.put(
                            "/api/admin/conferences/" + slug,
                            switch (state) {
                                case "not-open" -> definition.replace(open, "2027-01-01T00:00:00Z");
                                case "closed" -> definition.replace(end, "2026-01-02T00:00:00Z");
                                default -> definition;
                            },
                            organiser)
                    .has(201);
            if (state.equals("paused")) {
                api.put("/api/admin/conferences/" + slug + "/sale", "{\"state\": \"paused\"}", organiser)
                        .has(200);
            }
            if (state.equals("sold-out")) {
                api.register(slug, "guest", ApiClient.newAddress("links"));
                Answer refused =
                        api.attempt(slug, ApiClient.body("guest", ApiClient.newAddress("links")), ApiClient.newKey());
                refused.isProblem(409, "sold-out");
                assertThat(refused.json().has("waitingList"))
                        .as("a link to a waiting list, which is missing")
                        .isFalse();
            }
            await().atMost(SOON)
                    .untilAsserted(() -> api.get("/api/conferences/" + slug + "/availability")
                            .assertThatText("/state")
                            .isEqualTo(state));
            slugs.add(slug);
        }
        return slugs;
    }

    /** Creates a registration in each state that its page shows. */
    private Map<String, Registered> registrations() {
        String slug = ApiClient.newSlug("links");
        put(slug, "\"holdMinutes\": 15, \"invoiceDays\": 14, " + ApiClient.ALL_GOES_BACK);
        String brief = ApiClient.newSlug("links-brief");
        put(brief, "\"holdSeconds\": 1");

        Map<String, Registered> all = new LinkedHashMap<>();
        for (String state : List.of("pending", "extended", "failed", "confirmed", "cancelled", "disputed")) {
            all.put(state, api.register(slug, "guest", ApiClient.newAddress("links")));
        }
        all.put("free", api.register(slug, "free", ApiClient.newAddress("links")));
        all.put("invoice", api.registerByInvoice(slug, "guest", ApiClient.newAddress("links")));
        all.put("invoice-part", api.registerByInvoice(slug, "guest", ApiClient.newAddress("links")));
        for (String state : List.of("proof-wanted", "in-review", "offered", "accepted")) {
            all.put(state, api.register(slug, "student", ApiClient.newAddress("links")));
        }
        all.put("rejected", api.register(slug, "sponsored", ApiClient.newAddress("links")));
        all.put("expired", api.register(brief, "guest", ApiClient.newAddress("links")));

        api.enterCard(api.checkout(all.get("failed")), ApiClient.DECLINED_CARD).has(200);
        api.pay(all.get("confirmed"));
        api.pay(all.get("cancelled"));
        api.enterCard(api.checkout(all.get("disputed")), "4000000000000259").has(200);
        api.send(
                        "POST",
                        "/api/registrations/" + all.get("extended").id() + "/hold-extension",
                        null,
                        keyed(all.get("extended")))
                .has(200);
        admin(all.get("invoice-part"), "mark-paid", """
                {"reference": "transfer", "amount": {"amount": 100, "currency": "EUR"}, "receivedAt": "2026-02-10T12:00:00Z"}
                """);
        admin(all.get("offered"), "review", "{\"accept\": false, \"reason\": \"It has ended.\"}");
        admin(all.get("accepted"), "review", "{\"accept\": true}");
        admin(all.get("rejected"), "review", "{\"accept\": false, \"reason\": \"It has ended.\"}");
        upload(all.get("in-review"));
        api.awaitStatus(all.get("cancelled"), "confirmed", SOON);
        api.post("/api/registrations/" + all.get("cancelled").id() + "/cancellation", "{}", keyed(all.get("cancelled")))
                .has(200);

        api.awaitStatus(all.get("expired"), "expired", SOON);
        awaitLink(all.get("confirmed"), "receipt.pdf\"");
        awaitLink(all.get("cancelled"), "credit-note.pdf\"");
        awaitLink(all.get("failed"), "did not go through");
        awaitLink(all.get("disputed"), "disputed");
        return all;
    }

    private void put(String slug, String terms) {
        api.put("/api/admin/conferences/" + slug, """
                {"slug": "%s", "name": "Linked", "startsOn": "2027-05-18", "endsOn": "2027-05-19", "website": "https://example.org",
                 "timeZone": "Europe/Berlin", "sample": true,
                 "registration": {"currency": "EUR", "capacity": 100, %s,
                   "phases": [{"code": "only", "name": "Only", "from": "2026-01-01T00:00:00Z", "until": "2027-05-17T23:59:59Z"}],
                   "categories": [
                     {"code": "guest", "name": "Guest", "amounts": {"only": %d}},
                     {"code": "free", "name": "Free", "amounts": {"only": 0}},
                     {"code": "student", "name": "Student", "amounts": {"only": 5000}, "needsProof": true, "otherwise": "guest"},
                     {"code": "sponsored", "name": "Sponsored", "amounts": {"only": 1000}, "needsProof": true}]}}
                """.formatted(slug, terms, PRICE), organiser)
                .has(201);
        await().atMost(SOON)
                .until(() -> api.get("/api/conferences/" + slug + "/availability")
                        .at("/state")
                        .equals("open"));
    }

    private void admin(Registered registered, String what, String body) {
        Map<String, String> headers = new HashMap<>(organiser);
        headers.put("Idempotency-Key", ApiClient.newKey());
        api.post("/api/admin/registrations/" + registered.id() + "/" + what, body, headers)
                .has(200);
    }

    private static Map<String, String> keyed(Registered registered) {
        Map<String, String> headers = new HashMap<>(registered.bearer());
        headers.put("Idempotency-Key", ApiClient.newKey());
        return headers;
    }

    private void upload(Registered registered) {
        String body = "--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"card.pdf\"\r\n"
                + "Content-Type: application/pdf\r\n\r\n%PDF-1.7 a student card\r\n--line--\r\n";
        Map<String, String> headers = new HashMap<>(registered.bearer());
        headers.put("Content-Type", "multipart/form-data; boundary=line");
        String attendee = registered.answer().at("/attendees/0/id");
        api.post("/api/registrations/" + registered.id() + "/attendees/" + attendee + "/proof", body, headers)
                .has(202);
    }

    private void awaitLink(Registered registered, String text) {
        Map<String, String> cookie =
                Map.of("Cookie", "registration-" + registered.id() + "=" + registered.token(), "Accept-Language", "en");
        await().atMost(SOON)
                .until(() -> api.get("/registrations/" + registered.id(), cookie)
                        .text()
                        .contains(text));
    }

    /** Opens pages in one language and follows their links by one step. */
    private static final class Crawl {

        /** Pages that report an error. */
        static final Set<String> REFUSED = Set.of("/nowhere", "/registrations/019c1f4b-fe80-7025-8065-5a1d316edc57");

        private static final Pattern LINK = Pattern.compile("(?:href|src|action)=\"([^\"]*)\"");
        private static final Pattern POSTED = Pattern.compile("<form[^>]*method=\"post\"[^>]*>");
        private static final Pattern ACTION = Pattern.compile("\\saction=\"([^\"]*)\"");

        private final HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final String url;
        private final String cookies;
        private final String language;
        private final Set<String> known = new HashSet<>();
        private final Deque<String> open = new ArrayDeque<>();
        final List<String> broken = new ArrayList<>();
        int pages;
        int files;
        int forms;

        Crawl(String url, Map<String, String> cookies, String language) {
            this.url = url;
            this.cookies = cookies.entrySet().stream()
                    .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                    .collect(Collectors.joining("; "));
            this.language = language;
        }

        void follow(Set<String> starts) throws IOException, InterruptedException {
            known.addAll(starts);
            open.addAll(starts);
            while (!open.isEmpty()) {
                String path = open.remove();
                HttpResponse<byte[]> answer = get(path);
                boolean page =
                        answer.headers().firstValue("Content-Type").orElse("").startsWith("text/html");
                if (answer.statusCode() >= 400 != REFUSED.contains(path)) {
                    broken.add(path + ": " + answer.statusCode());
                }
                if (page && starts.contains(path)) {
                    read(path, new String(answer.body(), StandardCharsets.UTF_8));
                } else {
                    files++;
                }
            }
        }

        private void read(String from, String page) throws IOException, InterruptedException {
            pages++;
            Set<String> posted = new HashSet<>();
            Matcher forms = POSTED.matcher(page);
            while (forms.find()) {
                Matcher action = ACTION.matcher(forms.group());
                posted.add(action.find() ? text(action.group(1)) : "");
            }
            Matcher links = LINK.matcher(page);
            while (links.find()) {
                String link = text(links.group(1));
                if (link.startsWith("#")) {
                    if (link.length() > 1 && !page.contains("id=\"" + link.substring(1) + "\"")) {
                        broken.add(from + ": " + link);
                    }
                } else if (posted.contains(link)) {
                    post(from, link);
                } else {
                    path(from, link).filter(known::add).ifPresent(open::add);
                }
            }
        }

        /** Without an Origin header a form has no effect, but a missing route still differs from a refusal. */
        private void post(String from, String action) throws IOException, InterruptedException {
            String path = path(from, action).orElseThrow();
            if (known.add("POST " + path)) {
                forms++;
                int status = send("POST", path).statusCode();
                if (status == 404 || status == 405 || status >= 500) {
                    broken.add(from + ": POST " + path + ": " + status);
                }
            }
        }

        /** The path of a link to this site, without its fragment. */
        private Optional<String> path(String from, String link) {
            URI target = URI.create(url + from).resolve(link);
            String whole = target.toString();
            if (!whole.startsWith(url + "/")) {
                return Optional.empty();
            }
            String path = whole.substring(url.length());
            return Optional.of(path.contains("#") ? path.substring(0, path.indexOf('#')) : path);
        }

        private static String text(String attribute) {
            return attribute.replace("&amp;", "&").replace("&#39;", "'").replace("&quot;", "\"");
        }

        /** Reads a path, and again for some seconds while a service has not yet heard of what the link is about. */
        private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
            HttpResponse<byte[]> answer = send("GET", path);
            for (int i = 0; i < 8 && (answer.statusCode() == 409 || answer.statusCode() == 503); i++) {
                Thread.sleep(Duration.ofSeconds(1));
                answer = send("GET", path);
            }
            return answer;
        }

        private HttpResponse<byte[]> send(String method, String path) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(SOON)
                    .header("Accept", "text/html,*/*;q=0.8")
                    .header("Accept-Language", language)
                    .header("Cookie", cookies);
            if (method.equals("POST")) {
                request.header("Content-Type", "application/x-www-form-urlencoded");
            }
            return http.send(
                    request.method(method, HttpRequest.BodyPublishers.noBody()).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }
}
