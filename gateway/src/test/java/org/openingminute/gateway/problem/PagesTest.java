package org.openingminute.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.access.Role;
import org.openingminute.ui.Assets;
import org.openingminute.ui.Gallery;
import org.openingminute.ui.desk.DeskNavigation;
import org.openingminute.ui.desk.DeskView;
import org.openingminute.ui.part.Link;

class PagesTest {

    private static final Pattern SECTIONS = Pattern.compile("<div class=\"sections\">(.*?)</div>", Pattern.DOTALL);
    private static final Pattern ADDRESS = Pattern.compile("href=\"([^\"]*)\"");

    private final Pages rehearsal = TestPages.of(GatewaySettings.Mode.REHEARSAL);
    private final Pages deployed = TestPages.of(GatewaySettings.Mode.DEPLOYED);

    static Stream<Arguments> pagesAndLanguages() {
        return Stream.of(
                        "unavailable",
                        "unavailable-after-write",
                        "not-found",
                        "rate-limited",
                        "too-large",
                        "unreadable",
                        "not-signed-in")
                .flatMap(
                        page -> Stream.of(Locale.ENGLISH, Locale.GERMAN).map(language -> Arguments.of(page, language)));
    }

    @ParameterizedTest
    @MethodSource("pagesAndLanguages")
    void every_page_is_whole_in_its_language(String name, Locale language) {
        String page =
                text(rehearsal.page(name, language, Map.of("requestId", "id-7", "back", "/a?b=1&c=<2>", "to", "/a")));

        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("<html lang=\"" + language.getLanguage() + "\">", "id-7", "href=\"/\"")
                .containsPattern("<title>[^<]+</title>")
                .doesNotContain("{", "}", "<2>");
    }

    @ParameterizedTest
    @MethodSource("pagesAndLanguages")
    void a_rehearsal_says_that_it_is_one_and_what_time_it_is(String name, Locale language) {
        boolean isGerman = language.equals(Locale.GERMAN);
        String time = isGerman ? "2. Februar 2026, 17:18 UTC" : "February 2, 2026, 5:18\u202fPM UTC";
        assertThat(text(rehearsal.page(name, language, Map.of())))
                .contains(
                        isGerman ? "Probe" : "Rehearsal",
                        "id=\"clock\"",
                        "<time datetime=\"" + TestPages.NOW + "\">" + time + "</time>")
                .doesNotContain("{time");
        assertThat(text(TestPages.ofNoTime().page(name, language, Map.of())))
                .contains(isGerman ? "Probe" : "Rehearsal")
                .doesNotContain("clock", "<time", "{time");
        assertThat(text(deployed.page(name, language, Map.of())))
                .doesNotContain("Rehearsal", "Probe", "clock", "mailbox");
    }

    @ParameterizedTest
    @MethodSource("pagesAndLanguages")
    void page_is_in_the_frame_of_all_pages(String name, Locale language) {
        assertThat(text(deployed.page(name, language, Map.of())))
                .containsSubsequence(
                        "href=\"" + new Assets().address("ui.css") + "\"",
                        "<header>",
                        "<main id=\"main\" tabindex=\"-1\">",
                        "<h1>",
                        "</main>",
                        "<footer>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"sign-in", "signed-in", "signed-out", "signed-out-here", "sign-in-failed", "sign-out-failed"})
    void pages_of_signing_in_are_whole_in_both_languages(String name) {
        Map<String, String> values = Map.of(
                "name",
                "<b>Ada</b>",
                "username",
                "\"<b>",
                "to",
                "/a?b=\"",
                "wrong",
                "<i>no</i>",
                "place",
                "/b?c=\"",
                "label",
                "<i>go</i>");
        assertThat(text(deployed.page(name, Locale.ENGLISH, values)))
                .contains("<html lang=\"en\">")
                .containsPattern("<title>[^<]+</title>")
                .doesNotContain("{", "}", "<b>", "<i>", "b=\"\"");
        assertThat(text(deployed.page(name, Locale.GERMAN, values)))
                .contains("<html lang=\"de\">")
                .doesNotContain("{", "}", "ign in", "igned");
    }

    @Test
    void banner_of_a_page_about_a_conference_is_in_its_time_zone() {
        Map<String, Object> model = Map.of("title", "No", "desk", new DeskView("MLSys 2026", List.of(), "Ada"));
        byte[] page = rehearsal.rendered("desk-denied", null, Locale.ENGLISH, ZoneId.of("America/Los_Angeles"), model);
        assertThat(text(page)).contains(">February 2, 2026, 9:18\u202fAM PST</time>");
    }

    @Test
    void the_page_to_try_calls_has_the_banner_too() {
        assertThat(text(rehearsal.docs()))
                .contains("Rehearsal", "5:18\u202fPM UTC")
                .doesNotContain("{", "th:");
        assertThat(text(deployed.docs())).doesNotContain("Rehearsal", "{", "th:");
    }

    @ParameterizedTest
    @CsvSource({"en, Design, 5:18\u202fPM UTC, Nothing was found", "de, Gestaltung, 17:18 UTC, Nichts gefunden"})
    void every_part_is_shown_in_both_languages(String language, String title, String time, String nothing) {
        Locale locale = Locale.of(language);
        String page = text(rehearsal.design(locale, "", null));
        assertThat(page)
                .contains("<html lang=\"" + language + "\">", "<h1>" + title + "</h1>", time, "Ada Lovelace")
                .contains(new Assets().address("htmx.js"), "\"allowEval\":false", "\"includeIndicatorStyles\":false")
                .doesNotContain("??", "th:", "style=", "<script>", "onclick");
        assertThat(text(rehearsal.design(locale, "LOVE", Gallery.Part.LIST)).strip())
                .startsWith("<div id=\"sample\"")
                .contains("Ada Lovelace")
                .doesNotContain("Grace Hopper", "<html");
        assertThat(text(rehearsal.design(locale, "<script>", Gallery.Part.LIST)))
                .contains(nothing)
                .doesNotContain("<script>", "<table");
        assertThat(text(rehearsal.design(locale, "", Gallery.Part.ASKED)).strip())
                .startsWith("<ol class=\"timeline\">")
                .doesNotContain("<html");
    }

    @ParameterizedTest
    @CsvSource({"en, Finance, Send what I entered", "de, Finanzen, Eingaben absenden"})
    void folded_filters_a_kept_form_and_roles_are_among_the_parts(String language, String role, String send) {
        assertThat(text(rehearsal.design(Locale.of(language), "", null)))
                .as("folded filters, which are open if one of them is applied")
                .containsSubsequence(
                        "<details>", "id=\"folded-from\"", "<details open=\"open\">", "id=\"narrowed-from\"")
                .as("a form after sign-in")
                .containsSubsequence("<input type=\"hidden\" name=\"language\" value=\"" + language + "\"", send)
                .contains("aria-label=\"" + role + "\"");
    }

    @Test
    void navigation_is_shown_as_each_role_sees_it() {
        String page = text(rehearsal.design(Locale.ENGLISH, "", null));
        assertThat(found(SECTIONS, page))
                .extracting(section -> found(ADDRESS, section))
                .isEqualTo(Stream.of(Role.values()).map(PagesTest::navigation).toList());
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(one -> one.group(1)).toList();
    }

    private static List<String> navigation(Role role) {
        return DeskNavigation.links("mlsys-2026", Set.of(role.wireName()), null, Locale.ENGLISH).stream()
                .map(Link::address)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "en, 0, as it was less than a minute ago.",
        "en, 1, as it was a minute ago.",
        "en, 4, as it was 4 minutes ago.",
        "de, 0, vor weniger als einer Minute.",
        "de, 1, vor einer Minute.",
        "de, 4, vor 4 Minuten."
    })
    void page_that_stands_in_says_how_old_it_is(String language, long minutes, String said) {
        byte[] page = "<body><main id=\"main\"><h1>ä</h1></main>".getBytes(StandardCharsets.UTF_8);
        assertThat(text(deployed.withAgeNotice(page, Locale.of(language), minutes)))
                .startsWith("<body><main id=\"main\">\n<p class=\"notice\" role=\"status\">")
                .contains(said)
                .endsWith("</p>\n<h1>ä</h1></main>");
    }

    @Test
    void page_without_a_main_part_stays_as_it_is() {
        byte[] page = "<html></html>".getBytes(StandardCharsets.UTF_8);
        assertThat(deployed.withAgeNotice(page, Locale.ENGLISH, 1)).isSameAs(page);
    }

    private static String text(byte[] page) {
        return new String(page, StandardCharsets.UTF_8);
    }
}
