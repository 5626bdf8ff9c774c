package org.openingminute.gateway.problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

/**
 * The gateway's own pages. They depend on nothing but the gateway, because some are shown while everything else is
 * away. In a rehearsal each has the banner.
 */
@Component
public class Pages {

    private static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.GERMAN);
    private static final String TITLE_BEGINS = "<h1>";
    private static final String TITLE_ENDS = "</h1>";

    private final boolean rehearsal;
    private final Map<String, String> files = new ConcurrentHashMap<>();

    public Pages(GatewaySettings settings) {
        rehearsal = settings.mode() == GatewaySettings.Mode.REHEARSAL;
    }

    /** English or German, whichever the client prefers. */
    public static Locale languageFor(HttpHeaders headers) {
        @Nullable Locale chosen;
        try {
            chosen = Locale.lookup(headers.getAcceptLanguage(), LANGUAGES);
        } catch (IllegalArgumentException e) {
            chosen = null;
        }
        return chosen == null ? Locale.ENGLISH : chosen;
    }

    /**
     * A page that exists in both languages, as UTF-8 bytes.
     *
     * @param values texts that replace their names in braces on the page; they are escaped here
     */
    public byte[] page(String name, Locale language, Map<String, String> values) {
        String file = file(name, language);
        // What stands before the line of its title is of the page's head.
        int head = file.lastIndexOf('\n', file.indexOf(TITLE_BEGINS)) + 1;
        String main = file.substring(head);
        int title = main.indexOf(TITLE_BEGINS) + TITLE_BEGINS.length();
        String page = file("frame.html")
                .replace("{language}", language.getLanguage())
                .replace("{head}", file.substring(0, head))
                .replace("{title}", main.substring(title, main.indexOf(TITLE_ENDS)))
                .replace("{banner}", banner(language))
                .replace("{main}", main);
        for (Map.Entry<String, String> value : values.entrySet()) {
            page = page.replace("{" + value.getKey() + "}", HtmlUtils.htmlEscape(value.getValue(), "UTF-8"));
        }
        return page.getBytes(StandardCharsets.UTF_8);
    }

    /** The page to try calls on, as UTF-8 bytes; in English, like the description of the calls. */
    public byte[] docs() {
        return file("docs.html").replace("{banner}", banner(Locale.ENGLISH)).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * A page of a service that is away, with a sentence that says how old it is, as UTF-8 bytes.
     *
     * @param page as the service made it
     * @param age in whole minutes
     */
    public byte[] aged(byte[] page, Locale language, long age) {
        String text = new String(page, StandardCharsets.UTF_8);
        int main = text.indexOf("<main");
        int begins = main < 0 ? -1 : text.indexOf('>', main) + 1;
        if (begins <= 0) {
            return page;
        }
        // A line each for none, one and more.
        List<String> said = file("aged", language).lines().toList();
        String line = said.get((int) Math.min(age, said.size() - 1)).replace("{minutes}", Long.toString(age));
        return (text.substring(0, begins) + "\n" + line + "\n" + text.substring(begins))
                .getBytes(StandardCharsets.UTF_8);
    }

    private String banner(Locale language) {
        return rehearsal ? file("banner", language) : "";
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
