package org.openingminute.registration.deskpages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.StaffPageErrors;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.PageViews;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.desk.DeskReader;
import org.openingminute.ui.desk.DeskView;
import org.openingminute.ui.desk.ResubmittableForm;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Opens staff pages: checks the caller's permission and builds the frame around the content. A refusal is thrown as a {@link Problem},
 * which {@link StaffPageErrors} turns into a page: without a session a redirect to sign-in, with a wrong role the page "denied".
 */
@Component
public final class DeskFrame implements StaffPageErrors.Refusals {

    private final CallerResolver callers;
    private final Conferences conferences;
    private final PageViews views;

    DeskFrame(CallerResolver callers, Conferences conferences, PageViews views) {
        this.callers = callers;
        this.conferences = conferences;
        this.views = views;
    }

    /**
     * Opens a page of a conference and marks the response {@code no-store}.
     *
     * @param entry the navigation entry to highlight
     * @throws Problem {@code unauthenticated}, {@code forbidden} or, for a caller with the permission, {@code not-found} if there is no
     *     such conference
     */
    public DeskPage open(
            HttpServletRequest request,
            HttpServletResponse response,
            Permission permission,
            String slug,
            DeskEntry entry) {
        keepNothing(response);
        Caller.Staff staff = callers.staff(request, permission, slug);
        return page(request, staff, conferences.require(slug), entry);
    }

    private DeskPage page(
            HttpServletRequest request, Caller.Staff staff, Conference conference, @Nullable DeskEntry entry) {
        Localizer localizer = localizer(request);
        // The navigation depends on all of the reader's roles, not only on those that may open this page.
        DeskReader reader = reader(callers.staff(request, Permission.READ_REGISTRATION, conference.slug()));
        DeskView frame =
                DeskView.of(reader, conference.slug(), conference.definition().name(), entry, localizer.locale());
        return new DeskPage(staff, conference, localizer, frame, views, isPart(request));
    }

    /**
     * Renders a page that belongs to no conference.
     *
     * @param template must have a fragment {@code content}, which is the response to a request for a part
     */
    ModelAndView view(HttpServletRequest request, Caller.Staff staff, String template, String title) {
        return views.page(isPart(request) ? template + DeskPage.CONTENT : template, title, localizer(request))
                .addObject("desk", DeskView.of(reader(staff)));
    }

    @Override
    public ModelAndView of(
            Problem problem, Caller.Staff staff, HttpServletRequest request, HttpServletResponse response) {
        keepNothing(response);
        problem.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        Localizer localizer = localizer(request);
        String code = problem.code().wireName();
        String known = localizer.find("problem." + code + ".title").isPresent() ? code : "other";
        String title = localizer.of("problem." + known + ".title");
        ModelAndView view = conference(request)
                .filter(conference -> worksFor(staff, conference))
                .map(conference -> page(request, staff, conference, null).view("desk-refusal", title))
                .orElseGet(() -> view(request, staff, "desk-refusal", title))
                .addObject("denied", problem.code() == CommonProblem.FORBIDDEN)
                .addObject("text", localizer.of("problem." + known + ".text"));
        view.setStatus(problem.code().status());
        return view;
    }

    /** Returns the submitted form to a browser whose session has ended, with all input, so that it can be sent again after sign-in. */
    @Override
    public ModelAndView kept(HttpServletRequest request, HttpServletResponse response) {
        keepNothing(response);
        Localizer localizer = localizer(request);
        ModelAndView view = views.page(ResubmittableForm.TEMPLATE, localizer.of("ui.kept.title"), localizer)
                .addObject("form", ResubmittableForm.of(request.getRequestURI(), request.getParameterMap()));
        view.setStatus(HttpStatus.UNAUTHORIZED);
        return view;
    }

    /** Returns the conference in the request's path, if there is one. */
    private Optional<Conference> conference(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> path
                        && path.get("slug") instanceof String slug
                ? conferences.all().stream()
                        .filter(conference -> conference.slug().equals(slug))
                        .findFirst()
                : Optional.empty();
    }

    /** Whether at least one of the caller's roles applies to the conference. */
    static boolean worksFor(Caller.Staff staff, Conference conference) {
        return staff.scopes().map(scopes -> scopes.contains(conference.slug())).orElse(true);
    }

    static DeskReader reader(Caller.Staff staff) {
        return new DeskReader(
                staff.person().name(),
                staff.roles().stream().map(Role::wireName).collect(Collectors.toSet()));
    }

    Localizer localizer(HttpServletRequest request) {
        return views.localizer(RequestContextUtils.getLocale(request));
    }

    static boolean isPart(HttpServletRequest request) {
        return StaffPageErrors.isForPart(request);
    }

    private static void keepNothing(HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
    }
}
