package org.openingminute.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathGuardTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api/conferences",
                "/api/conferences/",
                "/api/admin/conferences/mlsys-2026/vouchers/50%25-OFF",
                "/api/admin/conferences/mlsys-2026/vouchers/%C3%A4",
                "/.well-known/ticket-keys",
                "/conferences/a.b..c"
            })
    void a_path_that_everybody_reads_alike_is_plain(String path) {
        assertThat(PathGuard.isPlain(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "api",
                "//internal",
                "/api//internal",
                "/api/../internal",
                "/api/./internal",
                "/api/%2e%2e/internal",
                "/api/.%2E/internal",
                "/api/..;/internal",
                "/api;x=y/conferences",
                "/internal%2fstatus",
                "/api/..%2finternal",
                "/api/..%5cinternal",
                "/api\\internal",
                "/api/%00",
                "/api/%0d%0a",
                "/api/%c0%ae%c0%ae/internal",
                "/api/%zz",
                "/api/\u00e9",
                "/api/%ff"
            })
    void a_path_that_may_be_read_in_two_ways_is_not(String path) {
        assertThat(PathGuard.isPlain(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/internal", "/internal/", "/internal/sales", "/%69nternal/sales", "/actuator/health"})
    void inside_of_a_service_is_recognised(String path) {
        assertThat(PathGuard.isInternal(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/api/internal", "/internals", "/conferences/internal"})
    void a_public_path_is_no_inside(String path) {
        assertThat(PathGuard.isInternal(path)).isFalse();
    }
}
