package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.web.Problem;
import org.openingminute.registration.web.ProblemCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Errors as pages, for browsers that asked for a page. Everybody else, and every path of the API, is left to the advice that
 * answers with problem documents. Safe for all threads.
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
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception e) {
        if (!wantsPage(request)) {
            return null;
        }
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        @Nullable ProblemCode code = code(e);
        if (code == null) {
            log.error("A page failed", e);
            return page(request, "internal", HttpStatus.INTERNAL_SERVER_ERROR);
        }
        if (code == ProblemCode.UNAVAILABLE) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
        }
        return page(request, code.wireName(), code.status());
    }

    private ModelAndView page(HttpServletRequest request, String code, HttpStatus status) {
        Words words = views.words(RequestContextUtils.getLocale(request));
        String known = words.find("problem." + code + ".title").isPresent() ? code : "other";
        ModelAndView page = views.page("problem", words.of("problem." + known + ".title"), words)
                .addObject("text", words.of("problem." + known + ".text"))
                .addObject("code", code);
        page.setStatus(status);
        return page;
    }

    private static @Nullable ProblemCode code(Exception e) {
        return switch (e) {
            case Problem problem -> problem.code();
            case MethodArgumentTypeMismatchException ignored -> ProblemCode.NOT_FOUND;
            case DataAccessResourceFailureException ignored -> ProblemCode.UNAVAILABLE;
            case TransientDataAccessException ignored -> ProblemCode.UNAVAILABLE;
            case CannotCreateTransactionException ignored -> ProblemCode.UNAVAILABLE;
            case InvalidParameterException ignored -> ProblemCode.MALFORMED;
            case ErrorResponse refused ->
                switch (HttpStatus.resolve(refused.getStatusCode().value())) {
                    case NOT_FOUND, METHOD_NOT_ALLOWED -> ProblemCode.NOT_FOUND;
                    case CONTENT_TOO_LARGE -> ProblemCode.TOO_LARGE;
                    case UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
                    case SERVICE_UNAVAILABLE -> ProblemCode.UNAVAILABLE;
                    case null, default -> ProblemCode.MALFORMED;
                };
            case MultipartException ignored -> ProblemCode.MALFORMED;
            default -> null;
        };
    }

    /** A browser names text/html itself; a program that takes anything gets the document. */
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
