package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Proves how every route rejects input that is not decodable, contains NUL, or has ten thousand characters. Each place of each route gets
 * it, through the gateway and past it. The refusal must match the document's examples, if there are any, and no log may contain the input.
 */
@ExtendWith(SystemFixture.class)
class EveryRouteIT {

    private static final List<String> SERVICES =
            List.of("registration-service", "payment-service", "notification-service", "gateway");

    /** A field that no document has. */
    private static final JsonPointer UNKNOWN = JsonPointer.compile("/x");

    private static final Pattern FIELD = Pattern.compile(" name=\"([^\"]+)\"");
    private static final int AT_ONCE = 8;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Personal data that no log may contain: a token, an email address and a card number. */
    private static final String SECRET = ApiClient.newKey() + "~" + ApiClient.newAddress("secret") + "~"
            + ThreadLocalRandom.current().nextLong(4_000_000_000_000_000L, 4_100_000_000_000_000L);

    /** Routes that ignore the request body. */
    private static final Set<String> WITH_ANY_BODY = Set.of(
            "POST /api/payments/{registrationId}/checkout",
            "POST /api/registrations/{id}/hold-extension",
            "POST /api/registrations/{id}/new-link",
            "POST /api/waiting-room/{slug}/places");

    /** Routes that are closed to callers: without a provider's signature or the sandbox's key, they refuse everything. */
    private static final Pattern CLOSED = Pattern.compile("/api/payments/webhooks/.*|/sandbox/api/.*");

    private enum Bad {
        UNREADABLE("%ff"),
        NUL("%00"),
        LONG("a".repeat(10_000)),
        /** Only in JSON; everywhere else each value is text. */
        OF_ANOTHER_TYPE("");

        private final String encoded;

        Bad(String rest) {
            encoded = URLEncoder.encode(SECRET, StandardCharsets.UTF_8) + rest;
        }

        /** The value in a JSON document, encoded in ISO 8859-1. */
        String inJson(JsonNode instead) {
            return switch (this) {
                case UNREADABLE -> "\"" + SECRET + "\u00ff\"";
                case NUL -> "\"" + SECRET + "\\u0000\"";
                case LONG -> "\"" + SECRET + encoded + "\"";
                case OF_ANOTHER_TYPE -> instead.isArray() ? "{\"x\":\"" + SECRET + "\"}" : "[\"" + SECRET + "\"]";
            };
        }

        /** Whether this value is bad in place of a given one, or of a missing one. */
        boolean isBadInsteadOf(JsonNode value) {
            return this == OF_ANOTHER_TYPE ? !value.isMissingNode() : value.isString() || value.isMissingNode();
        }

        /** Whether the status is right for a place that may hold any text. */
        boolean isAnsweredBy(int status) {
            return switch (this) {
                case UNREADABLE, OF_ANOTHER_TYPE -> status == 400;
                case NUL -> status == 422;
                case LONG -> status < 500;
            };
        }

        /** Whether the status is right for a field of a JSON document. A long id belongs to nobody. */
        boolean isAnsweredBy(int status, String place) {
            return this == LONG
                    ? status == 422 || status == 413 || (status == 404 && place.endsWith("Id"))
                    : isAnsweredBy(status);
        }
    }

    private final Running running;
    private final ApiClient api;
    private final Registered registered;
    /** The only registration whose links are revoked, because no other call could use them. */
    private final Registered ended;

    private final String session;
    private final Map<String, String> organiser;
    private final Map<String, String> operator;
    private final JsonNode documented;
    /** Examples of bodies whose fields the OpenAPI document omits, because a service reads them field by field. */
    private final Map<String, String> examples;

    EveryRouteIT(Running running) {
        this.running = running;
        api = running.api();
        registered = api.register("mlsys-2026", "academic", ApiClient.newAddress("every.route"));
        ended = api.register("mlsys-2026", "academic", ApiClient.newAddress("every.route"));
        session = api.checkout(registered).replaceFirst(".*/", "");
        organiser = api.signIn("organiser");
        operator = api.signIn("operator");
        // At first a service may need longer for its part than the gateway waits, which then answers 503.
        documented = await().atMost(LIMIT)
                .until(() -> api.get("/api/openapi.json"), answer -> answer.status() == 200)
                .json();
        examples = Map.of(
                "PUT /api/admin/conferences/{slug}",
                api.get("/api/admin/conferences/mlsys-2026", organiser).has(200).text(),
                "PUT /api/admin/conferences/{slug}/vouchers/{code}",
                "{\"code\": \"none\", \"unlocks\": [\"academic\"], \"until\": \"2026-05-01T00:00:00Z\"}");
    }

    @Test
    void every_documented_call_is_in_a_described_group() {
        List<String> groups = documented.path("tags").findValuesAsString("name");
        assertThat(documented.path("paths").findValues("tags"))
                .isNotEmpty()
                .allSatisfy(tags -> assertThat(groups).contains(tags.path(0).stringValue()));
    }

    @Test
    void bad_input_is_refused_by_every_route_and_is_in_no_log() throws Exception {
        List<Callable<String>> calls = new ArrayList<>();
        for (String service : SERVICES) {
            List<Route> routes = Route.of(service, running.system());
            assertThat(routes).as(service).hasSizeGreaterThan(5);
            if (!service.equals("gateway")) {
                assertThat(routes)
                        .extracting(Route::name)
                        .contains("POST /api/ops/dead-letters/" + service + ".{id}/discard");
            }
            for (Route route : routes) {
                for (String base : bases(service)) {
                    for (Bad bad : Bad.values()) {
                        inEachPlace(route, base, bad).forEach(call -> calls.add(() -> complaint(call)));
                    }
                }
            }
        }

        List<String> complaints = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Future<String> call : threads.invokeAll(calls)) {
                complaints.add(call.get());
            }
        }
        assertThat(complaints).filteredOn(complaint -> !complaint.isEmpty()).isEmpty();
        assertThat(complaints).as("calls").hasSizeGreaterThan(1_000);
        assertThatNoLogHasTheSecret();
    }

    /** The base URLs for a service: the gateway's and, if a service is behind it, the service's own. */
    private List<String> bases(String service) {
        int port = new SystemInside(running.system().settings()).metricPorts().get(service);
        return service.equals("gateway") ? List.of(running.url()) : List.of(running.url(), "http://127.0.0.1:" + port);
    }

    /**
     * A call with a bad value in one place.
     *
     * @param right whether a status is right
     * @param named the text that a 422 must contain; empty for any
     */
    private record Call(Route route, String place, Bad bad, HttpRequest request, IntPredicate right, String named) {

        Call(Route route, String place, Bad bad, HttpRequest request, IntPredicate right) {
            this(route, place, bad, request, right, "");
        }
    }

    private List<Call> inEachPlace(Route route, String base, Bad bad) {
        boolean behind = !base.equals(running.url());
        String path = filled(route, variable -> null);
        List<Call> calls = new ArrayList<>(inJson(route, base + path, bad));
        if (bad == Bad.OF_ANOTHER_TYPE) {
            return calls;
        }
        if (!behind) {
            for (String variable : route.variables()) {
                String bent = filled(route, one -> one.equals(variable) ? bad.encoded : null);
                calls.add(new Call(
                        route, variable, bad, request(route, base + bent, inert(route)), EveryRouteIT::isRefusal));
            }
        }
        Set<String> queries = new LinkedHashSet<>(Set.of("x"));
        if (route.body() == Route.Body.FORM) {
            for (String field : fields(route, path)) {
                String form = URLEncoder.encode(field, StandardCharsets.UTF_8) + "=" + bad.encoded;
                calls.add(new Call(
                        route,
                        field,
                        bad,
                        request(route, base + path, form.getBytes(StandardCharsets.US_ASCII)),
                        bad::isAnsweredBy));
            }
        } else {
            queries.addAll(route.parameters());
        }
        for (String query : queries) {
            if (bad != Bad.LONG || !query.equals("x")) {
                calls.add(new Call(
                        route,
                        query,
                        bad,
                        request(route, base + path + "?" + query + "=" + bad.encoded, inert(route)),
                        bad::isAnsweredBy));
            }
        }
        for (String header : Stream.concat(Stream.of("Authorization", "Cookie"), route.headers().stream())
                .toList()) {
            HttpRequest request = HttpRequest.newBuilder(request(route, base + path, inert(route)), (_, _) -> true)
                    .setHeader(header, header.equals("Cookie") ? "staff=\"" + bad.encoded : bad.encoded)
                    .build();
            calls.add(new Call(route, header, bad, request, status -> status < 500));
        }
        return calls;
    }

    private List<Call> inJson(Route route, String url, Bad bad) {
        if (route.body() != Route.Body.JSON && route.body() != Route.Body.UNREAD) {
            return List.of();
        }
        boolean read =
                route.body() == Route.Body.JSON && !CLOSED.matcher(route.path()).matches();
        List<Call> calls = new ArrayList<>();
        bodies(read ? document(route) : JsonNodeFactory.instance.objectNode(), bad)
                .forEach((place, body) -> {
                    if (bad != Bad.LONG || !mayBeLong(route, place)) {
                        calls.add(new Call(
                                route,
                                place,
                                bad,
                                request(route, url, body),
                                read
                                        ? status -> bad.isAnsweredBy(status, place)
                                        : status -> isRefusal(status)
                                                || (status < 500 && WITH_ANY_BODY.contains(route.name())),
                                read ? "\"field\":\"" + place + "\"" : ""));
                    }
                });
        return calls;
    }

    /** Whether long text is allowed: in an announcement, and in fields that do not affect the price. */
    private static boolean mayBeLong(Route route, String place) {
        return (route.path().endsWith("/announcements") && place.equals("body"))
                || (route.path().endsWith("/quotes") && !place.matches(".*(category|code|voucher|x)"));
    }

    private static boolean isRefusal(int status) {
        return status >= 400 && status < 500;
    }

    /** The path with valid values, except for the given ones. */
    private String filled(Route route, UnaryOperator<String> given) {
        String path = route.path();
        for (String variable : route.variables()) {
            String value = given.apply(variable);
            path = path.replace(variable, value == null ? good(route, variable) : value);
        }
        return path;
    }

    private String good(Route route, String variable) {
        return switch (variable) {
            case "{slug}" -> "mlsys-2026";
            case "{session}" -> session;
            case "{provider}" -> "sandbox";
            case "{kind}" -> "confirmation";
            case "{locale}" -> "en";
            case "{refundId}", "{checkInId}" -> ApiClient.newKey();
            case "{attendeeId}", "{attendee}" -> registered.answer().at("/attendees/0/id");
            case "{id}", "{registrationId}" ->
                route.path().contains("dead-letters")
                        ? ApiClient.newKey()
                        : about(route).id();
            default -> "none";
        };
    }

    private Registered about(Route route) {
        return route.path().endsWith("/new-link") ? ended : registered;
    }

    /** The fields that the route declares, and those of the page that submits it. */
    private Set<String> fields(Route route, String path) {
        Set<String> fields = new LinkedHashSet<>(route.parameters());
        fields.add("x");
        String page = api.get(path, headers(route)).text();
        FIELD.matcher(page).results().forEach(field -> fields.add(field.group(1)));
        return fields;
    }

    /** A body without effect, because no route knows its field; a form is empty. */
    private static byte[] inert(Route route) {
        return (route.body() == Route.Body.FORM ? "" : "{\"x\":\"\"}").getBytes(StandardCharsets.US_ASCII);
    }

    /** A valid body for a route, built from the OpenAPI document. */
    private ObjectNode document(Route route) {
        JsonNode schema = documented
                .path("paths")
                .path(route.path().replaceFirst("/[a-z]+-service\\.", "/"))
                .path(route.method().toLowerCase(Locale.ROOT))
                .at("/requestBody/content/application~1json/schema");
        String example = examples.getOrDefault(route.name(), example("", schema).toString());
        assertThat(example).as("a documented body of %s", route).startsWith("{\"");
        return (ObjectNode) new JsonMapper().readTree(example);
    }

    /**
     * Valid bodies with a bad value in one place, by the path with which a problem names that place. A text may also be bad in an unknown
     * field.
     */
    private static Map<String, byte[]> bodies(ObjectNode document, Bad bad) {
        List<JsonPointer> places = places(document, JsonPointer.empty());
        places.add(UNKNOWN);
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        for (JsonPointer place : places) {
            if (bad.isBadInsteadOf(document.at(place))) {
                String json = with(document, place, JsonNodeFactory.instance.stringNode("BAD"))
                        .toString();
                bodies.put(
                        place.toString()
                                .replaceAll("/([0-9]+)", "[$1]")
                                .substring(1)
                                .replace('/', '.'),
                        json.replace("\"BAD\"", bad.inJson(document.at(place))).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return bodies;
    }

    private static List<JsonPointer> places(JsonNode node, JsonPointer place) {
        List<JsonPointer> places = new ArrayList<>();
        node.properties().forEach(field -> {
            JsonPointer below = place.appendProperty(field.getKey());
            places.add(below);
            places.addAll(places(field.getValue(), below));
        });
        for (int i = 0; i < (node.isArray() ? node.size() : 0); i++) {
            JsonPointer below = place.appendIndex(i);
            places.add(below);
            places.addAll(places(node.get(i), below));
        }
        return places;
    }

    private static JsonNode with(JsonNode document, JsonPointer place, JsonNode value) {
        JsonNode copy = document.deepCopy();
        switch (copy.at(place.head())) {
            case ObjectNode object -> object.set(place.last().getMatchingProperty(), value);
            case ArrayNode array -> array.set(place.last().getMatchingIndex(), value);
            default -> throw new AssertionError(place);
        }
        return copy;
    }

    /** @param name the name of the field with this schema */
    private JsonNode example(String name, JsonNode schema) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (schema.has("$ref")) {
            return example(name, documented.at(schema.path("$ref").asString().substring(1)));
        }
        for (String several : List.of("oneOf", "anyOf", "allOf")) {
            if (schema.has(several)) {
                return example(name, schema.path(several).get(0));
            }
        }
        if (schema.has("enum")) {
            return schema.path("enum").get(0);
        }
        JsonNode type = schema.path("type");
        return switch (type.isArray() ? type.get(0).asString() : type.asString("object")) {
            case "string" -> json.stringNode(text(name, schema.path("format").asString("")));
            case "integer" -> json.numberNode(1);
            case "number" -> json.numberNode(0);
            case "boolean" -> json.booleanNode(true);
            case "array" -> json.arrayNode().add(example(name, schema.path("items")));
            default -> {
                ObjectNode object = json.objectNode();
                schema.path("properties")
                        .properties()
                        .forEach(field -> object.set(field.getKey(), example(field.getKey(), field.getValue())));
                yield object;
            }
        };
    }

    private static String text(String name, String format) {
        return switch (format) {
            case "uuid" -> ApiClient.newKey();
            case "date-time" -> "2026-02-02T17:00:00Z";
            default ->
                switch (name) {
                    case "email" -> ApiClient.newAddress("every.route");
                    case "category" -> "academic";
                    case "currency" -> "USD";
                    case "state" -> "open";
                    default -> "x";
                };
        };
    }

    private HttpRequest request(Route route, String url, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT);
        headers(route).forEach(request::header);
        return request.method(
                        route.method(),
                        route.body() == Route.Body.NONE
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private Map<String, String> headers(Route route) {
        Map<String, String> headers = new HashMap<>();
        if (route.path().startsWith("/api/ops/")) {
            headers.putAll(operator);
        } else if (route.path().startsWith("/api/admin/")
                || route.path().matches(".*/transfers?|/(desk|check-in)(/.*)?")) {
            headers.putAll(organiser);
        } else if (route.path().startsWith("/api/registrations/")
                || route.path().startsWith("/api/payments/")) {
            headers.putAll(about(route).bearer());
        } else {
            headers.put(
                    "Cookie",
                    "registration-" + about(route).id() + "=" + about(route).token());
            headers.put("Origin", running.url());
        }
        headers.put("Idempotency-Key", ApiClient.newKey());
        boolean page = route.body() != Route.Body.JSON && !route.path().startsWith("/api/");
        headers.put("Accept", page ? "text/html" : "application/json");
        switch (route.body()) {
            case FORM -> headers.put("Content-Type", "application/x-www-form-urlencoded");
            case JSON, UNREAD -> headers.put("Content-Type", "application/json");
            case NONE -> {}
        }
        return headers;
    }

    /** Describes what is wrong with the response; empty if nothing is. */
    private String complaint(Call call) throws InterruptedException {
        try {
            return complaintAboutAnswer(call);
        } catch (IOException e) {
            return "%s %s of %s at %s: %s"
                    .formatted(
                            call.bad(),
                            call.place(),
                            call.route(),
                            call.request().uri().getAuthority(),
                            e);
        }
    }

    private String complaintAboutAnswer(Call call) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = answer(call);
        // A stream continues until it is closed.
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (InputStream body = answer.body()) {
            if (!answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream")) {
                body.transferTo(said);
            }
        }
        String uri = call.request().uri().toString();
        boolean throughGateway = uri.startsWith(running.url());
        // Past the gateway, a service may check the token before it parses the request.
        boolean right = call.right().test(answer.statusCode())
                        && (answer.statusCode() != 422
                                || said.toString(StandardCharsets.UTF_8).contains(call.named()))
                || (!throughGateway && isRefusal(answer.statusCode()));
        boolean cacheable =
                throughGateway && answer.headers().firstValue("Cache-Control").isEmpty();
        boolean undocumented = throughGateway && isRefusal(answer.statusCode()) && lacksExample(call.route(), said);
        return right && !cacheable && !undocumented
                ? ""
                : "%s %s of %s%s: %d %s %s"
                        .formatted(
                                call.bad(),
                                call.place(),
                                call.route(),
                                throughGateway ? "" : " behind",
                                answer.statusCode(),
                                answer.headers().map().getOrDefault("cache-control", List.of()),
                                said.toString(StandardCharsets.UTF_8)
                                        .lines()
                                        .findFirst()
                                        .orElse(""));
    }

    /** Sends a call, and again for some seconds while a service on a busy machine is unavailable. */
    private static HttpResponse<InputStream> answer(Call call) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = HTTP.send(call.request(), HttpResponse.BodyHandlers.ofInputStream());
        for (int i = 0; i < 8 && answer.statusCode() == 503 && !call.right().test(503); i++) {
            answer.body().close();
            Thread.sleep(Duration.ofSeconds(1));
            answer = HTTP.send(call.request(), HttpResponse.BodyHandlers.ofInputStream());
        }
        return answer;
    }

    /** Whether the document has examples of a route's problems, but none of this one. */
    private boolean lacksExample(Route route, ByteArrayOutputStream problem) {
        Set<String> codes = documented
                .path("paths")
                .path(route.path())
                .path(route.method().toLowerCase(Locale.ROOT))
                .path("responses")
                .valueStream()
                .flatMap(
                        response -> response.at("/content/application~1problem+json/examples").propertyNames().stream())
                .collect(Collectors.toSet());
        return !codes.isEmpty()
                && !codes.contains(new JsonMapper()
                        .readTree(problem.toByteArray())
                        .path("code")
                        .asString());
    }

    private void assertThatNoLogHasTheSecret() throws IOException {
        Path logs = running.system().settings().dataFolder().resolve("logs");
        String last = ApiClient.newKey();
        api.get("/api/version", Map.of("X-Request-Id", last)).has(200);
        await().atMost(LIMIT)
                .until(() -> Files.readString(logs.resolve("gateway.log")).contains(last));
        Map<String, List<String>> found = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path log : files.toList()) {
                try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
                    List<String> tellTale =
                            lines.filter(EveryRouteIT::tells).limit(3).collect(Collectors.toList());
                    if (!tellTale.isEmpty()) {
                        found.put(log.getFileName().toString(), tellTale);
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static boolean tells(String line) {
        return Stream.of(SECRET.split("~")).anyMatch(line::contains);
    }
}
