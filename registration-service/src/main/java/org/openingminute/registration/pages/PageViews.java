package org.openingminute.registration.pages;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.openingminute.registration.Settings;
import org.openingminute.registration.clock.BusinessClock;
import org.openingminute.registration.decision.Conference;
import org.springframework.context.MessageSource;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.servlet.ModelAndView;

/** What all pages have around them. Safe for all threads. */
@Component
class PageViews {

    private final MessageSource messages;
    private final BusinessClock clock;
    private final boolean rehearsal;

    PageViews(MessageSource messages, BusinessClock clock, Settings settings) {
        this.messages = messages;
        this.clock = clock;
        this.rehearsal = settings.rehearsal();
    }

    Words words(Locale locale) {
        return new Words(messages, locale);
    }

    /** Business time. */
    Instant now() {
        return clock.now();
    }

    /** A page about a conference or a registration of it; times are the conference's. */
    ModelAndView page(String template, String title, Conference conference, Words words) {
        return page(template, title, Moments.of(conference, words), words)
                .addObject("conference", conference.definition().name())
                .addObject("conferencePath", "/conferences/" + conference.slug());
    }

    /** A page about no conference. */
    ModelAndView page(String template, String title, Words words) {
        return page(template, title, Moments.utc(words), words);
    }

    private ModelAndView page(String template, String title, Moments moments, Words words) {
        ModelAndView page = new ModelAndView(template)
                .addObject("title", title)
                .addObject("lang", words.locale().getLanguage())
                .addObject("rehearsal", rehearsal);
        if (rehearsal) {
            businessTime().ifPresent(now -> page.addObject("businessTime", moments.at(now)));
        }
        return page;
    }

    /**
     * To the minute, so that a page that says nothing new is the same page. Nothing while the database is away: the page that
     * says so has to be shown without it.
     */
    private Optional<Instant> businessTime() {
        try {
            return Optional.of(clock.now().truncatedTo(ChronoUnit.MINUTES));
        } catch (DataAccessException | TransactionException e) {
            return Optional.empty();
        }
    }
}
