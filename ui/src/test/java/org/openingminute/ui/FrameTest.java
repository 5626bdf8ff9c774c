package org.openingminute.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.EncodedResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

class FrameTest {

    private static final String TOLD = "2026-02-02T17:18:00Z";

    private @Nullable String header = TOLD;
    private boolean isRead = true;
    private final SpringTemplateEngine templates = engine();

    private SpringTemplateEngine engine() {
        ResourceBundleMessageSource texts = new ResourceBundleMessageSource();
        texts.setBasename("ui/texts");
        texts.setDefaultEncoding(StandardCharsets.UTF_8.name());
        texts.setFallbackToSystemLocale(false);
        ClassLoaderTemplateResolver files = new ClassLoaderTemplateResolver();
        files.setPrefix("templates/");
        files.setSuffix(".html");
        SpringTemplateEngine engine = new SpringTemplateEngine();
        engine.setTemplateResolver(files);
        engine.setTemplateEngineMessageSource(texts);
        engine.addDialect(new UiDialect(new Assets(), () -> new UiDialect.RequestFacts(header, isRead)));
        return engine;
    }

    private String page(Locale language, Map<String, Object> model) {
        return templates.process("test-page", new Context(language, model));
    }

    @Test
    void frame_is_whole_in_both_languages() {
        assertThat(page(Locale.ENGLISH, Map.of()))
                .startsWith("<!DOCTYPE html>")
                .containsSubsequence(
                        "<html lang=\"en\">",
                        "<title>&lt;A title&gt;</title>",
                        "href=\"" + new Assets().address("icon.svg") + "\"",
                        "href=\"" + new Assets().address("ui.css") + "\"",
                        "<meta name=\"robots\" content=\"noindex\">",
                        "href=\"#main\">Skip to the content</a>",
                        "<header>",
                        "<a href=\"/more\">More</a>",
                        "<main id=\"main\" tabindex=\"-1\">",
                        "<h1>A page</h1>",
                        "<footer>",
                        "Conferences",
                        "action=\"/language\"",
                        "<button name=\"language\" value=\"de\" lang=\"de\">Deutsch</button>",
                        "</html>")
                .doesNotContain("th:", "rehearsal");
        assertThat(page(Locale.GERMAN, Map.of()))
                .contains(
                        "<html lang=\"de\">",
                        "Zum Inhalt springen",
                        "Konferenzen",
                        "<button name=\"language\" value=\"en\" lang=\"en\">English</button>")
                .doesNotContain("??");
    }

    @Test
    void banner_of_a_rehearsal_has_the_time_that_the_request_tells() {
        assertThat(page(Locale.ENGLISH, Map.of("rehearsal", true)).replace('\u202f', ' '))
                .contains("Rehearsal", "<time datetime=\"" + TOLD + "\">February 2, 2026, 5:18 PM UTC</time>");
        assertThat(page(Locale.GERMAN, Map.of("rehearsal", true)))
                .contains("Probe", "<time datetime=\"" + TOLD + "\">2. Februar 2026, 17:18 UTC</time>");
        header = "2026-02-02T17:18:59.123Z";
        assertThat(page(Locale.ENGLISH, Map.of("rehearsal", true)))
                .as("the same for a minute")
                .contains("<time datetime=\"" + TOLD + "\">");
    }

    @Test
    void page_that_knows_the_time_itself_shows_its_own() {
        BusinessTime own = new BusinessTime("2026-02-02T17:19:00Z", "its own");
        assertThat(page(Locale.ENGLISH, Map.of("rehearsal", true, "businessTime", own)))
                .contains("its own")
                .doesNotContain(TOLD);
    }

    @Test
    void banner_without_a_time_says_none() {
        for (String none : new @Nullable String[] {null, "", "now", "<script>"}) {
            header = none;
            assertThat(page(Locale.ENGLISH, Map.of("rehearsal", true)))
                    .contains("Rehearsal")
                    .doesNotContain("It is now", "<time", "<script>");
        }
    }

    @Test
    void page_that_answers_a_write_offers_no_other_language() {
        isRead = false;
        assertThat(page(Locale.ENGLISH, Map.of())).contains("<footer>").doesNotContain("/language");
    }

    @Test
    void both_languages_have_the_same_texts() throws Exception {
        assertThat(texts("ui/texts_de.properties").stringPropertyNames())
                .isEqualTo(texts("ui/texts.properties").stringPropertyNames());
    }

    private static Properties texts(String file) throws Exception {
        return PropertiesLoaderUtils.loadProperties(
                new EncodedResource(new ClassPathResource(file), StandardCharsets.UTF_8));
    }
}
