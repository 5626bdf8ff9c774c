package org.openingminute.registration.proofs;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.acts.ActCall;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.deskpages.DeskFrame;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.proofs.ReviewPages.ReviewView;
import org.openingminute.registration.proofs.Reviews.Sent;
import org.openingminute.registration.proofs.Reviews.Verdict;
import org.openingminute.registration.proofs.WaitingProofs.Place;
import org.openingminute.registration.proofs.WaitingProofs.WaitingProof;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Link;
import org.openingminute.ui.part.Table;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The pages on which organisers review the waiting proofs one after another. */
@Controller
@RequestMapping("/desk/{slug}/proofs")
class ReviewPageController {

    private static final int ROWS = 50;
    private static final int LONGEST_REASON = 500;

    /** Refusals after which the page is shown again with the registration's current state. */
    private static final Set<ProblemCode> LATE =
            Set.of(CommonProblem.NOT_ALLOWED_NOW, CommonProblem.CHANGED, CommonProblem.IDEMPOTENCY_KEY_REUSED);

    private final DeskFrame frame;
    private final WaitingProofs waiting;
    private final Reviews reviews;
    private final PastReviews past;
    private final Ids ids;

    ReviewPageController(DeskFrame frame, WaitingProofs waiting, Reviews reviews, PastReviews past, Ids ids) {
        this.frame = frame;
        this.waiting = waiting;
        this.reviews = reviews;
        this.past = past;
        this.ids = ids;
    }

    private DeskPage open(String slug, HttpServletRequest request, HttpServletResponse response) {
        return frame.open(request, response, Permission.ORGANISE, slug, DeskEntry.PROOFS);
    }

    /** Lists the waiting proofs. */
    @GetMapping
    ModelAndView list(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable String done,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        List<WaitingProof> found = waiting.list(slug, place(after), ROWS + 1);
        boolean more = found.size() > ROWS;
        List<WaitingProof> shown = more ? found.subList(0, ROWS) : found;
        return view(page, "desk-proofs", "proofs.title", done)
                .addObject("table", new ReviewPages(page).table(shown))
                .addObject("next", more ? "?after=" + shown.getLast().place().encoded() : null);
    }

    private static Place place(@Nullable String after) {
        return after == null || after.isEmpty() ? Place.FIRST : Place.read(after);
    }

    /** @param done the decision about the previous proof; {@code null} for none */
    private static ModelAndView view(DeskPage page, String template, String title, @Nullable String done) {
        boolean known = "accepted".equals(done) || "refused".equals(done);
        return page.view(template, page.localizer().of(title))
                .addObject("done", known ? page.localizer().of("proofs.done." + done) : null);
    }

    /** Redirects to the proof after a position, else to the first one; to the list if none is waiting. */
    @GetMapping("/next")
    void next(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable String done,
            HttpServletRequest request,
            HttpServletResponse response) {
        open(slug, request, response);
        Place behind = place(after);
        String address = waiting.list(slug, behind, 1).stream()
                .findFirst()
                .or(() -> waiting.list(slug, Place.FIRST, 1).stream().findFirst())
                .map(one -> "/" + one.registration() + "/" + one.attendee())
                .orElse("");
        String said = "accepted".equals(done) || "refused".equals(done) ? "?done=" + done : "";
        Redirects.seeOther(response, ReviewPages.address(slug) + address + said);
    }

    /** Shows a proof next to the attendee's data. */
    @GetMapping("/{id}/{attendeeId}")
    ModelAndView review(
            @PathVariable String slug,
            @PathVariable UUID id,
            @PathVariable UUID attendeeId,
            @RequestParam(required = false) @Nullable String done,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        Registration registration = reviews.open(slug, id, page.staff().person());
        return review(page, registration, attendee(registration, attendeeId), done);
    }

    private ModelAndView review(DeskPage page, Registration registration, Attendee attendee, @Nullable String done) {
        ReviewPages pages = new ReviewPages(page);
        ReviewView review = pages.review(registration, attendee, reviews.contentType(attendee));
        @Nullable
        Table effects = review.waits()
                ? reviews.foresee(registration, attendee, page.staff().person())
                        .map(foreseen -> pages.effects(registration, foreseen))
                        .orElse(null)
                : null;
        return view(page, "desk-proof", "proofs.one", done)
                .addObject("review", review)
                .addObject("effects", effects)
                .addObject("revision", Long.toString(registration.revision()))
                .addObject("reasons", pages.reasons())
                .addObject("key", ids.next().toString())
                .addObject("chosen", "")
                .addObject("words", "")
                .addObject("errors", List.of())
                .addObject(
                        "decided",
                        effects != null
                                ? null
                                : past.find(registration.id(), attendee.id())
                                        .map(pages::decided)
                                        .orElseGet(() -> page.localizer().of("proofs.over")))
                .addObject("next", ReviewPages.address(registration.conference()) + "/next?after=" + review.place());
    }

    private static Attendee attendee(Registration registration, UUID id) {
        return registration.attendees().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow(Problem::notFound);
    }

    /** Returns the file, for display next to the data or in a tab of its own. Its media type was detected from its first bytes. */
    @GetMapping("/{id}/{attendeeId}/file")
    ResponseEntity<Resource> file(
            @PathVariable String slug,
            @PathVariable UUID id,
            @PathVariable UUID attendeeId,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        reviews.require(slug, id);
        Sent sent = reviews.proof(id, attendeeId, page.staff().person());
        return ResponseEntity.ok()
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.inline()
                                .filename(sent.name())
                                .build()
                                .toString())
                .header("X-Content-Type-Options", "nosniff")
                .contentType(MediaType.parseMediaType(sent.file().type().mediaType()))
                .body(sent.file().content());
    }

    /** Accepts or refuses a proof at the revision that the organiser saw, and redirects to the next proof. */
    @PostMapping("/{id}/{attendeeId}")
    @Nullable
    ModelAndView decide(
            @PathVariable String slug,
            @PathVariable UUID id,
            @PathVariable UUID attendeeId,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        Registration registration = reviews.require(slug, id);
        Attendee attendee = attendee(registration, attendeeId);
        boolean accept = field(request, "decision").equals("accept");
        String seen = field(request, "revision");
        String usual = field(request, "reason");
        String words = field(request, "words");
        String reason = accept ? "" : new ReviewPages(page).reason(usual, words, registration);
        if (!accept && (reason.isEmpty() || reason.length() > LONGEST_REASON)) {
            ModelAndView again = review(page, registration, attendee, null)
                    .addObject("revision", seen)
                    .addObject("chosen", usual)
                    .addObject("words", words)
                    .addObject("errors", List.of(new Link("#words", missing(page, reason))));
            again.setStatus(CommonProblem.INVALID.status());
            return again;
        }
        try {
            reviews.judge(
                    id,
                    Documents.treeOf(Map.of("accept", accept, "attendee", attendeeId, "reason", reason)),
                    // The revision is required: a decision must refer to what the organiser saw.
                    new ActCall(null, "\"" + seen + "\"", key(request)),
                    new Verdict(
                            accept,
                            attendeeId.toString(),
                            reason.isEmpty() ? null : reason,
                            page.staff().person()));
        } catch (Problem refused) {
            return late(page, id, attendeeId, refused)
                    .addObject("chosen", usual)
                    .addObject("words", words);
        }
        Redirects.seeOther(
                response,
                ReviewPages.address(slug) + "/next?after="
                        + new ReviewPages(page)
                                .review(registration, attendee, Optional.empty())
                                .place()
                        + "&done=" + (accept ? "accepted" : "refused"));
        return null;
    }

    private static String missing(DeskPage page, String reason) {
        return reason.isEmpty()
                ? page.localizer().of("proofs.reason-missing")
                : page.localizer().of("field-error.too-long", LONGEST_REASON);
    }

    private static String field(HttpServletRequest request, String name) {
        @Nullable String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    private static @Nullable String key(HttpServletRequest request) {
        String key = field(request, "key");
        return Ids.read(key).isPresent() ? key : null;
    }

    /** Shows the page again because another organiser was first, the deadline has passed, or the proof was replaced meanwhile. */
    private ModelAndView late(DeskPage page, UUID id, UUID attendee, Problem refused) {
        if (!LATE.contains(refused.code())) {
            throw refused;
        }
        Registration now =
                reviews.open(page.conference().slug(), id, page.staff().person());
        ModelAndView view = review(page, now, attendee(now, attendee), null);
        if (refused.code() == CommonProblem.CHANGED && view.getModel().get("effects") != null) {
            view.addObject("changed", true);
            view.setStatus(refused.code().status());
            return view;
        }
        view.addObject("late", true);
        if (view.getModel().get("decided") == null) {
            view.addObject("decided", page.localizer().of("proofs.over"));
        }
        view.setStatus(HttpStatus.CONFLICT);
        return view;
    }
}
