package org.openingminute.payment.ledger;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.store.Payments;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** A conference's money for organisers and finance, in the browser. */
@Hidden
@Controller
@RequestMapping("/desk/{slug}")
class MoneyPagesController {

    /** No posting is later. */
    private static final Instant FAR = Instant.parse("9999-12-31T00:00:00Z");

    private static final Pattern MONTH = Pattern.compile("[0-9]{4}-(0[1-9]|1[0-2])");

    private final DeskFrame frame;
    private final ConferenceRepository conferences;
    private final LedgerDays days;
    private final Payments payments;
    private final AuditLog audit;
    private final Clock clock;

    MoneyPagesController(
            DeskFrame frame,
            ConferenceRepository conferences,
            LedgerDays days,
            Payments payments,
            AuditLog audit,
            Clock clock) {
        this.frame = frame;
        this.conferences = conferences;
        this.days = days;
        this.payments = payments;
        this.audit = audit;
        this.clock = clock;
    }

    /** The days of a month, with what the ledger says of each; without a month the newest with postings. */
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
                        .orElseGet(() -> YearMonth.from(clock.instant().atZone(zone)))
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

    /** All that is known of a registration's payment, as a page and as a part of the registration's own. */
    @GetMapping("/registrations/{registrationId}/money")
    ModelAndView ofRegistration(
            @PathVariable String slug,
            @PathVariable String registrationId,
            HttpServletRequest request,
            HttpServletResponse response) {
        Caller.Staff staff = frame.enter(slug, request, response);
        Payment payment = Ids.read(registrationId)
                .flatMap(payments::find)
                .filter(found -> found.request() != null && found.conference().equals(slug))
                .orElseThrow(Problem::notFound);
        audit.write(
                new Person.AuditEntry(staff.person(), "opened a payment", slug, payment.registration()),
                payment.shown(clock.instant()));
        PaymentRequest asked =
                Objects.requireNonNull(payment.request(), "filtered above").body();
        DeskPage page = frame.page(slug, asked.conferenceName(), zone(asked.timeZone()), request);
        return PaymentParts.shown(page, payment, asked, staff.roles().contains(Role.ORGANISER));
    }

    /** UTC where it is not known. */
    private static ZoneId zone(@Nullable String name) {
        try {
            return name == null ? ZoneOffset.UTC : ZoneId.of(name);
        } catch (DateTimeException _) {
            return ZoneOffset.UTC;
        }
    }
}
