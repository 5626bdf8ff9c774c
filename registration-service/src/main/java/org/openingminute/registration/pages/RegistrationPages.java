package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.pages.RegistrationPage.PayerReturn;
import org.openingminute.registration.registrations.Registrations;
import org.openingminute.registration.registrations.TimelineRepository;
import org.openingminute.ui.part.Event;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/** Builds the pages of a registration. */
@Component
public class RegistrationPages {

    private final Registrations registrations;
    private final PageViews views;
    private final Clock clock;

    /** @param clock machine time */
    RegistrationPages(Registrations registrations, PageViews views, Clock clock) {
        this.registrations = registrations;
        this.views = views;
        this.clock = clock;
    }

    /**
     * Returns the address of the status page for a payer who returns now. It contains the instant, so that reloading does not restart the
     * wait.
     */
    String ofReturnedPayer(UUID id) {
        return address(id, clock.instant().truncatedTo(ChronoUnit.MILLIS));
    }

    /** Returns the address of the status page; {@code returned} is {@code null} for a reader who does not come from paying. */
    static String address(UUID id, @Nullable Instant returned) {
        return "/registrations/" + id + (returned == null ? "" : RegistrationPage.query(returned));
    }

    /**
     * Builds the status page: the whole registration, or an attendee's own part of it.
     *
     * @param returned when the reader returned from paying, or {@code null}
     */
    ModelAndView status(
            Registrations.Opened opened,
            @Nullable Instant returned,
            Localizer localizer,
            HttpServletResponse response) {
        @Nullable UUID attendee = opened.attendee();
        return attendee == null
                ? page("registration", opened.registration(), returned, localizer, response)
                : ofAttendee(opened.registration(), attendee, localizer, response);
    }

    private ModelAndView ofAttendee(
            Registration registration, UUID attendee, Localizer localizer, HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        Conference conference = registrations.requireConference(registration.conference());
        return views.page("attendee", title("registration", registration, conference, localizer), conference, localizer)
                .addObject("page", RegistrationPage.AttendeePage.of(registration, attendee, conference, localizer));
    }

    private static String title(
            String template, Registration registration, Conference conference, Localizer localizer) {
        return localizer.of(
                template + ".title",
                registration.reference(),
                conference.definition().name());
    }

    /** Returns the events of a registration for staff, oldest first. */
    public static List<Event> eventsForStaff(
            List<TimelineRepository.Entry> timeline, TimeFormat timeFormat, Localizer localizer) {
        return timeline.stream()
                .map(entry -> {
                    var event = RegistrationPage.TimelineEvent.of(entry, timeFormat, localizer);
                    @Nullable TimelineNote note = entry.note();
                    @Nullable
                    String ofStaff = note == null
                            ? null
                            : localizer
                                    .find("desk.timeline-detail." + note.code().wireName())
                                    .orElse(null);
                    return new Event(
                            event.at().iso(),
                            event.at().text(),
                            event.what(),
                            ofStaff == null ? event.detail() : ofStaff);
                })
                .toList();
    }

    /** Returns the reason of a state, in an organiser's own words or else the standard text; {@code null} for none. */
    public static @Nullable String because(Registration.Reason reason, Localizer localizer) {
        return RegistrationPage.because(reason, localizer);
    }

    /**
     * Builds a page about the whole registration.
     *
     * @param template the template's name; the page's title has the message key {@code <template>.title}
     * @param returned when the reader returned from paying, or {@code null}
     */
    ModelAndView page(
            String template,
            Registration registration,
            @Nullable Instant returned,
            Localizer localizer,
            HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        Conference conference = registrations.requireConference(registration.conference());
        @Nullable PayerReturn payer = returned == null ? null : PayerReturn.of(returned, clock.instant());
        RegistrationPage page = RegistrationPage.of(
                registration, conference, registrations.timeline(registration.id()), views.now(), payer, localizer);
        ModelAndView view = views.page(
                        template, title(template, registration, conference, localizer), conference, localizer)
                .addObject("page", page);
        return template.equals("registration")
                ? view.addObject("script", "registration.js")
                        .addObject("links", registration.contactLinks().generation())
                : view;
    }

    /**
     * Builds the current status page with a message about what was not possible.
     *
     * @param opened proof that the caller may see the registration
     * @param returned when the reader returned from paying, or {@code null}
     */
    public ModelAndView refused(
            Registrations.Opened opened,
            @Nullable Instant returned,
            String refusal,
            Problem problem,
            Localizer localizer,
            HttpServletResponse response) {
        Registration now = registrations.require(opened.registration().id());
        return refused(
                status(new Registrations.Opened(now, opened.caller()), returned, localizer, response),
                refusal,
                problem);
    }

    /** Adds a message about what was not possible. */
    static ModelAndView refused(ModelAndView page, String refusal, Problem problem) {
        page.setStatus(problem.code().status());
        return page.addObject("refusal", refusal);
    }

    /** Rethrows any problem other than {@code not-allowed-now}, which the page explains. */
    public static void requireOnlyTooLate(Problem problem) {
        if (problem.code() != CommonProblem.NOT_ALLOWED_NOW) {
            throw problem;
        }
    }
}
