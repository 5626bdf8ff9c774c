package org.openingminute.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class ReadKeyTest {

    private static final PublicReads READS = PublicReadsTest.ofTheGateway();

    private static @Nullable ReadKey key(String path, String... headers) {
        return key(HttpMethod.GET, path, headers);
    }

    private static @Nullable ReadKey key(HttpMethod method, String path, String... headers) {
        MockServerHttpRequest.BodyBuilder request = MockServerHttpRequest.method(method, URI.create(path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return ReadKey.of(request.build(), READS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/conferences/mlsys-2026",
                "/api/conferences",
                "/api/conferences/mlsys-2026",
                "/api/conferences/mlsys-2026/availability",
                "/.well-known/ticket-keys",
                "/.well-known/jwks.json",
                "/assets/page-0a1b.css",
                "/assets/fonts/a.woff2",
                "/assets/gateway/page.css",
                "/api/asyncapi.yaml",
                "/api/openapi.json"
            })
    void read_that_is_the_same_for_everyone_has_a_key(String path) {
        assertThat(key(path)).isNotNull();
        assertThat(key(HttpMethod.HEAD, path)).isEqualTo(key(path));
        assertThat(key(HttpMethod.POST, path)).isNull();
        assertThat(key(path, "Authorization", "Bearer a")).isNull();
        assertThat(key(path, "Content-Length", "1")).isNull();
        assertThat(key(path, "Transfer-Encoding", "chunked")).isNull();
    }

    @Test
    void reader_who_wants_another_form_has_none_but_of_a_file() {
        assertThat(key("/", "Accept", "application/json")).isNull();
        assertThat(key("/api/conferences", "Accept", "text/html")).isNull();
        assertThat(key("/assets/page.css", "Accept", "text/css")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/conferences/mlsys-2026/register",
                "/conferences/mlsys-2026/",
                "/conferences/",
                "/api/conferences/mlsys-2026/registrations",
                "/api/registrations/1",
                "/registrations/1",
                "/open",
                "/assets/../internal/status",
                "/assets//internal",
                "/assets/%2e%2e/internal",
                "/assets/;x",
                "/conferences/a%20b",
                "/internal/status",
                "/api/version"
            })
    void any_other_read_has_none(String path) {
        assertThat(key(path)).isNull();
    }

    @Test
    void key_has_the_language_chosen_where_the_answer_has_one() {
        assertThat(key("/", "Accept-Language", "de-AT,en;q=0.5").language()).isEqualTo(Locale.GERMAN);
        assertThat(key("/", "Accept-Language", "fr")).isEqualTo(key("/"));
        assertThat(key("/api/conferences", "Accept-Language", "de")).isEqualTo(key("/api/conferences"));
    }

    @ParameterizedTest
    @CsvSource({
        "limit=1&after=a, limit=1&after=a",
        "after=a&limit=1, limit=1&after=a",
        "limit=1&utm_source=mail, limit=1",
        "limits=1, ''",
        "limit, limit",
        "&=&a&, ''"
    })
    void key_has_the_known_parameters_in_one_order(String query, String known) {
        assertThat(key("/api/conferences?" + query).query()).isEqualTo(known);
    }

    /** A service may parse a known name from each of these queries. */
    @ParameterizedTest
    @ValueSource(strings = {"limit=1&limit=2", "%6cimit=1", "a=%26limit=1", "a+b", "a;limit=1", "a[0]=1"})
    void query_that_may_be_read_in_two_ways_has_no_key(String query) {
        assertThat(key("/api/conferences?" + query)).isNull();
    }
}
