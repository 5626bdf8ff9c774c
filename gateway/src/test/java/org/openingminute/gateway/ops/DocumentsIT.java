package org.openingminute.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.ui.Assets;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves, on a running gateway with stub services, how it merges and publishes the OpenAPI document, the contracts of messages and its
 * files.
 */
@GatewayTest
class DocumentsIT {

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private RequestMappingHandlerMapping requestMappingHandlerMapping;

    @Autowired
    private AutowireCapableBeanFactory beans;

    @Test
    void document_is_unavailable_until_every_service_gave_its_part() {
        gateway.notification.on("/internal/openapi", 503, "text/plain", "");
        OpenApiController afterTheStart = beans.createBean(OpenApiController.class);

        assertThatThrownBy(() -> afterTheStart.document().block()).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.code()).isEqualTo(CommonProblem.UNAVAILABLE);
            assertThat(problem.retryAfter()).isPresent();
            assertThat(problem.detail()).contains("notification-service");
        });

        gateway.notification.on("/internal/openapi", 200, "application/json", "{}");
        assertThat(afterTheStart.document().block().getStatusCode().value()).isEqualTo(200);
    }

    @Test
    void one_document_describes_all_and_survives_a_service_that_is_away() {
        HttpResponse<String> complete = gateway.get("/api/openapi.json");
        JsonNode document = ServiceFixture.json(complete);
        assertThat(document.at("/servers/0/url").stringValue()).isEqualTo(ServiceFixture.PUBLIC_URL);
        assertThat(document.get("paths").propertyNames())
                .contains("/api/session", "/api/conferences", "/api/payments/{id}", "/mailbox");
        assertThat(complete.headers().firstValue("Cache-Control")).contains("max-age=60, public");

        gateway.payment.on("/internal/openapi", 503, "text/plain", "");
        String etag = complete.headers().firstValue("ETag").orElseThrow();
        assertThat(gateway.get("/api/openapi.json", "If-None-Match", etag).statusCode())
                .isEqualTo(304);

        gateway.registration.received().clear();
        for (int i = 0; i < 20; i++) {
            gateway.get("/api/openapi.json");
        }
        assertThat(gateway.registration.received()).as("merged once").hasSizeLessThan(10);
    }

    @Test
    void the_gateways_own_part_names_the_calls_that_exist() throws IOException {
        Set<String> documented = new TreeSet<>();
        ownPart()
                .path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        Set<String> answered = requestMappingHandlerMapping.getHandlerMethods().keySet().stream()
                .flatMap(call -> call.getMethodsCondition().getMethods().stream()
                        .flatMap(method -> call.getPatternsCondition().getPatterns().stream()
                                .map(path -> method + " " + path.getPatternString())))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> pages = Set.of(
                "GET /api/docs",
                "GET /design",
                "GET /desk/{slug}/audit",
                "GET /desk/{slug}/waiting-room/report",
                "POST /language",
                "GET /favicon.ico",
                "GET /assets/gateway/{name}",
                "GET /assets/ui/{file}",
                "GET /sign-in",
                "GET /sign-in/callback",
                "POST /sign-in",
                "GET /waiting-room/{slug}",
                "POST /waiting-room/{slug}",
                "GET /sign-out",
                "POST /sign-out");
        Set<String> passedOn = Set.of(
                "GET /api/ops/dead-letters/{id}",
                "POST /api/ops/dead-letters/{id}/replay",
                "POST /api/ops/dead-letters/{id}/discard");

        assertThat(documented).containsAll(passedOn);
        documented.removeAll(passedOn);
        assertThat(answered).containsAll(pages);
        answered.removeAll(pages);
        assertThat(documented).isEqualTo(answered);
    }

    private static JsonNode ownPart() throws IOException {
        return new JsonMapper().readTree(new ClassPathResource("openapi/gateway.json").getContentAsByteArray());
    }

    @Test
    void every_reference_of_the_gateways_own_part_leads_somewhere() {
        String text = gateway.get("/api/openapi.json").body();
        JsonNode document = ServiceFixture.json(gateway.get("/api/openapi.json"));
        Matcher references = Pattern.compile("\"\\$ref\":\"#([^\"]+)\"").matcher(text);
        int found = 0;
        while (references.find()) {
            found++;
            assertThat(document.at(references.group(1)).isMissingNode())
                    .as(references.group(1))
                    .isFalse();
        }
        assertThat(found).isPositive();
    }

    @Test
    void the_page_to_try_calls_loads_nothing_from_elsewhere() {
        HttpResponse<String> page = gateway.get("/api/docs");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).doesNotContain("http:").doesNotContain("https:").doesNotContain("<style");
        Matcher parts = Pattern.compile("(?:href|src)=\"(/assets/[^\"]+)\"").matcher(page.body());
        int found = 0;
        while (parts.find()) {
            found++;
            HttpResponse<String> part = gateway.get(parts.group(1));
            assertThat(part.statusCode()).as(parts.group(1)).isEqualTo(200);
            assertThat(part.body()).isNotEmpty();
            assertThat(part.headers().firstValue("ETag")).isPresent();
        }
        assertThat(found).isEqualTo(5);
        assertThat(page.body())
                .containsSubsequence("<noscript>", "/api/openapi.json", "/api/asyncapi.yaml", "</noscript>");
    }

    @Test
    void file_of_all_pages_is_kept_for_ever_under_its_version() throws Exception {
        String address = new Assets().address("ui.css");
        HttpResponse<byte[]> style = gateway.client()
                .send(
                        HttpRequest.newBuilder(gateway.uri(address))
                                .header("Accept-Encoding", "gzip")
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(style.statusCode()).isEqualTo(200);
        assertThat(style.headers().firstValue("Content-Type")).contains("text/css;charset=UTF-8");
        assertThat(style.headers().firstValue("Cache-Control"))
                .get()
                .asString()
                .contains("max-age=31536000", "public", "immutable");
        assertThat(style.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(style.headers().firstValue("Vary")).contains("Accept-Encoding");
        HttpResponse<String> plain = gateway.get(address);
        try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(style.body()))) {
            assertThat(unpacked.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo(plain.body());
        }
        assertThat(style.body().length).isLessThan(plain.body().length() / 2);
        String etag = plain.headers().firstValue("ETag").orElseThrow();
        assertThat(gateway.get(address, "If-None-Match", etag).statusCode()).isEqualTo(304);
    }

    @Test
    void version_of_another_build_gets_the_present_file_and_is_not_kept() {
        HttpResponse<String> style = gateway.get("/assets/ui/ui.0123456789ab.css");
        assertThat(style.statusCode()).isEqualTo(200);
        assertThat(style.body())
                .isEqualTo(gateway.get(new Assets().address("ui.css")).body());
        assertThat(style.headers().firstValue("Cache-Control")).contains("no-cache");
        for (String unknown : List.of("ui.css", "other.0123456789ab.css", "ui.0123456789ab.js")) {
            HttpResponse<String> none = gateway.get("/assets/ui/" + unknown);
            assertThat(none.statusCode()).as(unknown).isEqualTo(404);
        }
    }

    @Test
    void browsers_find_an_icon() {
        HttpResponse<String> icon = gateway.get("/favicon.ico", "Accept", "image/avif,image/webp,*/*;q=0.8");
        assertThat(icon.statusCode()).isEqualTo(200);
        assertThat(icon.headers().firstValue("Content-Type")).contains("image/x-icon");
        assertThat(icon.headers().firstValue("Cache-Control")).contains("max-age=600, public");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/version",
                "/.well-known/jwks.json",
                "/api/openapi.json",
                "/api/asyncapi.yaml",
                "/api/schemas/common.json",
                "/api/docs",
                "/favicon.ico"
            })
    void public_answers_may_be_cached_and_are_sent_once(String path) {
        HttpResponse<String> answer = gateway.get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control"))
                .get()
                .asString()
                .contains("public");
        String etag = answer.headers().firstValue("ETag").orElseThrow();
        assertThat(gateway.get(path, "If-None-Match", etag).statusCode()).isEqualTo(304);
    }

    @Test
    void the_contract_of_the_messages_is_published_with_its_schemas() {
        HttpResponse<String> contract = gateway.get("/api/asyncapi.yaml");
        assertThat(contract.statusCode()).isEqualTo(200);
        assertThat(contract.body()).contains("asyncapi: 3.");
        Matcher references =
                Pattern.compile("(?:\\./)?(schemas/[a-z0-9.-]+\\.json)").matcher(contract.body());
        while (references.find()) {
            assertThat(gateway.get("/api/" + references.group(1)).statusCode())
                    .as(references.group(1))
                    .isEqualTo(200);
        }
        assertThat(gateway.get("/api/schemas/nothing.json").statusCode()).isEqualTo(404);
        assertThat(gateway.get("/api/schemas/..%2fasyncapi.yaml").statusCode()).isEqualTo(404);
    }
}
