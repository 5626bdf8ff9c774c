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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every route gets what cannot be read, a NUL and ten thousand characters, in each of its places, through the gateway and past it:
 * it is refused, and no log has it.
 */
@ExtendWith(SystemFixture.class)
class EveryRouteIT {

    private static final List<String> SERVICES =
            List.of("registration-service", "payment-service", "notification-service", "gateway");

    private static final Pattern FIELD = Pattern.compile(" name=\"([^\"]+)\"");
    private static final int AT_ONCE = 8;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What people send and nobody may read in a log: a token, an address and the number of a card. */
    private static final String SECRET = ApiClient.newKey() + "~" + ApiClient.newAddress("secret") + "~"
            + ThreadLocalRandom.current().nextLong(4_000_000_000_000_000L, 4_100_000_000_000_000L);

    /** Of bodies whose fields the OpenAPI document does not name. */
    private static final Map<String, String> EXAMPLES = Map.of(
            "POST /api/conferences/{slug}/registrations",
            ApiClient.body("TEXT", "TEXT"),
            "POST /api/conferences/{slug}/quotes",
            ApiClient.body("TEXT", "TEXT"),
            "PUT /api/admin/conferences/{slug}",
            ApiClient.definition("TEXT", 1, "\"holdMinutes\": 15", 1).replace("Rehearsed", "TEXT"));

    /** One reads no body, and one answers for each id that it got. */
    private static final Set<String> WITH_ANY_BODY =
            Set.of("POST /api/payments/{registrationId}/checkout", "POST /api/ops/dead-letters/replay");

    private enum Bad {
        UNREADABLE("%ff"),
        NUL("%00"),
        LONG("a".repeat(10_000));

        private final String encoded;

        Bad(String rest) {
            encoded = URLEncoder.encode(SECRET, StandardCharsets.UTF_8) + rest;
        }

        /** In a text of a JSON document. */
        String inJson() {
            return switch (this) {
                case UNREADABLE -> SECRET + "\u00ff";
                case NUL -> SECRET + "\\u0000";
                case LONG -> SECRET + encoded;
            };
        }

        /** What a place that may hold any text has to answer. */
        boolean isAnsweredBy(int status) {
            return switch (this) {
                case UNREADABLE -> status == 400;
                case NUL -> status == 422;
                case LONG -> status < 500;
            };
        }
    }

    private final Running running;
    private final ApiClient api;
    private final Registered registered;
    private final Map<String, String> organiser;
    private final Map<String, String> operator;
    private final JsonNode documented;

    EveryRouteIT(Running running) {
        this.running = running;
        api = running.api();
        registered = api.register("mlsys-2026", "academic", ApiClient.newAddress("every.route"));
        organiser = api.signIn("organiser");
        operator = api.signIn("operator");
        documented = api.get("/api/openapi.json").has(200).json();
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

    /** Through the gateway, and past it where there is a service behind it. */
    private List<String> bases(String service) {
        int port = new SystemInside(running.system().settings()).metricPorts().get(service);
        return service.equals("gateway") ? List.of(running.url()) : List.of(running.url(), "http://127.0.0.1:" + port);
    }

    /**
     * A call with something bad in one place.
     *
     * @param right whether this status is a right answer
     * @param named what the answer has to say; empty for nothing in particular
     */
    private record Call(Route route, String place, Bad bad, HttpRequest request, IntPredicate right, String named) {

        Call(Route route, String place, Bad bad, HttpRequest request, IntPredicate right) {
            this(route, place, bad, request, right, "");
        }
    }

    private List<Call> inEachPlace(Route route, String base, Bad bad) {
        boolean behind = !base.equals(running.url());
        String path = filled(route, variable -> null);
        List<Call> calls = new ArrayList<>();
        if (!behind) {
            for (String variable : route.variables()) {
                String bent = filled(route, one -> one.equals(variable) ? bad.encoded : null);
                calls.add(new Call(
                        route, variable, bad, request(route, base + bent, body(route, "")), EveryRouteIT::isRefusal));
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
                        request(route, base + path + "?" + query + "=" + bad.encoded, body(route, "")),
                        bad::isAnsweredBy));
            }
        }
        if (route.body() == Route.Body.JSON) {
            boolean any = WITH_ANY_BODY.contains(route.name());
            if (bad == Bad.LONG || !EXAMPLES.containsKey(route.name())) {
                calls.add(new Call(
                        route,
                        "body",
                        bad,
                        request(route, base + path, body(route, bad.inJson())),
                        status -> isRefusal(status) || (status < 500 && any)));
            } else {
                bodies(route, bad)
                        .forEach((place, body) -> calls.add(new Call(
                                route,
                                place,
                                bad,
                                request(route, base + path, body),
                                bad::isAnsweredBy,
                                bad == Bad.NUL ? "\"field\":\"" + place + "\"" : "")));
            }
        }
        for (String header : Stream.concat(Stream.of("Authorization", "Cookie"), route.headers().stream())
                .toList()) {
            HttpRequest request = HttpRequest.newBuilder(request(route, base + path, body(route, "")), (_, _) -> true)
                    .setHeader(header, header.equals("Cookie") ? "staff=\"" + bad.encoded : bad.encoded)
                    .build();
            calls.add(new Call(route, header, bad, request, status -> status < 500));
        }
        return calls;
    }

    private static boolean isRefusal(int status) {
        return status >= 400 && status < 500;
    }

    /** The path with good values, but for those that are given. */
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
            case "{attendeeId}", "{attendee}" -> registered.answer().at("/attendees/0/id");
            case "{id}", "{registrationId}" ->
                route.path().contains("dead-letters") ? ApiClient.newKey() : registered.id();
            default -> "none";
        };
    }

    /** Those that it names, and those of the page that sends it. */
    private Set<String> fields(Route route, String path) {
        Set<String> fields = new LinkedHashSet<>(route.parameters());
        fields.add("x");
        String page = api.get(path, headers(route)).text();
        FIELD.matcher(page).results().forEach(field -> fields.add(field.group(1)));
        return fields;
    }

    /** A JSON document with this text wherever one may stand; a form and what has no body is empty. */
    private byte[] body(Route route, String text) {
        if (route.body() != Route.Body.JSON) {
            return new byte[0];
        }
        JsonNode schema = documented
                .path("paths")
                .path(route.path())
                .path(route.method().toLowerCase(Locale.ROOT))
                .at("/requestBody/content/application~1json/schema");
        String json = EXAMPLES.getOrDefault(route.name(), example(schema, 0).toString());
        if (!json.startsWith("{\"")) {
            json = "{\"x\":\"TEXT\"}";
        } else if (!json.contains("TEXT")) {
            json = "{\"x\":\"TEXT\"," + json.substring(1);
        }
        return json.replace("TEXT", text).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The document with what is bad in one text, and with good ones in all others, by the path of that text. */
    private Map<String, byte[]> bodies(Route route, Bad bad) {
        JsonNode document = new JsonMapper().readTree(body(route, "TEXT"));
        List<String> places = new ArrayList<>();
        bent(document, "", "", places);
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        for (String place : places) {
            String json = bent(document, "", place, new ArrayList<>()).toString();
            bodies.put(place, json.replace("TEXT", bad.inJson()).getBytes(StandardCharsets.ISO_8859_1));
        }
        return bodies;
    }

    /** @param left the one text that stays what it is */
    private static JsonNode bent(JsonNode node, String path, String left, List<String> places) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (node.isObject()) {
            ObjectNode object = json.objectNode();
            node.properties().forEach(field -> {
                String below = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                object.set(field.getKey(), bent(field.getValue(), below, left, places));
            });
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = json.arrayNode();
            for (int i = 0; i < node.size(); i++) {
                array.add(bent(node.get(i), path + "[" + i + "]", left, places));
            }
            return array;
        }
        if (!node.isString() || !node.stringValue().equals("TEXT")) {
            return node;
        }
        places.add(path);
        return path.equals(left) ? node : json.stringNode(good(path));
    }

    private static String good(String path) {
        return switch (path.substring(path.lastIndexOf('.') + 1)) {
            case "email" -> ApiClient.newAddress("every.route");
            case "category" -> "academic";
            case "slug" -> "mlsys-2026";
            default -> "x";
        };
    }

    private JsonNode example(JsonNode schema, int depth) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (schema.has("$ref")) {
            return example(documented.at(schema.path("$ref").asString().substring(1)), depth);
        }
        for (String several : List.of("oneOf", "anyOf", "allOf")) {
            if (schema.has(several)) {
                return example(schema.path(several).get(0), depth);
            }
        }
        if (schema.has("properties") && depth < 6) {
            ObjectNode object = json.objectNode();
            schema.path("properties")
                    .properties()
                    .forEach(field -> object.set(field.getKey(), example(field.getValue(), depth + 1)));
            return object;
        }
        JsonNode type = schema.path("type");
        return switch (type.isArray() ? type.get(0).asString() : type.asString("object")) {
            case "string" -> json.stringNode("TEXT");
            case "integer", "number" -> json.numberNode(-1);
            case "boolean" -> json.booleanNode(true);
            case "array" -> {
                ArrayNode array = json.arrayNode();
                array.add(example(schema.path("items"), depth + 1));
                yield array;
            }
            default -> json.objectNode().put("x", "TEXT");
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
        } else if (route.path().startsWith("/api/admin/") || route.path().endsWith("/transfers")) {
            headers.putAll(organiser);
        } else if (route.path().startsWith("/api/registrations/")
                || route.path().startsWith("/api/payments/")) {
            headers.putAll(registered.bearer());
        } else {
            headers.put("Cookie", "registration-" + registered.id() + "=" + registered.token());
            headers.put("Origin", running.url());
        }
        headers.put("Idempotency-Key", ApiClient.newKey());
        headers.put("Accept", route.path().startsWith("/api/") ? "application/json" : "text/html");
        switch (route.body()) {
            case FORM -> headers.put("Content-Type", "application/x-www-form-urlencoded");
            case JSON -> headers.put("Content-Type", "application/json");
            case NONE -> {}
        }
        return headers;
    }

    /** What is wrong with the answer; nothing if it is right. */
    private String complaint(Call call) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = HTTP.send(call.request(), HttpResponse.BodyHandlers.ofInputStream());
        // A stream goes on until it is closed.
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (InputStream body = answer.body()) {
            if (!answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream")) {
                body.transferTo(said);
            }
        }
        String uri = call.request().uri().toString();
        boolean throughGateway = uri.startsWith(running.url());
        // Past the gateway a service may ask for a token before it reads.
        boolean right = call.right().test(answer.statusCode())
                        && said.toString(StandardCharsets.UTF_8).contains(call.named())
                || (!throughGateway && isRefusal(answer.statusCode()));
        boolean cacheable =
                throughGateway && answer.headers().firstValue("Cache-Control").isEmpty();
        return right && !cacheable
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

    private void assertThatNoLogHasTheSecret() throws IOException {
        Path logs = running.system().settings().dataFolder().resolve("logs");
        String last = ApiClient.newKey();
        api.get("/api/version", Map.of("X-Request-Id", last)).has(200);
        await().until(() -> Files.readString(logs.resolve("gateway.log")).contains(last));
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
