package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.pages.RegistrationPage.PayerReturn;
import org.openingminute.registration.registrations.Registrations;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/** Builds the pages of a registration. */
@Component
class RegistrationPages {

    private final Registrations registrations;
    private final PageViews views;

    RegistrationPages(Registrations registrations, PageViews views) {
        this.registrations = registrations;
        this.views = views;
    }

    /** @param template the template's name; the page's title is the text {@code <template>.title} */
    ModelAndView page(String template, Registration registration, Localizer localizer, HttpServletResponse response) {
        return page(template, registration, null, localizer, response);
    }

    /** The status page; {@code returned} is {@code null} for a reader who does not come from paying. */
    ModelAndView status(
            Registration registration,
            @Nullable PayerReturn returned,
            Localizer localizer,
            HttpServletResponse response) {
        return page("registration", registration, returned, localizer, response);
    }

    private ModelAndView page(
            String template,
            Registration registration,
            @Nullable PayerReturn returned,
            Localizer localizer,
            HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        Conference conference = registrations.requireConference(registration.conference());
        String title = localizer.of(
                template + ".title",
                registration.reference(),
                conference.definition().name());
        RegistrationPage page = RegistrationPage.of(
                registration, conference, registrations.timeline(registration.id()), views.now(), returned, localizer);
        ModelAndView view = views.page(template, title, conference, localizer).addObject("page", page);
        return template.equals("registration") ? view.addObject("script", "registration.js") : view;
    }

    /**
     * The present status page, below a message that says what was not possible.
     *
     * @param shown a registration that the caller may see, which an id alone would not prove
     */
    ModelAndView refused(
            Registration shown, String refusal, Problem problem, Localizer localizer, HttpServletResponse response) {
        return refused(page("registration", registrations.require(shown.id()), localizer, response), refusal, problem);
    }

    /** The page, below a message that says what was not possible. */
    static ModelAndView refused(ModelAndView page, String refusal, Problem problem) {
        page.setStatus(problem.code().status());
        return page.addObject("refusal", refusal);
    }

    /** Throws any problem other than {@code not-allowed-now}, which the page explains. */
    static void requireOnlyTooLate(Problem problem) {
        if (problem.code() != CommonProblem.NOT_ALLOWED_NOW) {
            throw problem;
        }
    }
}
