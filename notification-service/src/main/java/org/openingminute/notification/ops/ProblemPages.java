package org.openingminute.notification.ops;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.kit.web.Page;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * A registration's document that is not open to a browser, as a page that leads to a link. All other clients and problems get the
 * kit's problem documents.
 */
@Component
final class ProblemPages implements HandlerExceptionResolver, Ordered {

    private static final String REGISTRATIONS = "/api/registrations/";

    private static final Set<ProblemCode> LINK_OPENS_IT =
            Set.of(CommonProblem.UNAUTHENTICATED, CommonProblem.FORBIDDEN);

    private final PlainPages pages;

    ProblemPages(PlainPages pages) {
        this.pages = pages;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception e) {
        if (!request.getRequestURI().startsWith(REGISTRATIONS)
                || !Page.wantedBy(request.getHeader(HttpHeaders.ACCEPT))
                || !(e instanceof Problem problem)
                || !LINK_OPENS_IT.contains(problem.code())) {
            return null;
        }
        Locale locale = RequestContextUtils.getLocale(request);
        String key = "problem." + problem.code().wireName();
        return pages.refusal(
                problem.code().status(),
                pages.text(locale, key),
                List.of(pages.text(locale, key + "-text")),
                new PlainPages.Onward("/open", pages.text(locale, "problem.open")),
                response);
    }
}
