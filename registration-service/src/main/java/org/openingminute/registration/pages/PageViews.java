package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
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

/** The frame of all pages. */
@Component
public class PageViews {

    private final MessageSource messages;
    private final BusinessClock clock;
    private final boolean rehearsal;
    private final boolean limited;

    PageViews(MessageSource messages, BusinessClock clock, Settings settings) {
        this.messages = messages;
        this.clock = clock;
        this.rehearsal = settings.rehearsal();
        this.limited = settings.limited();
    }

    /** The texts in a language. */
    public Localizer localizer(Locale locale) {
        return new Localizer(messages, locale);
    }

    /** Business time. */
    public Instant now() {
        return clock.now();
    }

    /** Whether unpaid seats are held no longer than for a card until a mailed link is opened. */
    boolean limited() {
        return limited;
    }

    /** A page about a conference or one of its registrations; times are in the conference's zone. */
    public ModelAndView page(String template, String title, Conference conference, Localizer localizer) {
        return page(template, title, TimeFormat.of(conference, localizer))
                .addObject("conference", conference.definition().name())
                .addObject("conferencePath", "/conferences/" + conference.slug());
    }

    /** A page about no conference. */
    public ModelAndView page(String template, String title, Localizer localizer) {
        return page(template, title, TimeFormat.utc(localizer));
    }

    private ModelAndView page(String template, String title, TimeFormat timeFormat) {
        ModelAndView page = new ModelAndView(template).addObject("title", title).addObject("rehearsal", rehearsal);
        bannerMinute().ifPresent(now -> page.addObject("businessTime", timeFormat.at(now)));
        return page;
    }

    /**
     * The time in a rehearsal's banner, to the minute, so that an unchanged page stays the same. Empty while the database is away,
     * because the page that reports this has to work without it.
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

    /** Redirects after a form. */
    public static final class Redirects {

        private Redirects() {}

        /**
         * Sends the browser to another page of ours with GET.
         *
         * @param path stays a path, because this service does not know the host name that the browser uses for the
         *     gateway
         */
        public static void seeOther(HttpServletResponse response, String path) {
            response.setStatus(HttpStatus.SEE_OTHER.value());
            response.setHeader(HttpHeaders.LOCATION, path);
            response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        }
    }
}
