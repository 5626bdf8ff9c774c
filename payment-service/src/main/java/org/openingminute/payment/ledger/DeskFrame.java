package org.openingminute.payment.ledger;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.StaffPageErrors;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.ops.Localizer;
import org.openingminute.ui.RequestTime;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.desk.DeskReader;
import org.openingminute.ui.desk.DeskView;
import org.openingminute.ui.desk.ResubmittableForm;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/** The frame of the staff pages about money; {@link StaffPageErrors} shows refusals. */
@Component
class DeskFrame implements StaffPageErrors.Refusals {

    private final CallerResolver callers;
    private final Localizer localizer;
    private final RequestTime time;
    private final boolean rehearsal;

    DeskFrame(CallerResolver callers, Localizer localizer, RequestTime time, PaymentServiceSettings settings) {
        this.callers = callers;
        this.localizer = localizer;
        this.time = time;
        this.rehearsal = settings.mode() == PaymentServiceSettings.Mode.REHEARSAL;
    }

    /**
     * Returns the authorised reader of a conference's page, and marks the response {@code no-store}.
     *
     * @throws Problem {@code unauthenticated} or {@code forbidden}
     */
    Caller.Staff enter(String slug, HttpServletRequest request, HttpServletResponse response) {
        keepNothing(response);
        return callers.staff(request, Permission.KEEP_ACCOUNTS, slug);
    }

    /**
     * Builds a page for an authorised reader.
     *
     * @param name of the conference
     * @param zone of the conference
     */
    DeskPage page(String slug, String name, ZoneId zone, HttpServletRequest request) {
        Locale language = RequestContextUtils.getLocale(request);
        DeskReader reader = reader(callers.staff(request, Permission.READ_REGISTRATION, slug));
        return new DeskPage(
                DeskView.of(reader, slug, name, DeskEntry.MONEY, language),
                new DeskTexts(localizer, language, zone),
                rehearsal,
                time.fromRequest().orElse(null),
                StaffPageErrors.isForPart(request));
    }

    @Override
    public ModelAndView of(
            Problem problem, Caller.Staff staff, HttpServletRequest request, HttpServletResponse response) {
        keepNothing(response);
        problem.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        Locale language = RequestContextUtils.getLocale(request);
        String code = problem.code().wireName();
        ModelAndView view = new ModelAndView("desk-refusal")
                .addObject(
                        "title",
                        localizer.of("problem." + code, language, localizer.of("problem.other", language, code)))
                .addObject("rehearsal", rehearsal)
                .addObject("desk", DeskView.of(reader(staff)))
                .addObject("denied", problem.code() == CommonProblem.FORBIDDEN)
                .addObject("text", localizer.detail(problem, language));
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

    private static DeskReader reader(Caller.Staff staff) {
        Set<String> roles = staff.roles().stream().map(Role::wireName).collect(Collectors.toUnmodifiableSet());
        return new DeskReader(staff.person().name(), roles);
    }

    private static void keepNothing(HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
    }
}
