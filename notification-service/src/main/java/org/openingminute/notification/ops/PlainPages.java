package org.openingminute.notification.ops;

import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.projection.Conference;
import org.springframework.context.MessageSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/** Pages with a heading, some sentences and at most one button; they need no script. */
@Component
public class PlainPages {

    private final MessageSource messages;
    private final boolean rehearsal;

    PlainPages(MessageSource messages, NotificationServiceSettings settings) {
        this.messages = messages;
        this.rehearsal = settings.mode() == NotificationServiceSettings.Mode.REHEARSAL;
    }

    /**
     * The content of a page.
     *
     * @param onward the link below the sentences; {@code null} for none
     * @param back the link at the end; {@code null} for the list of all conferences
     */
    public record Content(
            String title,
            List<String> sentences,
            @Nullable Button button,
            @Nullable Onward onward,
            @Nullable Back back) {}

    /** A form with one hidden value. */
    public record Button(String action, String name, String value, String label) {}

    /** A link to the page where the reader can continue. */
    public record Onward(String path, String name) {}

    /** A link to a conference. */
    public record Back(String path, String name) {}

    /** Returns a sentence in the reader's language. */
    public String text(Locale locale, String key, Object... values) {
        return messages.getMessage(key, values, locale);
    }

    /** Builds a page about a conference, or about none. It must not be cached, because links in mails lead to it. */
    public ModelAndView page(
            HttpStatus status,
            String title,
            List<String> sentences,
            @Nullable Button button,
            @Nullable Conference conference,
            HttpServletResponse response) {
        @Nullable
        Back back = conference == null ? null : new Back("/conferences/" + conference.slug(), conference.name());
        return page(status, new Content(title, sentences, button, null, back), response);
    }

    /** Builds a page that refuses something, with a link to where the reader can continue. */
    ModelAndView refusal(
            HttpStatus status, String title, List<String> sentences, Onward onward, HttpServletResponse response) {
        return page(status, new Content(title, sentences, null, onward, null), response);
    }

    private ModelAndView page(HttpStatus status, Content content, HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader("X-Robots-Tag", "noindex");
        ModelAndView page = new ModelAndView("plain-page", status);
        page.addObject("rehearsal", rehearsal);
        page.addObject("page", content);
        return page;
    }
}
