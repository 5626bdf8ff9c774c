package org.openingminute.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;

class PagesTest {

    private final Pages rehearsal = new Pages(TestSettings.of(GatewaySettings.Mode.REHEARSAL));
    private final Pages deployed = new Pages(TestSettings.of(GatewaySettings.Mode.DEPLOYED));

    static Stream<Arguments> pagesAndLanguages() {
        return Stream.of("unavailable", "unavailable-after-write", "not-found")
                .flatMap(
                        page -> Stream.of(Locale.ENGLISH, Locale.GERMAN).map(language -> Arguments.of(page, language)));
    }

    @ParameterizedTest
    @MethodSource("pagesAndLanguages")
    void every_page_is_whole_in_its_language(String name, Locale language) {
        String page = text(rehearsal.page(name, language, Map.of("requestId", "id-7", "back", "/a?b=1&c=<2>")));

        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("<html lang=\"" + language.getLanguage() + "\">", "id-7", "href=\"/\"")
                .containsPattern("<title>[^<]+</title>")
                .doesNotContain("{", "}", "<2>");
    }

    @ParameterizedTest
    @MethodSource("pagesAndLanguages")
    void a_rehearsal_says_that_it_is_one_and_what_time_it_is(String name, Locale language) {
        assertThat(text(rehearsal.page(name, language, Map.of())))
                .contains(
                        language.equals(Locale.GERMAN) ? "Probe" : "Rehearsal",
                        "id=\"clock\"",
                        "clock.js",
                        "<noscript>");
        assertThat(text(deployed.page(name, language, Map.of())))
                .doesNotContain("Rehearsal", "Probe", "clock", "mailbox");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sign-in", "signed-in", "signed-out", "sign-in-failed"})
    void pages_of_signing_in_are_whole_in_both_languages(String name) {
        Map<String, String> values = Map.of("name", "<b>Ada</b>", "to", "/a?b=\"", "wrong", "<i>no</i>");
        assertThat(text(deployed.page(name, Locale.ENGLISH, values)))
                .contains("<html lang=\"en\">")
                .containsPattern("<title>[^<]+</title>")
                .doesNotContain("{", "}", "<b>", "<i>", "b=\"\"");
        assertThat(text(deployed.page(name, Locale.GERMAN, values)))
                .contains("<html lang=\"de\">")
                .doesNotContain("{", "}", "ign in", "igned");
    }

    @Test
    void the_page_to_try_calls_has_the_banner_too() {
        assertThat(text(rehearsal.docs())).contains("Rehearsal", "clock.js").doesNotContain("{banner}");
        assertThat(text(deployed.docs())).doesNotContain("Rehearsal", "{banner}");
    }

    private static String text(byte[] page) {
        return new String(page, StandardCharsets.UTF_8);
    }
}
