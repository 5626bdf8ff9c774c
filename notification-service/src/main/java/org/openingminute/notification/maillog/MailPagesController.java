package org.openingminute.notification.maillog;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.maillog.MailPages.Asked;
import org.openingminute.notification.maillog.MailPages.Outcome;
import org.openingminute.notification.maillog.MailView.MailWithBodies;
import org.openingminute.notification.ops.DeskFrame;
import org.openingminute.notification.ops.DeskPage;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.openingminute.ui.desk.DeskEntry;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Mails of a conference, of a registration, and one by one, for organisers, who can send each again. */
@Hidden
@Controller
@RequestMapping("/desk/{slug}")
class MailPagesController {

    private static final String MOST = "200";

    private final DeskFrame frame;
    private final MailDesk desk;
    private final MailLogRepository mails;
    private final AnnouncementBodies announcementBodies;
    private final ProjectionRepository projections;
    private final MailPages pages;

    MailPagesController(
            DeskFrame frame,
            MailDesk desk,
            MailLogRepository mails,
            AnnouncementBodies announcementBodies,
            ProjectionRepository projections,
            MailPages pages) {
        this.frame = frame;
        this.desk = desk;
        this.mails = mails;
        this.announcementBodies = announcementBodies;
        this.projections = projections;
        this.pages = pages;
    }

    @GetMapping("/mails")
    ModelAndView list(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String to,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String kind,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "false") String others,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        MailFilter filter = MailFilter.of(null, to.strip(), state, null, after);
        return pages.list(
                page,
                new Asked(to.strip(), state, kind),
                desk.list(slug, filter, kind(kind), others.equals("true")),
                filter.after() != null,
                Outcome.NONE);
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
        return pages.one(page, announcementBodies.added(mail), outcome(request));
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
        return ofRegistration(page, registration, outcome(request));
    }

    private ModelAndView ofRegistration(DeskPage page, RegistrationSnapshot registration, Outcome outcome) {
        MailFilter all = MailFilter.of(registration.id().toString(), null, null, MOST, null);
        List<MailView> found = mails.list(all, Set.of(registration.conference()));
        return pages.ofRegistration(page, registration, found, outcome);
    }

    /** Leads to the mail's page or, from the mails of a registration, back to those. */
    @PostMapping(path = "/mails/{id}/resend", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @Nullable
    ModelAndView resend(
            @PathVariable String slug,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String key,
            @RequestParam(defaultValue = "") String from,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        MailWithBodies mail = require(slug, id);
        @Nullable UUID registration = from.equals("registration") ? mail.mail().registration() : null;
        Outcome outcome = resent(page, mail.mail().id(), key);
        if (outcome.refusal() == null && !page.isPart()) {
            String back = registration == null
                    ? DeskEntry.MAILS.address(slug) + "/" + mail.mail().id()
                    : DeskEntry.REGISTRATIONS.address(slug) + "/" + registration + "/mails";
            response.setHeader("Location", back + "?sent");
            response.setStatus(HttpStatus.SEE_OTHER.value());
            return null;
        }
        if (registration != null) {
            mails.noteOpened(page.staff().person(), slug, registration);
            return projections
                    .find(registration)
                    .map(RegistrationProjection::registration)
                    .map(known -> ofRegistration(page, known, outcome))
                    .orElseThrow(Problem::notFound);
        }
        mails.noteOpened(page.staff().person(), mail.mail());
        return pages.one(page, announcementBodies.added(mail), outcome);
    }

    private Outcome resent(DeskPage page, UUID mail, String key) {
        @Nullable
        String once = IdempotencyKey.optional(key.isEmpty() ? null : key).orElse(null);
        try {
            desk.resend(mail, page.staff().person(), once);
            return new Outcome(true, null);
        } catch (Problem refusal) {
            return new Outcome(false, refusal);
        }
    }

    private DeskPage open(String slug, HttpServletRequest request, HttpServletResponse response) {
        return frame.open(request, response, Permission.ORGANISE, slug, DeskEntry.MAILS);
    }

    private MailWithBodies require(String slug, String id) {
        return Ids.read(id).map(mail -> desk.require(slug, mail)).orElseThrow(Problem::notFound);
    }

    private static Outcome outcome(HttpServletRequest request) {
        return new Outcome(request.getParameter("sent") != null, null);
    }

    private static @Nullable String kind(String kind) {
        if (kind.isEmpty()) {
            return null;
        }
        if (Stream.of(MailKind.codes(), SubscriptionMail.codes())
                .flatMap(Arrays::stream)
                .noneMatch(kind::equals)) {
            throw Problem.invalid("kind", "unknown-kind", "is not a kind of mail");
        }
        return kind;
    }
}
