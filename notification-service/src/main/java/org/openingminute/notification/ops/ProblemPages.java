package org.openingminute.notification.ops;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.kit.web.Page;
import org.openingminute.notification.ops.PlainPages.Onward;
import org.springframework.context.MessageSource;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;
import org.springframework.web.util.UriUtils;

/**
 * Shows two kinds of refusals as pages to browsers: a registration's document, with a link to the page that opens the registration, and
 * badges for staff, with a link to sign-in or back. All other clients and problems get the kit's problem documents.
 */
@Component
final class ProblemPages implements HandlerExceptionResolver, Ordered {

    private static final String REGISTRATIONS = "/api/registrations/";
    private static final Pattern BADGES =
            Pattern.compile("/api/admin/conferences/[^/]+/(badges|attendees/[^/]+/badge)\\.pdf");

    private static final Set<ProblemCode> LINK_OPENS_IT =
            Set.of(CommonProblem.UNAUTHENTICATED, CommonProblem.FORBIDDEN);

    private final PlainPages pages;
    private final MessageSource messages;

    ProblemPages(PlainPages pages, MessageSource messages) {
        this.pages = pages;
        this.messages = messages;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception e) {
        if (!Page.wantedBy(request.getHeader(HttpHeaders.ACCEPT)) || !(e instanceof Problem problem)) {
            return null;
        }
        String path = request.getRequestURI();
        DeskTexts texts = new DeskTexts(messages, RequestContextUtils.getLocale(request));
        if (BADGES.matcher(path).matches()) {
            problem.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
            return ofBadges(problem, request, texts, response);
        }
        return path.startsWith(REGISTRATIONS) && LINK_OPENS_IT.contains(problem.code())
                ? ofDocument(problem, texts, response)
                : null;
    }

    private ModelAndView ofDocument(Problem problem, DeskTexts texts, HttpServletResponse response) {
        String key = "problem." + problem.code().wireName();
        return pages.refusal(
                problem.code().status(),
                texts.of(key),
                List.of(texts.of(key + "-text")),
                new Onward("/open", texts.of("problem.open")),
                response);
    }

    private ModelAndView ofBadges(
            Problem problem, HttpServletRequest request, DeskTexts texts, HttpServletResponse response) {
        String code = problem.code().wireName();
        String known = texts.find("desk.problem." + code).isPresent() ? code : "other";
        return pages.refusal(
                problem.code().status(),
                texts.of("desk.problem." + known),
                List.of(texts.find("desk.badges.problem." + code)
                        .orElseGet(() -> texts.of("desk.problem." + known + "-text"))),
                problem.code() == CommonProblem.UNAUTHENTICATED
                        ? new Onward("/sign-in?to=" + encoded(request), texts.of("desk.sign-in"))
                        : new Onward("/desk", texts.of("desk.back")),
                response);
    }

    /** Returns the encoded address of the file itself, to return to it after sign-in. */
    private static String encoded(HttpServletRequest request) {
        @Nullable String query = request.getQueryString();
        return UriUtils.encode(request.getRequestURI() + (query == null ? "" : "?" + query), StandardCharsets.UTF_8);
    }
}
