package org.openingminute.registration.deskpages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.desk.DeskFigures.Step;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Link;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The overview of a sale, and the form that pauses and resumes the sale. */
@Controller
@RequestMapping("/desk/{slug}")
class OverviewController {

    private static final int LONGEST_MESSAGE = 500;
    private static final String LIVE_PART = "desk-overview :: overview-live";

    private final DeskFrame frame;
    private final OverviewPages overviews;
    private final Admissions admissions;
    private final Ids ids;

    OverviewController(DeskFrame frame, OverviewPages overviews, Admissions admissions, Ids ids) {
        this.frame = frame;
        this.overviews = overviews;
        this.admissions = admissions;
        this.ids = ids;
    }

    /**
     * The form that pauses and resumes a sale.
     *
     * @param key the idempotency key, so that a double click acts once
     * @param message as it was typed
     * @param problem the error of the message; {@code null} if there is none
     * @param errors for the error summary
     */
    record SaleForm(String key, String message, @Nullable String problem, List<Link> errors) {}

    /**
     * Shows the overview. A part of it reloads itself; its readers share counts, which may be a second old.
     *
     * @param step of the charts
     * @param wall present if the page is shown on an unattended screen
     */
    @GetMapping
    ModelAndView overview(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String step,
            @RequestParam(required = false) @Nullable String wall,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = frame.open(request, response, Permission.KEEP_ACCOUNTS, slug, DeskEntry.OVERVIEW);
        Step by = Step.of(step);
        return page.isPart()
                ? new ModelAndView(LIVE_PART).addObject("overview", overviews.of(page, by, wall != null))
                : view(page, by, wall != null, new SaleForm(newKey(), "", null, List.of()));
    }

    private ModelAndView view(DeskPage page, Step step, boolean wall, SaleForm form) {
        return page.view(
                        wall ? "desk-wall" : "desk-overview",
                        page.localizer()
                                .of(
                                        "desk.overview.title",
                                        page.conference().definition().name()))
                .addObject("overview", overviews.of(page, step, wall))
                .addObject("mayPause", page.staff().roles().contains(Role.ORGANISER))
                .addObject("form", form);
    }

    /**
     * Pauses or resumes the sale.
     *
     * @param state {@code open} or {@code paused}
     * @param message shown to visitors while the sale is paused, and kept as the reason in the audit
     */
    @PostMapping
    @Nullable
    ModelAndView setSale(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String message,
            @RequestParam(required = false) @Nullable String key,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = frame.open(request, response, Permission.ORGANISE, slug, DeskEntry.OVERVIEW);
        if (!"open".equals(state) && !"paused".equals(state)) {
            throw Problem.invalid("state", "not-one-of", "must be {} or {}", "open", "paused");
        }
        boolean open = "open".equals(state);
        String typed = open || message == null ? "" : message.strip();
        Optional<FieldError> wrong = open ? Optional.empty() : wrong(typed);
        if (wrong.isPresent()) {
            String text = page.localizer().of(wrong.get(), page.times());
            return refused(page, HttpStatus.UNPROCESSABLE_CONTENT, typed, text, text);
        }
        ObjectNode wanted =
                JsonNodeFactory.instance.objectNode().put("state", state).put("message", typed);
        try {
            admissions.execute(new Command.SetSale(
                    slug,
                    admissions.key("sale-page:" + slug, key),
                    RequestHash.of(wanted),
                    open,
                    open ? null : typed,
                    page.staff().person()));
        } catch (Problem problem) {
            if (problem.code() != CommonProblem.UNAVAILABLE && problem.code() != CommonProblem.IDEMPOTENCY_KEY_REUSED) {
                throw problem;
            }
            Localizer localizer = page.localizer();
            return refused(
                    page,
                    problem.code().status(),
                    typed,
                    null,
                    localizer.of("desk.sale.refused." + problem.code().wireName()));
        }
        Redirects.seeOther(response, DeskEntry.OVERVIEW.address(slug));
        return null;
    }

    private static Optional<FieldError> wrong(String message) {
        if (message.isEmpty()) {
            return Optional.of(FieldError.of("message", "required", "is required"));
        }
        if (message.codePointCount(0, message.length()) > LONGEST_MESSAGE) {
            return Optional.of(FieldError.of("message", "too-long", "has more than {} characters", LONGEST_MESSAGE));
        }
        return JsonFields.unwritable(message, false)
                ? Optional.of(FieldError.of("message", "control-characters", "has control characters"))
                : Optional.empty();
    }

    /** Renders the current page again with what was typed and a new idempotency key. */
    private ModelAndView refused(
            DeskPage page, HttpStatus status, String typed, @Nullable String problem, String summary) {
        ModelAndView view = view(
                page,
                Step.HOUR,
                false,
                new SaleForm(
                        newKey(),
                        typed,
                        problem,
                        List.of(new Link(problem == null ? "#sale-form" : "#sale-message", summary))));
        view.setStatus(status);
        return view;
    }

    private String newKey() {
        return ids.next().toString();
    }
}
