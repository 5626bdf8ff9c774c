package org.openingminute.notification.ops;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.StaffPageErrors;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.ui.RequestTime;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.desk.DeskReader;
import org.openingminute.ui.desk.DeskView;
import org.openingminute.ui.desk.ResubmittableForm;
import org.springframework.context.MessageSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/** Opens staff pages: checks the caller's permission and builds the frame around the content. {@link StaffPageErrors} shows refusals. */
@Component
public final class DeskFrame implements StaffPageErrors.Refusals {

    private final CallerResolver callers;
    private final ProjectionRepository projections;
    private final MessageSource messages;
    private final RequestTime time;
    private final boolean rehearsal;

    DeskFrame(
            CallerResolver callers,
            ProjectionRepository projections,
            MessageSource messages,
            RequestTime time,
            NotificationServiceSettings settings) {
        this.callers = callers;
        this.projections = projections;
        this.messages = messages;
        this.time = time;
        this.rehearsal = settings.mode() == NotificationServiceSettings.Mode.REHEARSAL;
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
        Conference conference = projections.findConference(slug).orElseThrow(Problem::notFound);
        return page(request, staff, conference, entry);
    }

    private DeskPage page(
            HttpServletRequest request, Caller.Staff staff, Conference conference, @Nullable DeskEntry entry) {
        Locale language = RequestContextUtils.getLocale(request);
        DeskReader reader = reader(callers.staff(request, Permission.READ_REGISTRATION, conference.slug()));
        DeskView frame = DeskView.of(reader, conference.slug(), conference.name(), entry, language);
        return new DeskPage(
                staff,
                conference,
                new DeskTexts(messages, language),
                frame,
                rehearsal,
                time.fromRequest().orElse(null),
                StaffPageErrors.isForPart(request));
    }

    @Override
    public ModelAndView of(
            Problem problem, Caller.Staff staff, HttpServletRequest request, HttpServletResponse response) {
        keepNothing(response);
        problem.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        DeskTexts texts = new DeskTexts(messages, RequestContextUtils.getLocale(request));
        String code = texts.find("desk.problem." + problem.code().wireName()).isPresent()
                ? problem.code().wireName()
                : "other";
        String title = texts.of("desk.problem." + code);
        ModelAndView view = conference(request)
                .filter(conference -> staff.scopes()
                        .map(scopes -> scopes.contains(conference.slug()))
                        .orElse(true))
                .map(conference -> page(request, staff, conference, null).view("desk-refusal", title))
                .orElseGet(() -> new ModelAndView("desk-refusal")
                        .addObject("title", title)
                        .addObject("rehearsal", rehearsal)
                        .addObject("desk", DeskView.of(reader(staff))));
        view.addObject("denied", problem.code() == CommonProblem.FORBIDDEN)
                .addObject(
                        "text",
                        problem.errors().stream()
                                .findFirst()
                                .flatMap(error -> texts.find("desk.field." + error.code(), error.field()))
                                .orElseGet(() -> texts.of("desk.problem." + code + "-text")));
        view.setStatus(problem.code().status());
        return view;
    }

    /** Returns the submitted form to a browser whose session has ended, with all input, so that it can be sent again after sign-in. */
    @Override
    public ModelAndView kept(HttpServletRequest request, HttpServletResponse response) {
        keepNothing(response);
        ModelAndView view = new ModelAndView(ResubmittableForm.TEMPLATE)
                .addObject("rehearsal", rehearsal)
                .addObject("form", ResubmittableForm.of(request.getRequestURI(), request.getParameterMap()));
        view.setStatus(HttpStatus.UNAUTHORIZED);
        return view;
    }

    /** Returns the conference in the request's path, if there is one. */
    private Optional<Conference> conference(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> path
                        && path.get("slug") instanceof String slug
                ? projections.findConference(slug)
                : Optional.empty();
    }

    private static DeskReader reader(Caller.Staff staff) {
        Set<String> roles = staff.roles().stream().map(Role::wireName).collect(Collectors.toUnmodifiableSet());
        return new DeskReader(staff.person().name(), roles);
    }

    private static void keepNothing(HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
    }
}
