package org.openingminute.gateway.problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.ui.Assets;
import org.openingminute.ui.BusinessTime;
import org.openingminute.ui.Gallery;
import org.openingminute.ui.UiDialect;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/**
 * Renders the gateway's own pages, in the frame of all pages. They depend on nothing outside of the gateway, because some are shown while
 * everything else is unavailable. In a rehearsal each has the banner. Thread-safe.
 */
@Component
public class Pages {

    private static final String TITLE_BEGINS = "<h1>";
    private static final String TITLE_ENDS = "</h1>";
    /** A placeholder in a rendered frame, which is replaced by the present time. */
    private static final BusinessTime TIME = new BusinessTime("{time-iso}", "{time-text}");

    private final boolean rehearsal;
    private final RehearsalClock clock;
    private final ITemplateEngine templates;
    private final Map<String, String> files = new ConcurrentHashMap<>();
    private final Map<Frame, String> frames = new ConcurrentHashMap<>();

    public Pages(GatewaySettings settings, RehearsalClock clock, Assets assets) {
        rehearsal = settings.mode() == GatewaySettings.Mode.REHEARSAL;
        this.clock = clock;
        templates = templates(assets);
    }

    /** A template that is rendered once and then reused. */
    private record Frame(String template, Locale language, boolean hasTime) {}

    private static ITemplateEngine templates(Assets assets) {
        ResourceBundleMessageSource texts = new ResourceBundleMessageSource();
        texts.setBasenames("ui/texts", "ui/design", "pages/desk");
        texts.setDefaultEncoding(StandardCharsets.UTF_8.name());
        texts.setFallbackToSystemLocale(false);
        ClassLoaderTemplateResolver files = new ClassLoaderTemplateResolver(Pages.class.getClassLoader());
        files.setPrefix("templates/");
        files.setSuffix(".html");
        files.setCharacterEncoding(StandardCharsets.UTF_8.name());
        SpringTemplateEngine engine = new SpringTemplateEngine();
        engine.setTemplateResolver(files);
        engine.setTemplateEngineMessageSource(texts);
        engine.addDialect(new UiDialect(assets, () -> new UiDialect.RequestFacts(null, true)));
        return engine;
    }

    /** English or German: the language that the reader has selected, otherwise the one that the client prefers. */
    public static Locale languageFor(HttpHeaders headers) {
        return ChosenLanguage.of(headers.getOrEmpty(HttpHeaders.COOKIE)).orElseGet(() -> preferred(headers));
    }

    private static Locale preferred(HttpHeaders headers) {
        @Nullable Locale preferred;
        try {
            preferred = Locale.lookup(headers.getAcceptLanguage(), ChosenLanguage.ALL);
        } catch (IllegalArgumentException e) {
            preferred = null;
        }
        return preferred == null ? Locale.ENGLISH : preferred;
    }

    /**
     * A page that exists in both languages, as UTF-8 bytes.
     *
     * @param values the texts that replace their names in braces; they are escaped here
     */
    public byte[] page(String name, Locale language, Map<String, String> values) {
        String file = file(name, language);
        // The lines before the title belong to the page's head element.
        int head = file.lastIndexOf('\n', file.indexOf(TITLE_BEGINS)) + 1;
        String main = file.substring(head);
        int title = main.indexOf(TITLE_BEGINS) + TITLE_BEGINS.length();
        String page = framed("page", language)
                .replace("{head}", file.substring(0, head))
                .replace("{title}", main.substring(title, main.indexOf(TITLE_ENDS)))
                .replace("{main}", main);
        for (Map.Entry<String, String> value : values.entrySet()) {
            page = page.replace("{" + value.getKey() + "}", HtmlUtils.htmlEscape(value.getValue(), "UTF-8"));
        }
        return page.getBytes(StandardCharsets.UTF_8);
    }

    /** The interactive API page, as UTF-8 bytes; in English, like the API's descriptions. */
    public byte[] docs() {
        return framed("docs", Locale.ENGLISH).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The gallery of all page fragments in every state, as UTF-8 bytes.
     *
     * @param part the only part to render, for a page that replaces it; {@code null} for the whole page
     */
    public byte[] design(Locale language, String query, Gallery.@Nullable Part part) {
        Map<String, Object> model = Gallery.model(language, query);
        return part == null
                ? rendered(Gallery.TEMPLATE, null, language, BusinessTime.UTC, model)
                : rendered(part.template(), part.fragment(), language, BusinessTime.UTC, model);
    }

    /**
     * A page for one reader, as UTF-8 bytes.
     *
     * @param fragment the only fragment of the template to render; {@code null} for the whole page
     * @param zone the time zone of the banner of a rehearsal
     */
    public byte[] rendered(
            String template, @Nullable String fragment, Locale language, ZoneId zone, Map<String, Object> values) {
        Context model = new Context(language, values);
        model.setVariable("rehearsal", rehearsal);
        clock.minute().ifPresent(now -> model.setVariable("businessTime", BusinessTime.at(now, zone, language)));
        String page = fragment == null
                ? templates.process(template, model)
                : templates.process(template, Set.of(fragment), model);
        return page.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether pages change every minute, because they show the time of a rehearsal. */
    public boolean showsTime() {
        return rehearsal;
    }

    /**
     * Adds a notice of its age to a page whose service is unavailable. Returns UTF-8 bytes.
     *
     * @param page the page as the service sent it
     * @param age the age in whole minutes
     */
    public byte[] withAgeNotice(byte[] page, Locale language, long age) {
        String text = new String(page, StandardCharsets.UTF_8);
        int main = text.indexOf("<main");
        int begins = main < 0 ? -1 : text.indexOf('>', main) + 1;
        if (begins <= 0) {
            return page;
        }
        // The file has one line each for zero, one and more minutes.
        List<String> said = file("aged", language).lines().toList();
        String line = said.get((int) Math.min(age, said.size() - 1)).replace("{minutes}", Long.toString(age));
        return (text.substring(0, begins) + "\n" + line + "\n" + text.substring(begins))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The frame of a template in a language, with the present time of a rehearsal. */
    private String framed(String template, Locale language) {
        Optional<BusinessTime> time = clock.minute().map(now -> BusinessTime.at(now, language));
        String frame = frames.computeIfAbsent(new Frame(template, language, time.isPresent()), this::render);
        return time.map(now -> frame.replace(TIME.iso(), now.iso()).replace(TIME.text(), now.text()))
                .orElse(frame);
    }

    private String render(Frame frame) {
        Context model = new Context(frame.language());
        model.setVariable("rehearsal", rehearsal);
        if (frame.hasTime()) {
            model.setVariable("businessTime", TIME);
        }
        return templates.process(frame.template(), model);
    }

    private String file(String name, Locale language) {
        return file(name + "." + language.getLanguage() + ".html");
    }

    private String file(String name) {
        return files.computeIfAbsent(name, Pages::read);
    }

    private static String read(String name) {
        try {
            return new ClassPathResource("pages/" + name).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
