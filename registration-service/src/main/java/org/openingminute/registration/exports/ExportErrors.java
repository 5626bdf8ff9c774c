package org.openingminute.registration.exports;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.Page;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;

/** Answers a browser with the page of downloads if too many downloads are in progress; programs get the problem as JSON. */
@Component
class ExportErrors implements HandlerExceptionResolver, Ordered {

    private final ExportPageController page;

    ExportErrors(ExportPageController page) {
        this.page = page;
    }

    /** Runs before the handler that answers with JSON. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception e) {
        boolean isOfFile = handler instanceof HandlerMethod method && method.getBeanType() == ExportController.class;
        if (!isOfFile || !Page.wantedBy(request.getHeader(HttpHeaders.ACCEPT))) {
            return null;
        }
        return e instanceof Problem problem
                        && problem.code() == CommonProblem.UNAVAILABLE
                        && request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
                                instanceof Map<?, ?> path
                        && path.get("slug") instanceof String slug
                ? busy(slug, problem, request, response)
                : null;
    }

    private @Nullable ModelAndView busy(
            String slug, Problem why, HttpServletRequest request, HttpServletResponse response) {
        try {
            return page.busy(slug, why, request, response);
        } catch (Problem _) {
            return null;
        }
    }
}
