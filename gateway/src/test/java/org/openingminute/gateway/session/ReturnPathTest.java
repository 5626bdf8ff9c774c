package org.openingminute.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReturnPathTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/desk/mlsys-2026", "/desk?q=a%2Fb&x=//y", "/check-in/mlsys-2026#gate"})
    void a_path_of_this_site_is_taken(String to) {
        assertThat(ReturnPath.of(to)).contains(to);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "desk",
                "//evil.example",
                "//evil.example/desk",
                "///evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "/\t/evil.example",
                "/\n/evil.example",
                " //evil.example",
                "https://evil.example",
                "https:evil.example",
                "javascript:alert(1)",
                "/desk\r\nSet-Cookie: staff=x",
                "/%zz",
                "/ä"
            })
    void any_other_is_ignored(String to) {
        assertThat(ReturnPath.of(to)).isEmpty();
    }

    @Test
    void none_or_a_very_long_one_is_ignored() {
        assertThat(ReturnPath.of(null)).isEmpty();
        assertThat(ReturnPath.of("/" + "x".repeat(2_000))).isEmpty();
    }
}
