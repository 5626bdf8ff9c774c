package org.openingminute.payment.ledger;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
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
import org.springframework.web.servlet.ModelAndView;

/** A conference's money for organisers and finance, in the browser. */
@Hidden
@Controller
@RequestMapping("/desk/{slug}")
class MoneyPagesController {

    private final DeskFrame frame;
    private final Payments payments;
    private final AuditLog audit;
    private final Clock clock;

    MoneyPagesController(DeskFrame frame, Payments payments, AuditLog audit, Clock clock) {
        this.frame = frame;
        this.payments = payments;
        this.audit = audit;
        this.clock = clock;
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
