package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.openingminute.registration.Settings;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.decision.Conference;
import org.springframework.context.MessageSource;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.ViewResolver;
import org.springframework.web.util.ContentCachingResponseWrapper;

/** Builds the frame of all public pages. */
@Component
public class PageViews {

    private final MessageSource messages;
    private final BusinessClock clock;
    private final boolean rehearsal;
    private final boolean limited;
    private final ViewResolver templates;

    PageViews(MessageSource messages, BusinessClock clock, Settings settings, ViewResolver thymeleafViewResolver) {
        this.messages = messages;
        this.clock = clock;
        this.templates = thymeleafViewResolver;
        this.rehearsal = settings.rehearsal();
        this.limited = settings.limited();
    }

    /** Returns the texts in a language. */
    public Localizer localizer(Locale locale) {
        return new Localizer(messages, locale);
    }

    /** Returns business time. */
    public Instant now() {
        return clock.now();
    }

    /** Whether limits are on: until a mailed link is opened, seats are then held no longer than for a card payment. */
    boolean limited() {
        return limited;
    }

    /** Builds a page about a conference or a registration; times are in the conference's time zone. */
    public ModelAndView page(String template, String title, Conference conference, Localizer localizer) {
        return page(template, title, TimeFormat.of(conference, localizer))
                .addObject("conference", conference.definition().name())
                .addObject("conferencePath", "/conferences/" + conference.slug());
    }

    /** Builds a page that belongs to no conference. */
    public ModelAndView page(String template, String title, Localizer localizer) {
        return page(template, title, TimeFormat.utc(localizer));
    }

    private ModelAndView page(String template, String title, TimeFormat timeFormat) {
        ModelAndView page = new ModelAndView(template).addObject("title", title).addObject("rehearsal", rehearsal);
        bannerMinute().ifPresent(now -> page.addObject("businessTime", timeFormat.at(now)));
        return page;
    }

    /** Renders a page at once, for a caller that keeps the result for further readers. */
    public byte[] rendered(
            ModelAndView page, Locale language, HttpServletRequest request, HttpServletResponse response) {
        ContentCachingResponseWrapper written = new ContentCachingResponseWrapper(response);
        try {
            View view = Objects.requireNonNull(
                    templates.resolveViewName(Objects.requireNonNull(page.getViewName()), language));
            view.render(page.getModel(), request, written);
        } catch (Exception e) {
            throw new IllegalStateException("A page could not be rendered", e);
        }
        return written.getContentAsByteArray();
    }

    /**
     * Returns the time for a rehearsal's banner, to the minute, so that an unchanged page stays identical. Empty if the database is
     * unavailable, because the error page has to work without it.
     */
    Optional<Instant> bannerMinute() {
        if (!rehearsal) {
            return Optional.empty();
        }
        try {
            return Optional.of(clock.now().truncatedTo(ChronoUnit.MINUTES));
        } catch (DataAccessException | TransactionException e) {
            return Optional.empty();
        }
    }

    /** Redirects that follow a form. */
    public static final class Redirects {

        private Redirects() {}

        /**
         * Redirects the browser to another page of this site with GET (303 See Other).
         *
         * @param path sent as a relative reference, because this service does not know the host name under which the browser reaches the
         *     gateway
         */
        public static void seeOther(HttpServletResponse response, String path) {
            response.setStatus(HttpStatus.SEE_OTHER.value());
            response.setHeader(HttpHeaders.LOCATION, path);
            response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        }
    }
}
