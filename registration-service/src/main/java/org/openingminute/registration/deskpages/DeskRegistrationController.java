package org.openingminute.registration.deskpages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.registration.desk.DeskRegistrations;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.registrations.Registrations;
import org.openingminute.registration.registrations.TimelineRepository;
import org.openingminute.ui.desk.DeskEntry;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The page of a single registration. */
@Controller
class DeskRegistrationController {

    private final DeskFrame frame;
    private final Registrations registrations;
    private final DeskRegistrations index;

    DeskRegistrationController(DeskFrame frame, Registrations registrations, DeskRegistrations index) {
        this.frame = frame;
        this.registrations = registrations;
        this.index = index;
    }

    /**
     * Shows what this service knows; payment-service and notification-service render the parts about the ledger and the mails.
     *
     * @param done the act that the reader has just completed, for the confirmation shown
     * @param ticket the attendee whose ticket to redirect to. Links to tickets use this address, because without a session a page leads to
     *     sign-in, whereas the API answers 401
     */
    @GetMapping("/desk/{slug}/registrations/{id}")
    @Nullable
    ModelAndView registration(
            @PathVariable String slug,
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable String done,
            @RequestParam(required = false) @Nullable UUID ticket,
            HttpServletRequest request,
            HttpServletResponse response) {
        Permission permission = ticket == null ? Permission.KEEP_ACCOUNTS : Permission.ORGANISE;
        DeskPage page = frame.open(request, response, permission, slug, DeskEntry.REGISTRATIONS);
        if (ticket != null) {
            Redirects.seeOther(response, "/api/registrations/" + id + "/attendees/" + ticket + "/ticket.pdf");
            return null;
        }
        Registration registration = registrations.open(id, slug, page.staff());
        List<TimelineRepository.Entry> lines = registrations.timeline(id);
        RegistrationDetails details = new RegistrationDetails(registration, page);
        return page.view(
                        "desk-registration",
                        registration.reference() + " · "
                                + registration.contact().name())
                .addObject("list", DeskEntry.REGISTRATIONS.address(slug))
                .addObject("registration", details.head(index.needs(id)))
                .addObject("done", details.done(done, lines))
                .addObject("acts", DeskActs.links(slug, registration, page.staff(), page.localizer()))
                .addObject("people", details.people())
                .addObject("price", details.price())
                .addObject("figures", details.figures())
                .addObject("facts", details.facts())
                .addObject("documents", details.documents())
                .addObject("money", details.part(DeskEntry.MONEY, "money"))
                .addObject("mails", details.part(DeskEntry.MAILS, "mails"))
                .addObject("audit", details.audit())
                .addObject("timeline", details.timeline(lines));
    }
}
