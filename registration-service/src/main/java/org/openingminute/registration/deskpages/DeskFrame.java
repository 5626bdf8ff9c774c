package org.openingminute.registration.deskpages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
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
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Opens pages for staff. A page that cannot be opened is refused by a {@link Problem}, which {@link StaffPageErrors} shows: nobody signed in
 * leads to the form of sign-in, a role that may not open it to a page that says so.
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
     * A page of a conference, or a form's answer, which nobody may keep.
     *
     * @param entry of the navigation on which the page stands, or below which
     * @throws Problem {@code unauthenticated}, {@code forbidden} or, for a caller who may open such a page, {@code not-found}
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
        // The navigation is for all roles of the reader, of which only some may open this page.
        DeskReader reader = reader(callers.staff(request, Permission.READ_REGISTRATION, conference.slug()));
        DeskView frame =
                DeskView.of(reader, conference.slug(), conference.definition().name(), entry, localizer.locale());
        return new DeskPage(staff, conference, localizer, frame, views, isPart(request));
    }

    /**
     * A page about no conference.
     *
     * @param template its fragment {@code content} is what a request for a part gets
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

    /** A form of a browser whose session has ended, filled as it was sent, for whoever signs in and sends it again. */
    @Override
    public ModelAndView kept(HttpServletRequest request, HttpServletResponse response) {
        keepNothing(response);
        Localizer localizer = localizer(request);
        List<Field> fields = request.getParameterMap().entrySet().stream()
                .flatMap(field -> Arrays.stream(field.getValue()).map(value -> new Field(field.getKey(), value)))
                .toList();
        ModelAndView view = views.page("desk-kept", localizer.of("desk.kept.title"), localizer)
                .addObject("action", request.getRequestURI())
                .addObject("fields", fields);
        view.setStatus(HttpStatus.UNAUTHORIZED);
        return view;
    }

    /** A field of a form, as it was sent. */
    record Field(String name, String value) {}

    /** The one in the path, if there is one. */
    private Optional<Conference> conference(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> path
                        && path.get("slug") instanceof String slug
                ? conferences.all().stream()
                        .filter(conference -> conference.slug().equals(slug))
                        .findFirst()
                : Optional.empty();
    }

    /** Whether one of the roles is for a conference. */
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
