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
 * Shows staff why a page of theirs was refused, as the service's own page says it; a browser that nobody is signed in to is led to the form
 * of sign-in. Thread-safe.
 */
public final class StaffPageErrors implements HandlerExceptionResolver, Ordered {

    private static final String HOME = "/desk";
    /** Of a request for a part of a page. */
    private static final String PART = "HX-Request";

    private final CallerResolver callers;
    private final Refusals refusals;

    private StaffPageErrors(CallerResolver callers, Refusals refusals) {
        this.callers = callers;
        this.refusals = refusals;
    }

    /** The pages that stand in place of refused ones. */
    @FunctionalInterface
    public interface Refusals {

        /**
         * The page for a refusal.
         *
         * @param staff with all roles, in whatever scope
         */
        ModelAndView of(Problem why, Caller.Staff staff, HttpServletRequest request, HttpServletResponse response);

        /**
         * The page that keeps the form of a browser whose session has ended, to be sent again.
         *
         * @return {@code null} where forms have nothing that somebody has typed
         */
        default @Nullable ModelAndView kept(HttpServletRequest request, HttpServletResponse response) {
            return null;
        }
    }

    /** In every service with pages for staff. */
    @AutoConfiguration
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnBean(Refusals.class)
    static class StaffPageErrorsAutoConfiguration {

        @Bean
        StaffPageErrors staffPageErrors(CallerResolver callers, Refusals refusals) {
            return new StaffPageErrors(callers, refusals);
        }
    }

    /** Whether a request is for a part of a page, which is answered without its frame. */
    public static boolean isForPart(HttpServletRequest request) {
        return request.getHeader(PART) != null;
    }

    /** Before those of all other pages. */
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
            @Nullable ModelAndView kept = isForm(request) ? refusals.kept(request, response) : null;
            return kept == null ? toSignIn(request, response) : kept;
        }
        try {
            return refusals.of(problem.get(), callers.staff(request, Permission.READ_REGISTRATION), request, response);
        } catch (Problem _) {
            return null;
        }
    }

    /** A part of a page has the whole page asked for again: the form would stand in its place. */
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

    /** The page to come back to, which the address of a form need not be. */
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

    private static boolean isForPage(HttpServletRequest request) {
        String path = request.getRequestURI();
        @Nullable String accept = request.getHeader(HttpHeaders.ACCEPT);
        return (path.equals(HOME) || path.startsWith(HOME + "/") || path.startsWith("/check-in/"))
                && (isForPart(request) || (accept != null && accept.contains(MediaType.TEXT_HTML_VALUE)));
    }
}
