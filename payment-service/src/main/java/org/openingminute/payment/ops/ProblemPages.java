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

/** Shows problems as small pages to browsers that requested a page. All other clients get the kit's problem documents. */
@Component
final class ProblemPages implements HandlerExceptionResolver, Ordered {

    private static final Pattern OF_A_PAYMENT = Pattern.compile("/api/payments/([0-9a-f-]{36})(?:/.*)?");

    /** A file that staff open from a desk page. */
    private static final Pattern FOR_STAFF = Pattern.compile("/api/admin/conferences/([a-z0-9-]+)/.*");

    /** The page that opens a registration by its link, and mails a new link. */
    private static final Onward MAILS_A_LINK = new Onward("/open", "problem.registration");

    private final Localizer localizer;
    private final boolean rehearsal;

    ProblemPages(Localizer localizer, PaymentServiceSettings settings) {
        this.localizer = localizer;
        this.rehearsal = settings.mode() == PaymentServiceSettings.Mode.REHEARSAL;
    }

    @Override
    public int getOrder() {
        // After the resolver for staff pages.
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
        String path = request.getRequestURI();
        boolean isForStaff = FOR_STAFF.matcher(path).matches();
        String code = isForStaff && problem.code() == CommonProblem.UNAUTHENTICATED
                ? "signed-out"
                : problem.code().wireName();
        Onward onward = isForStaff ? ofStaff(problem, path) : ofPayers(problem, path);
        Map<String, Object> model = Map.of(
                "title",
                localizer.of("problem." + code, locale, localizer.of("problem.other", locale, code)),
                "detail",
                isForStaff ? detailForStaff(problem, locale) : localizer.detail(problem, locale),
                "back",
                onward.address(),
                "backName",
                localizer.of(onward.key(), locale, onward.address()),
                "rehearsal",
                rehearsal);
        return new ModelAndView("problem", model, problem.code().status());
    }

    /**
     * The link with which the reader can continue.
     *
     * @param key message key of its name
     */
    private record Onward(String address, String key) {}

    /** Returns the page that a payer came from, or the home page. */
    private static Onward ofPayers(Problem problem, String path) {
        Matcher payment = OF_A_PAYMENT.matcher(path);
        if (problem.code() == CommonProblem.UNAUTHENTICATED) {
            return MAILS_A_LINK;
        }
        return payment.matches()
                ? new Onward("/registrations/" + payment.group(1), "problem.registration")
                : new Onward("/", "problem.home");
    }

    /**
     * Returns the page of the conference's money, through sign-in if needed; the list of conferences if the reader may not see that page.
     */
    private static Onward ofStaff(Problem problem, String path) {
        String money = FOR_STAFF.matcher(path).replaceFirst("/desk/$1/money");
        return switch (problem.code()) {
            case CommonProblem.UNAUTHENTICATED -> new Onward("/sign-in?to=" + money, "problem.sign-in");
            case CommonProblem.FORBIDDEN, CommonProblem.NOT_FOUND -> new Onward("/desk", "desk.back");
            default -> new Onward(money, "problem.money");
        };
    }

    private String detailForStaff(Problem problem, Locale locale) {
        return switch (problem.code()) {
            case CommonProblem.UNAUTHENTICATED -> localizer.of("desk.signed-out", locale, problem.detail());
            case CommonProblem.FORBIDDEN -> localizer.of("desk.denied", locale, problem.detail());
            default -> localizer.detail(problem, locale);
        };
    }
}
