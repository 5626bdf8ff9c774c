package org.openingminute.kit.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.Problems;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriUtils;

/**
 * Shows staff why a request for one of their pages was refused, on a page that the service renders. A browser without a session is
 * redirected to the sign-in form. Thread-safe.
 */
public final class StaffPageErrors implements HandlerExceptionResolver, Ordered {

    private static final String HOME = "/desk";
    /** The header of a request for a part of a page. */
    private static final String PART = "HX-Request";

    private final CallerResolver callers;
    private final Refusals refusals;

    private StaffPageErrors(CallerResolver callers, Refusals refusals) {
        this.callers = callers;
        this.refusals = refusals;
    }

    /** Renders the pages that replace refused ones. */
    @FunctionalInterface
    public interface Refusals {

        /**
         * Renders the page for a refusal.
         *
         * @param staff the reader with all roles, whatever their scopes
         */
        ModelAndView of(Problem why, Caller.Staff staff, HttpServletRequest request, HttpServletResponse response);

        /**
         * Renders the page that keeps a submitted form after its session has ended, so that it can be submitted again after sign-in.
         *
         * @return {@code null} where forms contain nothing that a person has typed
         */
        default @Nullable ModelAndView kept(HttpServletRequest request, HttpServletResponse response) {
            return null;
        }
    }

    /** Active in every service that has pages for staff. */
    @AutoConfiguration
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnBean(Refusals.class)
    static class StaffPageErrorsAutoConfiguration {

        @Bean
        StaffPageErrors staffPageErrors(CallerResolver callers, Refusals refusals) {
            return new StaffPageErrors(callers, refusals);
        }
    }

    /** Whether a request is for a part of a page, which is rendered without its frame. */
    public static boolean isForPart(HttpServletRequest request) {
        return request.getHeader(PART) != null;
    }

    /** Precedes the exception resolvers of all other pages. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception e) {
        Optional<Problem> problem = isForPage(request) ? Problems.known(e) : Optional.empty();
        if (problem.isEmpty()) {
            return null;
        }
        if (problem.get().code() == CommonProblem.UNAUTHENTICATED) {
            @Nullable
            ModelAndView kept =
                    isForm(request) && !isForPart(request) && isOwn(request) ? refusals.kept(request, response) : null;
            return kept == null ? toSignIn(request, response) : kept;
        }
        try {
            return refusals.of(problem.get(), callers.staff(request, Permission.READ_REGISTRATION), request, response);
        } catch (Problem _) {
            return null;
        }
    }

    /** A request for a part makes the browser reload the whole page; otherwise the sign-in form would be inserted in place of the part. */
    private static ModelAndView toSignIn(HttpServletRequest request, HttpServletResponse response) {
        if (isForPart(request)) {
            response.setStatus(HttpStatus.UNAUTHORIZED.value());
            response.setHeader("HX-Refresh", "true");
        } else {
            response.setStatus(HttpStatus.SEE_OTHER.value());
            response.setHeader(
                    HttpHeaders.LOCATION, "/sign-in?to=" + UriUtils.encode(page(request), StandardCharsets.UTF_8));
        }
        return new ModelAndView();
    }

    /** The page to return to after sign-in. The address to which a form was submitted need not be a page. */
    private static String page(HttpServletRequest request) {
        if (!request.getMethod().equals("GET")) {
            return HOME;
        }
        return request.getRequestURI() + (request.getQueryString() == null ? "" : "?" + request.getQueryString());
    }

    private static boolean isForm(HttpServletRequest request) {
        @Nullable String type = request.getContentType();
        return request.getMethod().equals("POST")
                && type != null
                && type.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
    }

    /**
     * Whether the form was submitted by one of our own pages. A form of another site must not be kept, because its fields would look like
     * ours.
     */
    private boolean isOwn(HttpServletRequest request) {
        try {
            callers.refuseForeignPage(request);
            return true;
        } catch (Problem _) {
            return false;
        }
    }

    private static boolean isForPage(HttpServletRequest request) {
        String path = request.getRequestURI();
        @Nullable String accept = request.getHeader(HttpHeaders.ACCEPT);
        return (path.equals(HOME) || path.startsWith(HOME + "/") || path.startsWith("/check-in/"))
                && (isForPart(request) || (accept != null && accept.contains(MediaType.TEXT_HTML_VALUE)));
    }
}
