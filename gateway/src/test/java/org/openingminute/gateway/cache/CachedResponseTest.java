package org.openingminute.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.cache.CacheableRead.Kind;
import org.springframework.http.HttpHeaders;

class CachedResponseTest {

    private static final CacheableRead PAGE =
            new CacheableRead("pages", Kind.PAGE, List.of(), Duration.ofSeconds(1), Duration.ofMinutes(5));
    private static final long READ_AT = -Duration.ofSeconds(1).toNanos();

    private static CachedResponse answer(byte[] body, String... headers) {
        HttpHeaders given = new HttpHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            given.add(headers[i], headers[i + 1]);
        }
        return CachedResponse.of(given, body, PAGE, READ_AT);
    }

    private static long after(Duration time) {
        return READ_AT + time.toNanos();
    }

    @Test
    void answer_is_fresh_as_long_as_route_and_service_say() {
        CachedResponse longer = answer(new byte[1], "Cache-Control", "max-age=60, public");
        assertThat(longer.isFresh(after(Duration.ofMillis(999)))).isTrue();
        assertThat(longer.isFresh(after(Duration.ofSeconds(1)))).isFalse();
        assertThat(answer(new byte[1], "Cache-Control", "max-age=0, public").isFresh(READ_AT))
                .isFalse();
        assertThat(answer(new byte[1], "Cache-Control", "public").isFresh(READ_AT))
                .isFalse();
    }

    @Test
    void answer_stands_in_for_five_minutes() {
        CachedResponse answer = answer(new byte[1], "Cache-Control", "max-age=60, public");
        assertThat(answer.isYoungerThan(PAGE.stale(), after(Duration.ofSeconds(299))))
                .isTrue();
        assertThat(answer.isYoungerThan(PAGE.stale(), after(Duration.ofMinutes(5))))
                .isFalse();
    }

    @Test
    void begun_second_counts_for_other_caches_and_begun_minute_not_for_people() {
        CachedResponse answer = answer(new byte[1]);
        assertThat(answer.seconds(after(Duration.ofMillis(1)))).isEqualTo(1);
        assertThat(answer.seconds(after(Duration.ofMillis(1_001)))).isEqualTo(2);
        assertThat(answer.age(after(Duration.ofSeconds(119))).toMinutes()).isEqualTo(1);
    }

    @Test
    void headers_count_once_whatever_their_case() {
        CachedResponse answer =
                answer(new byte[1], "content-type", "text/html", "vary", "Accept-Language", "etag", "\"a\"");
        assertThat(answer.headers().get("Vary")).containsExactly("Accept-Language, Cookie, Accept-Encoding");
        assertThat(answer.headers().containsHeader("ETag")).isFalse();
        assertThat(answer.body().etag()).isEqualTo("\"a\"");
    }

    @Test
    void body_of_any_size_is_compressed_unless_it_is_of_another_kind() {
        for (int size : List.of(1, 128 * 1024, 2 * 1024 * 1024)) {
            assertThat(answer(new byte[size], "Content-Type", "application/json")
                            .body()
                            .gzip())
                    .isNotNull();
            assertThat(answer(new byte[size], "Content-Type", "image/png")
                            .body()
                            .gzip())
                    .isNull();
        }
    }

    /** Many small responses fill memory mainly with the objects around their bodies. */
    @Test
    void weight_has_more_than_the_body() {
        int small = answer(new byte[1]).weight();
        assertThat(small).isGreaterThan(400);
        assertThat(answer(new byte[1], "X-Long", "x".repeat(5_000)).weight()).isGreaterThan(small + 5_000);
        assertThat(answer(new byte[9_000], "Content-Type", "text/html").weight())
                .as("plain and compressed")
                .isBetween(9_000 + small, 11_000 + small);
    }
}
