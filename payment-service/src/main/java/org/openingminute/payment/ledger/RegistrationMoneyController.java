package org.openingminute.payment.ledger;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.Problems;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.payment.ledger.PaymentParts.RefusedReturn;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.refunds.RefundTransfers;
import org.openingminute.payment.store.Payments;
import org.openingminute.ui.RequestTime;
import org.openingminute.ui.desk.DeskEntry;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The page of a registration's money for organisers and finance, on which they record transfers of refunds. */
@Hidden
@Controller
@RequestMapping("/desk/{slug}/registrations/{registrationId}/money")
class RegistrationMoneyController {

    private static final String TRANSFERRED = "transferred";
    private static final Set<String> DOCUMENTS = Set.of("receipt.pdf", "credit-note.pdf", "invoice.pdf");

    private final DeskFrame frame;
    private final Payments payments;
    private final RefundTransfers transfers;
    private final AuditLog audit;
    private final RequestTime time;

    RegistrationMoneyController(
            DeskFrame frame, Payments payments, RefundTransfers transfers, AuditLog audit, RequestTime time) {
        this.frame = frame;
        this.payments = payments;
        this.transfers = transfers;
        this.audit = audit;
        this.time = time;
    }

    /**
     * Shows all that is known of a registration's payment, as a page and as a part of the registration's page.
     *
     * @param file the document to redirect to. Links to documents use this address, because without a session a page leads to sign-in,
     *     whereas the API answers 401
     */
    @GetMapping
    @Nullable
    ModelAndView money(
            @PathVariable String slug,
            @PathVariable String registrationId,
            @RequestParam(defaultValue = "") String file,
            HttpServletRequest request,
            HttpServletResponse response) {
        Caller.Staff staff = frame.enter(slug, request, response);
        Payment payment = require(slug, registrationId);
        if (DOCUMENTS.contains(file)) {
            return leadTo("/api/registrations/" + payment.registration() + "/" + file, response);
        }
        return shown(payment, staff, null, request).addObject(TRANSFERRED, request.getParameter(TRANSFERRED) != null);
    }

    private static @Nullable ModelAndView leadTo(String address, HttpServletResponse response) {
        response.setHeader(HttpHeaders.LOCATION, address);
        response.setStatus(HttpStatus.SEE_OTHER.value());
        return null;
    }

    /** Records a transfer and redirects to the page. Sending the form twice has no further effect. */
    @PostMapping(path = "/refunds/{refundId}", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @Nullable
    ModelAndView transferred(
            @PathVariable String slug,
            @PathVariable String registrationId,
            @PathVariable String refundId,
            @RequestParam(defaultValue = "") String reference,
            HttpServletRequest request,
            HttpServletResponse response) {
        Caller.Staff staff = frame.enter(slug, request, response);
        Payment payment = require(slug, registrationId);
        UUID refund = Ids.read(refundId).orElseThrow(Problem::notFound);
        try {
            transfers.note(payment, refund, RefundTransfers.reference(reference), staff.person());
        } catch (RuntimeException e) {
            Problem why = Problems.known(e)
                    .filter(problem -> problem.code() != CommonProblem.NOT_FOUND)
                    .orElseThrow(() -> e);
            why.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
            ModelAndView view =
                    shown(require(slug, registrationId), staff, new RefusedReturn(refund, reference, why), request);
            view.setStatus(why.code().status());
            return view;
        }
        return leadTo(address(payment) + "/money?" + TRANSFERRED, response);
    }

    /** Returns the address of the registration's page. */
    static String address(Payment payment) {
        return DeskEntry.REGISTRATIONS.address(payment.conference()) + "/" + payment.registration();
    }

    private Payment require(String slug, String registrationId) {
        return Ids.read(registrationId)
                .flatMap(payments::find)
                .filter(found -> found.request() != null && found.conference().equals(slug))
                .orElseThrow(Problem::notFound);
    }

    private ModelAndView shown(
            Payment payment, Caller.Staff staff, @Nullable RefusedReturn refused, HttpServletRequest request) {
        audit.write(
                new Person.AuditEntry(staff.person(), "opened a payment", payment.conference(), payment.registration()),
                time.fromRequest().orElseGet(() -> payment.shown(time.now())));
        PaymentRequest asked =
                Objects.requireNonNull(payment.request(), "required above").body();
        DeskPage page = frame.page(payment.conference(), asked.conferenceName(), zone(asked.timeZone()), request);
        return PaymentParts.shown(page, payment, asked, refused);
    }

    /** Returns the time zone; UTC if it is unknown. */
    private static ZoneId zone(@Nullable String name) {
        try {
            return name == null ? ZoneOffset.UTC : ZoneId.of(name);
        } catch (DateTimeException _) {
            return ZoneOffset.UTC;
        }
    }
}
