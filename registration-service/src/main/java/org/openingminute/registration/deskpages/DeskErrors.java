package org.openingminute.registration.deskpages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.Problems;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriUtils;

/**
 * Shows staff why a page was refused, in its frame. A browser that nobody is signed in to is led to the form of sign-in; if it has sent a
 * form, that is kept on a page, to be sent again.
 */
@Component
class DeskErrors implements HandlerExceptionResolver, Ordered {

    private final CallerResolver callers;
    private final DeskFrame frame;

    DeskErrors(CallerResolver callers, DeskFrame frame) {
        this.callers = callers;
        this.frame = frame;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception e) {
        Optional<Problem> problem = wantsPage(request) ? Problems.known(e) : Optional.empty();
        if (problem.isEmpty()) {
            return null;
        }
        if (problem.get().code() == CommonProblem.UNAUTHENTICATED) {
            return isForm(request) ? frame.kept(request, response) : toSignIn(request, response);
        }
        try {
            return frame.refusal(
                    problem.get(), callers.staff(request, Permission.READ_REGISTRATION), request, response);
        } catch (Problem _) {
            return null;
        }
    }

    /** A part of a page has the whole page asked for again: the form would stand in its place. */
    private static ModelAndView toSignIn(HttpServletRequest request, HttpServletResponse response) {
        if (DeskFrame.isPart(request)) {
            response.setStatus(HttpStatus.UNAUTHORIZED.value());
            response.setHeader("HX-Refresh", "true");
        } else {
            String query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
            Redirects.seeOther(
                    response,
                    "/sign-in?to=" + UriUtils.encode(request.getRequestURI() + query, StandardCharsets.UTF_8));
        }
        return new ModelAndView();
    }

    private static boolean isForm(HttpServletRequest request) {
        @Nullable String type = request.getContentType();
        return request.getMethod().equals("POST")
                && type != null
                && type.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
    }

    private static boolean wantsPage(HttpServletRequest request) {
        String path = request.getRequestURI();
        @Nullable String accept = request.getHeader(HttpHeaders.ACCEPT);
        return (path.equals("/desk") || path.startsWith("/desk/") || path.startsWith("/check-in/"))
                && (DeskFrame.isPart(request) || (accept != null && accept.contains(MediaType.TEXT_HTML_VALUE)));
    }
}
