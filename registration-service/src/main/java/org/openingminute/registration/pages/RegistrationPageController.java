package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.registrations.NewLinks;
import org.openingminute.registration.registrations.Registrations;
import org.openingminute.registration.sale.Money;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The pages of a registration, for holders of its token. */
@Controller
@RequestMapping("/registrations/{id}")
class RegistrationPageController {

    /** An extension is granted once, so all its forms use the same idempotency key, and a double click gets the first reply. */
    private static final String EXTENSION = "page";

    private final Registrations registrations;
    private final Admissions admissions;
    private final NewLinks newLinks;
    private final Ids ids;
    private final RegistrationPages pages;
    private final PageViews views;

    RegistrationPageController(
            Registrations registrations,
            Admissions admissions,
            NewLinks newLinks,
            Ids ids,
            RegistrationPages pages,
            PageViews views) {
        this.registrations = registrations;
        this.admissions = admissions;
        this.newLinks = newLinks;
        this.ids = ids;
        this.pages = pages;
        this.views = views;
    }

    /**
     * Shows a registration.
     *
     * @param returned when the caller returned from paying, by machine time; the capture may be reported a moment later
     * @param reload whether a page without scripts should reload itself, which scrolls back to the top; if absent, only while a payment is
     *     awaited
     */
    @GetMapping
    ModelAndView status(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable Instant returned,
            @RequestParam(required = false) @Nullable Boolean reload,
            HttpServletRequest request,
            HttpServletResponse response,
            Locale locale) {
        Registrations.Opened opened = registrations.forCaller(request, id, Permission.ORGANISE);
        ModelAndView page = pages.status(opened, returned, views.localizer(locale), response);
        return page.addObject(
                "refresh",
                page.getModel().get("page") instanceof RegistrationPage shown
                        && shown.expecting()
                        && (reload == null ? shown.confirmingSeconds() != null : reload));
    }

    /** The address to which the payment provider sends a payer back. */
    @GetMapping(params = "paid=true")
    void paid(@PathVariable UUID id, HttpServletResponse response) {
        Redirects.seeOther(response, pages.ofReturnedPayer(id));
    }

    @GetMapping("/pay")
    ModelAndView pay(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response, Locale locale) {
        Registration registration = registrations.forContact(request, id).registration();
        return pages.page("pay", registration, null, views.localizer(locale), response);
    }

    @PostMapping("/hold-extension")
    @Nullable
    ModelAndView extend(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable Instant returned,
            HttpServletRequest request,
            HttpServletResponse response,
            Locale locale) {
        Registrations.Opened opened = registrations.forContact(request, id);
        try {
            admissions.executeForReply(new Command.Extend(
                    opened.registration().conference(),
                    id,
                    new IdempotencyKey("extend:" + id, EXTENSION),
                    RequestHash.of(JsonNodeFactory.instance.objectNode()),
                    opened.organiser(),
                    null));
        } catch (Problem problem) {
            RegistrationPages.requireOnlyTooLate(problem);
            Localizer localizer = views.localizer(locale);
            return pages.refused(opened, returned, localizer.of("extension.refused"), problem, localizer, response);
        }
        Redirects.seeOther(response, RegistrationPages.address(id, returned));
        return null;
    }

    /**
     * Invalidates the current links, including the one in this browser's cookie.
     *
     * @param ends the generation of links that the form refers to, so that a double click gets the first reply
     */
    @PostMapping("/new-link")
    @Nullable
    ModelAndView newLink(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable String ends,
            HttpServletRequest request,
            HttpServletResponse response,
            Locale locale) {
        try {
            newLinks.order(request, id, admissions.key("new-link-page:" + id, ends), null);
        } catch (Problem problem) {
            if (problem.code() != CommonProblem.RATE_LIMITED) {
                throw problem;
            }
            Localizer localizer = views.localizer(locale);
            return RegistrationPages.refused(
                    pages.page("registration", registrations.require(id), null, localizer, response),
                    localizer.of("new-link.refused"),
                    problem);
        }
        response.addHeader(HttpHeaders.SET_COOKIE, newLinks.forgetting(id).toString());
        Redirects.seeOther(response, "/open?done=new-link");
        return null;
    }

    @GetMapping("/cancellation")
    ModelAndView cancellation(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable Instant returned,
            HttpServletRequest request,
            HttpServletResponse response,
            Locale locale) {
        Registration registration = registrations.forContact(request, id).registration();
        return cancellation(registration, returned, views.localizer(locale), response);
    }

    /**
     * Cancels if the refund is still the one that was shown.
     *
     * @param refund in minor units of the payment's currency
     */
    @PostMapping("/cancellation")
    @Nullable
    ModelAndView cancel(
            @PathVariable UUID id,
            @RequestParam String key,
            @RequestParam long refund,
            @RequestParam(required = false) @Nullable Instant returned,
            HttpServletRequest request,
            HttpServletResponse response) {
        Registrations.Opened opened = registrations.forContact(request, id);
        Registration registration = opened.registration();
        Money shown = new Money(refund, registration.money().captured().currency());
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("refund").put("amount", shown.amount()).put("currency", shown.currency());
        try {
            admissions.executeForReply(new Command.Cancel(
                    registration.conference(),
                    id,
                    new IdempotencyKey("cancel:" + id, IdempotencyKey.required(key)),
                    RequestHash.of(body),
                    shown,
                    opened.onBehalf()));
        } catch (Problem problem) {
            RegistrationPages.requireOnlyTooLate(problem);
            Localizer localizer = views.localizer(RequestContextUtils.getLocale(request));
            boolean otherRefund = problem.members().containsKey("refund");
            return RegistrationPages.refused(
                    cancellation(registrations.require(id), returned, localizer, response),
                    localizer.of(otherRefund ? "cancellation.changed" : "cancellation.refused"),
                    problem);
        }
        Redirects.seeOther(response, RegistrationPages.address(id, returned));
        return null;
    }

    private ModelAndView cancellation(
            Registration registration, @Nullable Instant returned, Localizer localizer, HttpServletResponse response) {
        Conference conference = registrations.requireConference(registration.conference());
        Money refund = registrations.refundNow(registration).amount();
        return pages.page("cancellation", registration, returned, localizer, response)
                .addObject("key", ids.next().toString())
                .addObject("refund", refund.amount())
                .addObject("refundInWords", RegistrationPage.refundInWords(registration, refund, localizer))
                .addObject(
                        "policy",
                        ConferencePage.policy(
                                registration.policy(),
                                refund.currency(),
                                TimeFormat.of(conference, localizer),
                                localizer));
    }
}
