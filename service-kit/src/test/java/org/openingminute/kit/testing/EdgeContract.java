package org.openingminute.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves what every service with servlets answers alike: tokens, the order of checks, and problem documents. It runs against a real service
 * and needs no data. A service's own test names its address and which of its calls are about a registration.
 */
public interface EdgeContract {

    /** The base URI of the running service. */
    URI base();

    /** The service's {@code PUBLIC_URL}. */
    String publicUrl();

    /** The service's {@code ACCESS_TOKEN_KEYS}, several as during a rotation. */
    String accessTokenKeys();

    /** A valid token of a member of staff. */
    String staffToken(String role);

    /** The path of a read that is allowed to a registration's contact. */
    String read(UUID registration);

    /** The path of a POST that is allowed to a registration's contact, with the body {@code {}}. */
    String write(UUID registration);

    /** The path of an organiser's write, with a JSON body. */
    String organisersWrite(UUID registration);

    /** The mapping that handles the service's calls. */
    RequestMappingHandlerMapping handlers();

    /** Routes below {@code /api} that are not part of the API, for example {@code GET /api/path}. */
    default Set<String> undocumented() {
        return Set.of();
    }

    @Test
    default void no_token_is_unauthenticated() {
        Answer answer = new Call(this, "GET", read(UUID.randomUUID())).send();
        answer.isProblem(401, "unauthenticated", "Not signed in", "A valid token is required.");

        new Call(this, "GET", read(UUID.randomUUID()))
                .with("Authorization", "Basic YTpi")
                .send()
                .isProblem(401, "unauthenticated", "Not signed in", "A valid token is required.");
    }

    @Test
    default void tokens_of_every_generation_are_read() {
        UUID another = UUID.randomUUID();
        for (String generation : List.of("0", "1", "999999999", "1000000000", "2147483647")) {
            for (String attendee : List.of("-", UUID.randomUUID().toString())) {
                String token = token(UUID.randomUUID() + "." + attendee + "." + generation);
                new Call(this, "GET", read(another))
                        .bearer(token)
                        .send()
                        .isProblem(403, "forbidden", "Not allowed", "This token belongs to another registration.");
            }
        }
    }

    @Test
    default void tokens_are_good_while_their_key_is_kept() {
        String claims = UUID.randomUUID() + ".-.0";
        List<String> kept = List.of(accessTokenKeys().split(",", -1));
        assertThat(kept).hasSizeGreaterThan(1);
        for (String key : kept) {
            new Call(this, "GET", read(UUID.randomUUID()))
                    .bearer(TokenVectors.signed(key, key.split(":", 2)[0] + "." + claims))
                    .send()
                    .isProblem(403, "forbidden", "Not allowed", "This token belongs to another registration.");
        }
        String removed = "k0:" + kept.getFirst().split(":", 2)[1];
        new Call(this, "GET", read(UUID.randomUUID()))
                .bearer(TokenVectors.signed(removed, "k0." + claims))
                .send()
                .isProblem(401, "unauthenticated", "Not signed in", "A valid token is required.");
    }

    @Test
    default void bad_tokens_are_unauthenticated() {
        UUID registration = UUID.randomUUID();
        String good = token(registration + ".-.0");
        String signature = good.substring(good.lastIndexOf('.') + 1);
        Stream<String> forms = Stream.of("-1", "+1", "01", "", "1.5", "0x1", "2147483648", "99999999999999999999")
                .map(generation -> token(registration + ".-." + generation));
        Stream<String> others = Stream.of(
                "",
                "x",
                "a.b.c",
                "....",
                good + "x",
                good + ".x",
                good.substring(0, good.length() - 1),
                good.replaceFirst("\\.-\\.0\\.", ".-.1."),
                good.replace(registration.toString(), UUID.randomUUID().toString()),
                "unknown" + good.substring(good.indexOf('.')),
                good.substring(0, good.lastIndexOf('.') + 1),
                token(registration.toString().toUpperCase(Locale.ROOT) + ".-.0"),
                token("1-1-1-1-1.-.0"),
                token(registration + "..0"),
                "k1.text." + signature,
                staffToken("organiser").replaceFirst("\\.[^.]+\\.", ".e30."));
        Stream.concat(forms, others)
                .forEach(token -> new Call(this, "GET", read(registration))
                        .bearer(token)
                        .send()
                        .isProblem(401, "unauthenticated", "Not signed in", "A valid token is required."));
    }

    @Test
    default void staff_call_needs_its_role() {
        Call call = new Call(this, "GET", "/internal/ops/dead-letters");

        assertThat(call.bearer(staffToken("operator")).send().status()).isEqualTo(200);
        for (String token :
                List.of(staffToken("organiser"), staffToken("of-a-later-version"), token(UUID.randomUUID() + ".-.0"))) {
            call.bearer(token).send().isProblem(403, "forbidden", "Not allowed", "This requires the role operator.");
        }
        call.bearer("x").send().isProblem(401, "unauthenticated", "Not signed in", "A valid token is required.");
    }

    @Test
    default void cookie_writes_only_from_our_own_pages() {
        UUID registration = UUID.randomUUID();
        for (String token : List.of(token(registration + ".-.0"), "k1.nonsense")) {
            Call call = new Call(this, "POST", write(registration))
                    .with("Cookie", "registration-" + registration + "=" + token);
            for (Call foreign : List.of(
                    call,
                    call.with("Origin", "null"),
                    call.with("Origin", "https://evil.example"),
                    call.with("Origin", publicUrl() + ".evil.example"),
                    call.with("Origin", "https://evil.example").with("Referer", publicUrl() + "/"),
                    call.with("Referer", publicUrl() + ".evil.example/"))) {
                foreign.send().isProblem(403, "forbidden", "Not allowed", "This page may not act on your behalf.");
            }
        }
    }

    @Test
    default void origin_is_checked_before_the_token_and_that_before_all_else() {
        UUID registration = UUID.randomUUID();
        Call call = new Call(this, "POST", write(registration))
                .with("Cookie", "registration-" + registration + "=k1.nonsense");

        call.with("Origin", publicUrl())
                .send()
                .isProblem(401, "unauthenticated", "Not signed in", "A valid token is required.");
        call.with("Referer", publicUrl() + "/registrations/" + registration)
                .send()
                .isProblem(401, "unauthenticated", "Not signed in", "A valid token is required.");
        new Call(this, "GET", read(registration))
                .with("Cookie", "registration-" + registration + "=k1.nonsense")
                .send()
                .isProblem(401, "unauthenticated", "Not signed in", "A valid token is required.");
    }

    @Test
    default void header_goes_before_cookies() {
        UUID registration = UUID.randomUUID();
        new Call(this, "POST", write(registration))
                .with("Cookie", "registration-" + registration + "=k1.nonsense; staff=a.b.c")
                .bearer(token(UUID.randomUUID() + ".-.0"))
                .send()
                .isProblem(403, "forbidden", "Not allowed", "This token belongs to another registration.");
    }

    @Test
    default void body_is_read_before_it_is_asked_who_sends_it() {
        for (String body : List.of("{", "{} {}", "{\"reason\": \"a\", \"reason\": \"b\"}", "nonsense")) {
            discard(body).send().isProblem(400, "malformed", "Malformed request", "The body is not valid JSON.");
        }
        for (String body : List.of("[]", "null", "1", "\"x\"")) {
            discard(body).send().isProblem(400, "malformed", "Malformed request", "The body must be a JSON object.");
        }
        discard("").send().isProblem(400, "malformed", "Malformed request", "A request body is required.");
        discard("{}").send().isProblem(401, "unauthenticated", "Not signed in", "A valid token is required.");
    }

    @Test
    default void organisers_bodies_are_read_alike() {
        for (String body : List.of("{", "{\"reference\": \"a\", \"reference\": \"b\"}", "nonsense")) {
            organisersWrite(body)
                    .send()
                    .isProblem(400, "malformed", "Malformed request", "The body is not valid JSON.");
        }
        for (String body : List.of("[]", "null")) {
            organisersWrite(body)
                    .send()
                    .isProblem(400, "malformed", "Malformed request", "The body must be a JSON object.");
        }
        organisersWrite("").send().isProblem(400, "malformed", "Malformed request", "A request body is required.");
        new Call(this, "POST", organisersWrite(UUID.randomUUID()))
                .with("Idempotency-Key", "unknown-field")
                .body("{\"nonsense\": 1}")
                .send()
                .isProblem(401, "unauthenticated", "Not signed in", "A valid token is required.");
    }

    private Call organisersWrite(String body) {
        return new Call(this, "POST", organisersWrite(UUID.randomUUID()))
                .with("Idempotency-Key", UUID.randomUUID().toString())
                .bearer(staffToken("organiser"))
                .body(body);
    }

    @Test
    default void wrong_fields_are_named() {
        discard("{\"reason\": 1}")
                .send()
                .isProblem(400, "malformed", "Malformed request", "Some fields have the wrong type.")
                .names("reason must be a string: not-a-text");
        Call operator = discard("{\"reason\": \"x\", \"raeson\": \"x\"}").bearer(staffToken("operator"));
        operator.send()
                .isProblem(422, "invalid", "Invalid request", "Some fields are invalid.")
                .names("raeson is not a known field: unknown-field");
    }

    private Call discard(String body) {
        return new Call(this, "POST", "/internal/ops/dead-letters/nobody." + UUID.randomUUID() + "/discard").body(body);
    }

    /** Neither the service nor its web server, which quotes what it cannot parse, may log them. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    default void unreadable_requests_are_refused_and_never_logged(CapturedOutput log) {
        String secret = "k1." + UUID.randomUUID();
        Call call = new Call(this, "GET", read(UUID.randomUUID()));
        for (String accepted : List.of("application/json", "text/html")) {
            assertThat(call.query("token=" + secret + "%ff")
                            .with("Accept", accepted)
                            .send()
                            .status())
                    .isEqualTo(400);
        }
        call.query("token=" + secret + "%ff").send().isProblem(400, "malformed");
        call.query("token=" + secret + "%00").send().isProblem(422, "invalid");
        assertThat(call.query("token=" + secret + "&a[0]=1").send().status()).isEqualTo(400);
        new Call(this, "POST", write(UUID.randomUUID()))
                .with("Content-Type", "application/x-www-form-urlencoded")
                .body("token=" + secret + "%ff")
                .send();
        call.with("Cookie", "token=\"" + secret).send().isProblem(401, "unauthenticated");

        assertThat(log.getAll()).doesNotContain(secret);
    }

    @Test
    default void document_names_the_calls_that_exist() {
        Set<String> documented = new TreeSet<>();
        new Call(this, "GET", "/internal/openapi")
                .send()
                .document()
                .path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        Set<String> answered = handlers().getHandlerMethods().keySet().stream()
                .flatMap(call -> call.getMethodsCondition().getMethods().stream()
                        .flatMap(method -> call.getPatternValues().stream().map(path -> method + " " + path)))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(documented).isNotEmpty().isSubsetOf(answered);
        Predicate<String> api = call -> call.contains(" /api/");
        assertThat(answered.stream().filter(api))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(documented.stream().filter(api), undocumented().stream())
                                .toList());
    }

    @Test
    default void answers_are_documented_by_their_fields() {
        assertThat(new Call(this, "GET", "/internal/openapi")
                        .send().document().path("paths").properties().stream()
                                .filter(path -> path.getKey().startsWith("/api/"))
                                .flatMap(path -> path.getValue().properties().stream()
                                        .filter(call -> answersMereText(call.getValue()))
                                        .map(call -> call.getKey() + " " + path.getKey())))
                .isEmpty();
    }

    private static boolean answersMereText(JsonNode call) {
        return call.path("responses")
                .valueStream()
                .flatMap(answer -> answer.path("content").properties().stream())
                .filter(content -> Set.of("*/*", "application/json").contains(content.getKey()))
                .map(content -> content.getValue().path("schema"))
                .anyMatch(schema -> schema.path("type").asString("").equals("string") && !schema.has("format"));
    }

    @Test
    default void calls_that_do_not_exist_are_not_found() {
        new Call(this, "GET", "/api/nowhere")
                .send()
                .isProblem(404, "not-found", "Not found", "There is nothing at this address.");
        Answer wrongMethod = new Call(this, "DELETE", "/internal/ops/dead-letters").send();
        wrongMethod.isProblem(404, "not-found", "Not found", "There is nothing at this address.");
        assertThat(wrongMethod.response().headers().allValues("Allow")).isNotEmpty();
    }

    private String token(String claims) {
        String key = accessTokenKeys().split(":", 2)[0];
        return TokenVectors.signed(accessTokenKeys(), key + "." + claims);
    }

    /** A call that is built and not yet sent. Immutable. */
    record Call(
            EdgeContract service,
            String method,
            String path,
            @Nullable String content,
            List<String> headers) {

        private static final HttpClient HTTP = HttpClient.newHttpClient();

        Call(EdgeContract service, String method, String path) {
            this(service, method, path, method.equals("POST") ? "{}" : null, List.of());
        }

        Call body(String json) {
            return new Call(service, method, path, json, headers);
        }

        Call query(String query) {
            return new Call(service, method, path + "?" + query, content, headers);
        }

        Call bearer(String token) {
            return with("Authorization", "Bearer " + token);
        }

        Call with(String header, String value) {
            return new Call(
                    service,
                    method,
                    path,
                    content,
                    Stream.concat(headers.stream(), Stream.of(header, value)).toList());
        }

        Answer send() {
            HttpRequest.Builder request = HttpRequest.newBuilder(service.base().resolve(path))
                    .method(
                            method,
                            content == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(content));
            if (content != null) {
                request.header("Content-Type", "application/json")
                        .header("Idempotency-Key", UUID.randomUUID().toString());
            }
            for (int i = 0; i < headers.size(); i += 2) {
                request.setHeader(headers.get(i), headers.get(i + 1));
            }
            try {
                return new Answer(this, HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** A call and the response to it. */
    record Answer(Call call, HttpResponse<String> response) {

        int status() {
            return response.statusCode();
        }

        void isProblem(int status, String code) {
            assertThat(response.statusCode()).as(this::shown).isEqualTo(status);
            assertThat(document().path("code").asString()).isEqualTo(code);
        }

        /** Asserts that the response is this problem, in the form that every problem has. */
        Answer isProblem(int status, String code, String title, String detail) {
            assertThat(response.statusCode()).as(this::shown).isEqualTo(status);
            assertThat(response.headers().firstValue("Content-Type"))
                    .as(this::shown)
                    .hasValue("application/problem+json");
            JsonNode body = document();
            assertThat(body.path("type").asString()).isEqualTo("about:blank");
            assertThat(body.path("title").asString()).isEqualTo(title);
            assertThat(body.path("status").asInt()).isEqualTo(status);
            assertThat(body.path("detail").asString()).as(this::shown).isEqualTo(detail);
            assertThat(body.path("instance").asString()).isEqualTo(call.path());
            assertThat(body.path("code").asString()).isEqualTo(code);
            assertThat(body.propertyNames())
                    .isSubsetOf("type", "title", "status", "detail", "instance", "code", "errors");
            assertThat(body.path("errors").valueStream()).as(this::shown).allSatisfy(error -> {
                assertThat(error.propertyNames()).containsExactly("field", "message", "code");
                assertThat(error.path("code").asString()).matches("[a-z0-9-]+");
            });
            return this;
        }

        /** Asserts that the problem names these fields with their messages and codes, in this order. */
        void names(String... errors) {
            assertThat(document()
                            .path("errors")
                            .valueStream()
                            .map(error -> error.path("field").asString() + " "
                                    + error.path("message").asString() + ": "
                                    + error.path("code").asString()))
                    .containsExactly(errors);
        }

        JsonNode document() {
            return new JsonMapper().readTree(response.body());
        }

        private String shown() {
            return call.method() + " " + call.path() + " " + call.headers() + " " + call.content() + " -> "
                    + response.statusCode() + " " + response.body();
        }
    }
}
