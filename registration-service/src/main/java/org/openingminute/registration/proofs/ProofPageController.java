package org.openingminute.registration.proofs;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.PageViews;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.pages.RegistrationPages;
import org.openingminute.registration.registrations.Registrations;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/** Handles the forms on a registration's page that upload a proof and accept the offer after a refused proof. */
@Controller
@RequestMapping("/registrations/{id}")
class ProofPageController {

    /** An offer can be accepted once, so all its forms use the same idempotency key, and a double click gets the first reply. */
    private static final String ACCEPTANCE = "page";

    private final Registrations registrations;
    private final Proofs proofs;
    private final RegistrationPages pages;
    private final PageViews views;

    ProofPageController(Registrations registrations, Proofs proofs, RegistrationPages pages, PageViews views) {
        this.registrations = registrations;
        this.proofs = proofs;
        this.pages = pages;
        this.views = views;
    }

    @PostMapping("/attendees/{attendee}/proof")
    @Nullable
    ModelAndView receive(
            @PathVariable UUID id,
            @PathVariable UUID attendee,
            HttpServletRequest request,
            HttpServletResponse response,
            Locale locale) {
        Registrations.Opened opened = registrations.forAttendee(request, id, attendee);
        try {
            proofs.receive(request, id, attendee, null);
        } catch (Problem problem) {
            Localizer localizer = views.localizer(locale);
            String refusal = switch (problem.code()) {
                case CommonProblem.UNSUPPORTED_MEDIA_TYPE -> "proof.wrong-type";
                case CommonProblem.MALFORMED -> "proof.no-file";
                case CommonProblem.NOT_ALLOWED_NOW -> "proof.not-now";
                default -> throw problem;
            };
            return pages.refused(opened, null, localizer.of(refusal), problem, localizer, response);
        }
        Redirects.seeOther(response, "/registrations/" + id);
        return null;
    }

    @PostMapping("/offer")
    @Nullable
    ModelAndView acceptOffer(
            @PathVariable UUID id, HttpServletRequest request, HttpServletResponse response, Locale locale) {
        Registrations.Opened opened = registrations.forContact(request, id);
        try {
            proofs.acceptOffer(request, id, ACCEPTANCE, null);
        } catch (Problem problem) {
            RegistrationPages.requireOnlyTooLate(problem);
            Localizer localizer = views.localizer(locale);
            return pages.refused(opened, null, localizer.of("offer.refused"), problem, localizer, response);
        }
        Redirects.seeOther(response, "/registrations/" + id);
        return null;
    }
}
