package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.kit.problem.Problems;
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Shows errors as pages to browsers that requested a page. All other clients, and every path of the API, get problem
 * documents from the kit's advice.
 */
@Component
class PageErrors implements HandlerExceptionResolver, Ordered {

    private static final Logger log = LoggerFactory.getLogger(PageErrors.class);

    private final PageViews views;

    PageErrors(PageViews views) {
        this.views = views;
    }

    @Override
    public int getOrder() {
        // After the resolver for staff pages.
        return HIGHEST_PRECEDENCE + 1;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception e) {
        if (!wantsPage(request)) {
            return null;
        }
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        Optional<Problem> problem = Problems.known(e);
        if (problem.isEmpty()) {
            log.error("A request for a page failed", RedactedException.of(e));
            return page(request, "internal", HttpStatus.INTERNAL_SERVER_ERROR);
        }
        problem.get().retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        ProblemCode code = problem.get().code();
        return page(request, code.wireName(), code.status());
    }

    private ModelAndView page(HttpServletRequest request, String code, HttpStatus status) {
        Localizer localizer = views.localizer(RequestContextUtils.getLocale(request));
        String known = localizer.find("problem." + code + ".title").isPresent() ? code : "other";
        ModelAndView page = views.page("problem", localizer.of("problem." + known + ".title"), localizer)
                .addObject("text", localizer.of("problem." + known + ".text"))
                .addObject("code", code);
        page.setStatus(status);
        return page;
    }

    /** A browser names text/html explicitly; a program that accepts anything gets the document. */
    private static boolean wantsPage(HttpServletRequest request) {
        String path = request.getRequestURI();
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return !path.startsWith("/api/")
                && !path.startsWith("/internal/")
                && !path.startsWith("/actuator/")
                && accept != null
                && accept.contains(MediaType.TEXT_HTML_VALUE);
    }
}
