package org.openingminute.payment.ledger;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.regex.Pattern;
import org.openingminute.kit.problem.Problem;
import org.openingminute.ui.RequestTime;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The pages of a conference's money, day by day, for organisers and finance. */
@Hidden
@Controller
@RequestMapping("/desk/{slug}")
class MoneyPagesController {

    /** Later than any posting. */
    private static final Instant FAR = Instant.parse("9999-12-31T00:00:00Z");

    private static final Pattern MONTH = Pattern.compile("[0-9]{4}-(0[1-9]|1[0-2])");

    private final DeskFrame frame;
    private final ConferenceRepository conferences;
    private final LedgerDays days;
    private final RequestTime time;

    MoneyPagesController(DeskFrame frame, ConferenceRepository conferences, LedgerDays days, RequestTime time) {
        this.frame = frame;
        this.conferences = conferences;
        this.days = days;
        this.time = time;
    }

    /** Shows the days of a month with the sums of each; without a month, the newest month with postings or else the current one. */
    @GetMapping("/money")
    ModelAndView days(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String month,
            HttpServletRequest request,
            HttpServletResponse response) {
        frame.enter(slug, request, response);
        KnownConference conference = conferences.find(slug).orElseThrow(Problem::notFound);
        ZoneId zone = conference.zone();
        YearMonth shown = month.isEmpty()
                ? days.newestBefore(slug, FAR)
                        .map(at -> YearMonth.from(at.atZone(zone)))
                        .orElseGet(() -> YearMonth.from(time.now().atZone(zone)))
                : month(month);
        Instant from = DaysOfMonth.begin(shown, zone);
        Instant to = DaysOfMonth.begin(shown.plusMonths(1), zone);
        return DaysOfMonth.shown(
                frame.page(slug, conference.name(), zone, request),
                conference,
                shown,
                days.of(slug, from, to, zone),
                days.newestBefore(slug, from)
                        .map(at -> YearMonth.from(at.atZone(zone)))
                        .orElse(null),
                days.oldestFrom(slug, to)
                        .map(at -> YearMonth.from(at.atZone(zone)))
                        .orElse(null));
    }

    private static YearMonth month(String text) {
        if (!MONTH.matcher(text).matches() || text.startsWith("0000") || text.startsWith("9999")) {
            throw Problem.invalid("month", "not-a-month", "must be a month such as 2026-05");
        }
        return YearMonth.parse(text);
    }
}
