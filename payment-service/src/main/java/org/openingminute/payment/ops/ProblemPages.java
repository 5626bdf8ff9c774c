package org.openingminute.payment.ops;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.Problems;
import org.openingminute.kit.web.Page;
import org.openingminute.payment.PaymentServiceSettings;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/** Problems as small pages, for browsers that requested a page. All other clients get the kit's problem documents. */
@Component
final class ProblemPages implements HandlerExceptionResolver, Ordered {

    private static final Pattern OF_A_PAYMENT = Pattern.compile("/api/payments/([0-9a-f-]{36})(?:/.*)?");

    /** The page that opens a registration with a link, and mails one. */
    private static final String MAILS_A_LINK = "/open";

    private final Localizer localizer;
    private final boolean rehearsal;

    ProblemPages(Localizer localizer, PaymentServiceSettings settings) {
        this.localizer = localizer;
        this.rehearsal = settings.mode() == PaymentServiceSettings.Mode.REHEARSAL;
    }

    @Override
    public int getOrder() {
        // After those of the pages for staff.
        return HIGHEST_PRECEDENCE + 1;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception e) {
        if (!Page.wantedBy(request.getHeader(HttpHeaders.ACCEPT))) {
            return null;
        }
        Problem problem = Problems.of(e);
        Problems.headers(problem, e)
                .forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        Locale locale = RequestContextUtils.getLocale(request);
        String code = problem.code().wireName();
        Map<String, Object> model = Map.of(
                "title",
                localizer.of("problem." + code, locale, localizer.of("problem.other", locale, code)),
                "detail",
                localizer.detail(problem, locale),
                "back",
                problem.code() == CommonProblem.UNAUTHENTICATED ? MAILS_A_LINK : back(request.getRequestURI()),
                "rehearsal",
                rehearsal);
        return new ModelAndView("problem", model, problem.code().status());
    }

    /** The page that a payer came from, or the start page. */
    private static String back(String path) {
        Matcher payment = OF_A_PAYMENT.matcher(path);
        return payment.matches() ? "/registrations/" + payment.group(1) : "/";
    }
}
