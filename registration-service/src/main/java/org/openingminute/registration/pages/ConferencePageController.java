package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Conference;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;

/** The pages that everyone reads before registering. */
@Controller
class ConferencePageController {

    private static final CacheControl SHORTLY =
            CacheControl.maxAge(Duration.ofSeconds(1)).cachePublic();

    private final Conferences conferences;
    private final PageViews views;

    ConferencePageController(Conferences conferences, PageViews views) {
        this.conferences = conferences;
        this.views = views;
    }

    /** A conference in the list. */
    record Listed(
            String path, String name, String days, @Nullable String place, String sale) {}

    /** The only conference, or all of them. */
    @GetMapping("/")
    ModelAndView home(Locale locale, HttpServletResponse response) {
        List<Conference> all = conferences.all();
        if (all.size() == 1) {
            return page(all.getFirst(), views.localizer(locale), response);
        }
        Localizer localizer = views.localizer(locale);
        cacheable(response);
        return views.page("conferences", localizer.of("home.title"), localizer)
                .addObject(
                        "conferences",
                        all.stream().map(c -> listed(c, localizer)).toList());
    }

    @GetMapping("/conferences/{slug}")
    ModelAndView conference(@PathVariable String slug, Locale locale, HttpServletResponse response) {
        return page(conferences.require(slug), views.localizer(locale), response);
    }

    private ModelAndView page(Conference conference, Localizer localizer, HttpServletResponse response) {
        cacheable(response);
        return views.page("conference", conference.definition().name(), conference, localizer)
                .addObject(
                        "page", ConferencePage.of(conference, conferences.availability(conference.slug()), localizer));
    }

    private Listed listed(Conference conference, Localizer localizer) {
        TimeFormat timeFormat = TimeFormat.of(conference, localizer);
        return new Listed(
                "/conferences/" + conference.slug(),
                conference.definition().name(),
                timeFormat.days(
                        conference.definition().startsOn(),
                        conference.definition().endsOn()),
                ConferencePage.place(conference.definition(), localizer.locale()),
                ConferencePage.sale(conference, conferences.availability(conference.slug()), timeFormat, localizer)
                        .text());
    }

    private static void cacheable(HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, SHORTLY.getHeaderValue());
        response.setHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_LANGUAGE);
    }
}
