package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Command.Register.PresentedAdmission;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.registrations.Registrations;
import org.openingminute.registration.room.RoomEntry;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.RegistrationRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import tools.jackson.databind.JsonNode;

/** The registration form. */
@Controller
@RequestMapping("/conferences/{slug}/register")
class RegisterPageController {

    private final Conferences conferences;
    private final FormRegistrations registrations;
    private final CallerResolver callers;
    private final Ids ids;
    private final PageViews views;
    private final RoomEntry rooms;

    RegisterPageController(
            Conferences conferences,
            FormRegistrations registrations,
            CallerResolver callers,
            Ids ids,
            PageViews views,
            RoomEntry rooms) {
        this.conferences = conferences;
        this.registrations = registrations;
        this.callers = callers;
        this.ids = ids;
        this.views = views;
        this.rooms = rooms;
    }

    /** Shows the empty form; redirects a browser without an admission to the waiting room while the room is open. */
    @GetMapping
    @Nullable
    ModelAndView blank(
            @PathVariable String slug,
            @RequestParam(defaultValue = "1") int attendees,
            Locale locale,
            HttpServletRequest request,
            HttpServletResponse response) {
        Conference conference = conferences.require(slug);
        if (rooms.isBarred(slug, request)) {
            Redirects.seeOther(response, waitingRoom(slug));
            return null;
        }
        RegistrationForm form = RegistrationForm.blank(ids.next().toString(), attendees, locale.getLanguage());
        return page(conference, form, null, views.localizer(locale), request, response);
    }

    /**
     * Registers, or returns the form with one attendee more or less or with the price, depending on the pressed button. Works without
     * cookies.
     */
    @PostMapping(consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @Nullable
    ModelAndView sent(
            @PathVariable String slug, HttpServletRequest request, HttpServletResponse response, Locale locale) {
        Conference conference = conferences.require(slug);
        RegistrationForm form = RegistrationForm.sent(request);
        Localizer localizer = views.localizer(locale);
        Optional<RegistrationForm> resized = form.resized();
        if (resized.isPresent()) {
            return page(conference, resized.get(), null, localizer, request, response);
        }
        try {
            if (form.value("action").equals("price")) {
                Quote quote = registrations.quote(conference, form, request);
                return page(conference, form, null, localizer, request, response)
                        .addObject("price", RegisterPage.price(quote, localizer));
            }
            UUID id = registrations.register(conference, form, request);
            // The browser may have a newer link by the time it resends a form.
            if (!callers.remembers(request, id)) {
                response.addHeader(
                        HttpHeaders.SET_COOKIE,
                        callers.cookie(id, callers.contactToken(id, 0)).toString());
            }
            Redirects.seeOther(response, "/registrations/" + id);
            return null;
        } catch (Problem problem) {
            return refused(conference, form, problem, localizer, request, response);
        }
    }

    /** Shows the form again with all input and its errors. */
    private ModelAndView refused(
            Conference conference,
            RegistrationForm form,
            Problem problem,
            Localizer localizer,
            HttpServletRequest request,
            HttpServletResponse response) {
        List<FieldError> errors = problem.errors();
        ModelAndView page = page(
                conference,
                form.withErrors(errors, localizer, TimeFormat.of(conference, localizer)),
                problem,
                localizer,
                request,
                response);
        page.setStatus(problem.code().status());
        if (errors.isEmpty()) {
            page.addObject("refusal", RegisterPage.refusal(problem, conference, localizer));
        }
        problem.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        page.addObject("sendAgain", problem.retryAfter().isPresent());
        if (problem.code() == CommonProblem.UNAVAILABLE) {
            page.addObject("againIn", problem.retryAfter().orElseThrow())
                    .addObject("script", "register.js")
                    .addObject("admission", rooms.formToken(conference.slug(), admission(form), true));
        }
        if (problem.code() == SaleProblem.WAITING_ROOM) {
            // The form's own admission has expired or was used; it must not take precedence over an admission from the
            // waiting room.
            page.addObject("waitingRoom", waitingRoom(conference.slug())).addObject("admission", null);
        }
        if (problem.members().containsKey("confirm")) {
            page.addObject("confirm", form.value("contact.email"));
        }
        return page.addObject(
                "title",
                localizer.of(
                        "form.title-error",
                        localizer.of("form.title", conference.definition().name())));
    }

    static String waitingRoom(String slug) {
        return "/waiting-room/" + slug;
    }

    /** @param problem why the form was refused; {@code null} if it was not */
    private ModelAndView page(
            Conference conference,
            RegistrationForm form,
            @Nullable Problem problem,
            Localizer localizer,
            HttpServletRequest request,
            HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        ModelAndView page = views.page(
                "register", localizer.of("form.title", conference.definition().name()), conference, localizer);
        page.setStatus(HttpStatus.OK);
        // A form that got no answer may itself have used the admission; sent again, it returns that registration.
        boolean isUnanswered = problem != null && problem.code() == CommonProblem.UNAVAILABLE;
        boolean used = !isUnanswered && rooms.isUsed(conference.slug(), request, admission(form));
        // Another registration by this form needs another key, and the admission of a new place in line.
        return page.addObject("form", used ? form.with("key", ids.next().toString()) : form)
                .addObject("address", "/conferences/" + conference.slug() + "/register")
                .addObject("roomPath", waitingRoom(conference.slug()))
                .addObject("limited", views.limited())
                .addObject("admission", used ? null : rooms.formToken(conference.slug(), admission(form), false))
                .addObject("used", used)
                .addObject("minutesLeft", rooms.minutesLeft(conference.slug(), request, admission(form)))
                .addObject("page", RegisterPage.of(conference, conferences.availability(conference.slug()), localizer));
    }

    private static @Nullable String admission(RegistrationForm form) {
        return form.values().get("admission");
    }

    /** Turns a form into the body of the API's operation. The form contains the idempotency key. */
    @Component
    static class FormRegistrations {

        private final Admissions admissions;
        private final RoomEntry rooms;
        private final Registrations registrations;

        FormRegistrations(Admissions admissions, RoomEntry rooms, Registrations registrations) {
            this.admissions = admissions;
            this.rooms = rooms;
            this.registrations = registrations;
        }

        /**
         * Registers. Submitting the same form again returns the same registration.
         *
         * @throws Problem as the API's operation does
         */
        UUID register(Conference conference, RegistrationForm form, HttpServletRequest call) {
            IdempotencyKey key =
                    new IdempotencyKey("register:" + conference.slug(), IdempotencyKey.required(form.value("key")));
            @Nullable PresentedAdmission admission = rooms.require(conference.slug(), key, call, admission(form));
            JsonNode body = body(conference, form);
            RegistrationRequest request = JsonBody.readKnown(body, RegistrationRequest.class);
            Command.Register command = new Command.Register(
                    conference.slug(),
                    key,
                    RequestHash.of(body),
                    request,
                    registrations.countedBy(call, request),
                    null);
            return Objects.requireNonNull(registrations
                    .tried(
                            call,
                            conference.slug(),
                            request,
                            key,
                            () -> admissions.executeForReply(command.admittedBy(admission)))
                    .registration());
        }

        /**
         * Returns the current price.
         *
         * @throws Problem as the API's operation does
         */
        Quote quote(Conference conference, RegistrationForm form, HttpServletRequest call) {
            return registrations.quote(
                    call, conference, JsonBody.readKnown(body(conference, form), RegistrationRequest.class));
        }

        private static JsonNode body(Conference conference, RegistrationForm form) {
            return form.body(conference.definition().registration().addOns());
        }
    }
}
