package org.openingminute.notification.maillog;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.notification.maillog.MailPages.Asked;
import org.openingminute.notification.maillog.MailView.MailWithBodies;
import org.openingminute.notification.ops.BusinessOffsets;
import org.openingminute.notification.ops.DeskFrame;
import org.openingminute.notification.ops.DeskPage;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.ui.desk.DeskEntry;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Organisers' pages of a conference's mails, a registration's mails, and single mails. {@link ResendPageController} resends them. */
@Hidden
@Controller
@RequestMapping("/desk/{slug}")
class MailPagesController {

    private static final String MOST = "200";

    private final DeskFrame frame;
    private final MailDesk desk;
    private final MailLogRepository mails;
    private final ProjectionRepository projections;
    private final BusinessOffsets offsets;

    MailPagesController(
            DeskFrame frame,
            MailDesk desk,
            MailLogRepository mails,
            ProjectionRepository projections,
            BusinessOffsets offsets) {
        this.frame = frame;
        this.desk = desk;
        this.mails = mails;
        this.projections = projections;
        this.offsets = offsets;
    }

    @GetMapping("/mails")
    ModelAndView list(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String to,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String kind,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "false") String others,
            @RequestParam(defaultValue = "") String again,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        MailFilter filter = MailFilter.of(null, to.strip(), state, null, after);
        return MailPages.list(
                        page,
                        offsets.history(),
                        new Asked(to.strip(), state, kind),
                        desk.list(slug, filter, kind(kind), others.equals("true")),
                        filter.after() != null)
                .addObject("again", again.matches("\\d{1,9}") ? Integer.valueOf(again) : null);
    }

    @GetMapping("/mails/{id}")
    ModelAndView one(
            @PathVariable String slug,
            @PathVariable String id,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        MailWithBodies mail = require(slug, id);
        mails.noteOpened(page.staff().person(), mail.mail());
        return MailPages.one(page, offsets.history(), desk.withBodies(mail), isSent(request));
    }

    @GetMapping("/registrations/{id}/mails")
    ModelAndView ofRegistration(
            @PathVariable String slug,
            @PathVariable String id,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        RegistrationSnapshot registration = Ids.read(id)
                .flatMap(projections::find)
                .map(RegistrationProjection::registration)
                .filter(found -> found.conference().equals(slug))
                .orElseThrow(Problem::notFound);
        mails.noteOpened(page.staff().person(), slug, registration.id());
        MailFilter all = MailFilter.of(registration.id().toString(), null, null, MOST, null);
        return MailPages.ofRegistration(
                page, offsets.history(), registration, mails.list(all, Set.of(slug)), isSent(request));
    }

    private DeskPage open(String slug, HttpServletRequest request, HttpServletResponse response) {
        return frame.open(request, response, Permission.ORGANISE, slug, DeskEntry.MAILS);
    }

    private MailWithBodies require(String slug, String id) {
        return Ids.read(id).map(mail -> desk.require(slug, mail)).orElseThrow(Problem::notFound);
    }

    /** Whether the reader has just resent one of these mails. */
    private static boolean isSent(HttpServletRequest request) {
        return request.getParameter("sent") != null;
    }

    private static @Nullable String kind(String kind) {
        if (kind.isEmpty()) {
            return null;
        }
        if (MailSelection.kinds().noneMatch(kind::equals)) {
            throw Problem.invalid("kind", "unknown-kind", "is not a kind of mail");
        }
        return kind;
    }
}
