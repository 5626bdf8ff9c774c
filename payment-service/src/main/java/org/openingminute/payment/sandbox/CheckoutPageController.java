package org.openingminute.payment.sandbox;

import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.payment.PaymentProblem;
import org.openingminute.payment.ops.Localizer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.util.UriComponentsBuilder;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/** The sandbox's hosted payment page, for people with a browser and for test programs. */
@Controller
@RehearsalOnly
@RequestMapping("/sandbox/checkout/{session}")
@Tag(name = "Sandbox")
class CheckoutPageController {

    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);
    private static final Pattern EXPIRY = Pattern.compile("(0[1-9]|1[0-2])/[0-9]{2}");
    private static final Pattern CVC = Pattern.compile("[0-9]{3,4}");

    private final Sandbox sandbox;
    private final Faults faults;
    private final ITemplateEngine templates;
    private final Localizer localizer;

    CheckoutPageController(Sandbox sandbox, Faults faults, ITemplateEngine templates, Localizer localizer) {
        this.sandbox = sandbox;
        this.faults = faults;
        this.templates = templates;
        this.localizer = localizer;
    }

    record Card(
            @Nullable String cardNumber,
            @Nullable String expiry,
            @Nullable String cvc) {}

    record Confirmation(@Nullable Boolean accept) {}

    record Answer(ShownOutcome outcome, String returnUrl) {}

    enum ShownOutcome {
        CAPTURED,
        DECLINED,
        NEEDS_CONFIRMATION;

        @JsonValue
        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @GetMapping(produces = MediaType.TEXT_HTML_VALUE)
    @Operation(summary = "The hosted page on which a payer pays")
    ResponseEntity<String> page(@PathVariable String session, Locale locale) {
        return page(sandbox.session(session), HttpStatus.OK, Map.of(), locale);
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "An attempt with a test card")
    ResponseEntity<Answer> pay(@PathVariable String session, @RequestBody Card card) {
        Sandbox.Paid paid = sandbox.pay(session, read(card, session));
        faults.beforeAnswer();
        return answer(paid);
    }

    @PostMapping(consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @Hidden
    ResponseEntity<String> payByForm(
            @PathVariable String session,
            @RequestParam(required = false) @Nullable String cardNumber,
            @RequestParam(required = false) @Nullable String expiry,
            @RequestParam(required = false) @Nullable String cvc,
            Locale locale) {
        Sandbox.Paid paid;
        try {
            paid = sandbox.pay(session, read(new Card(cardNumber, expiry, cvc), session));
        } catch (Problem problem) {
            return again(session, problem, locale);
        }
        faults.beforeAnswer();
        return goOn(paid);
    }

    @PostMapping(path = "/confirmation", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Confirms or refuses the payment, as the payer's bank asked")
    ResponseEntity<Answer> confirm(@PathVariable String session, @RequestBody Confirmation confirmation) {
        if (confirmation.accept() == null) {
            sandbox.session(session);
            throw Problem.invalid("accept", "required", "is required");
        }
        Sandbox.Paid paid = sandbox.confirm(session, confirmation.accept());
        faults.beforeAnswer();
        return answer(paid);
    }

    @PostMapping(path = "/confirmation", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @Hidden
    ResponseEntity<String> confirmByForm(
            @PathVariable String session, @RequestParam(defaultValue = "false") boolean accept, Locale locale) {
        Sandbox.Paid paid;
        try {
            paid = sandbox.confirm(session, accept);
        } catch (Problem problem) {
            return again(session, problem, locale);
        }
        faults.beforeAnswer();
        return goOn(paid);
    }

    /** Returns the card for an existing session. An unknown session is reported before an unknown card. */
    private TestCard read(Card card, String session) {
        List<FieldError> errors = new ArrayList<>();
        String number = card.cardNumber() == null ? "" : card.cardNumber().replace(" ", "");
        TestCard known = TestCard.numbered(number).orElse(null);
        if (known == null) {
            errors.add(wrong(
                    "cardNumber", card.cardNumber(), "not-a-test-card", "is not one of the sandbox's test cards"));
        }
        if (card.expiry() == null || !EXPIRY.matcher(card.expiry().strip()).matches()) {
            errors.add(wrong("expiry", card.expiry(), "not-an-expiry", "must be a month and a year, as in 12/30"));
        }
        if (card.cvc() == null || !CVC.matcher(card.cvc().strip()).matches()) {
            errors.add(wrong("cvc", card.cvc(), "not-a-cvc", "must be three or four digits"));
        }
        if (known == null || !errors.isEmpty()) {
            sandbox.session(session);
            throw Problem.invalid(errors);
        }
        return known;
    }

    private static FieldError wrong(String field, @Nullable String typed, String code, String message) {
        return typed == null ? FieldError.of(field, "required", "is required") : FieldError.of(field, code, message);
    }

    private static ResponseEntity<Answer> answer(Sandbox.Paid paid) {
        return ResponseEntity.ok(new Answer(ShownOutcome.valueOf(paid.outcome().name()), back(paid.session())));
    }

    /** Redirects after a form: to the registration if it is paid, otherwise to this page, which shows the outcome. */
    private static ResponseEntity<String> goOn(Sandbox.Paid paid) {
        SandboxSession session = paid.session();
        String next = paid.outcome() == Sandbox.PayOutcome.CAPTURED
                ? session.details().returnUrl()
                : session.url();
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(URI.create(next))
                .build();
    }

    private ResponseEntity<String> again(String session, Problem problem, Locale locale) {
        if (problem.code() != CommonProblem.INVALID && problem.code() != PaymentProblem.NOT_PAYABLE) {
            throw problem;
        }
        Map<String, String> errors = new LinkedHashMap<>();
        for (FieldError error : problem.errors()) {
            errors.put(error.field(), localizer.of("sandbox.error." + error.field(), locale, error.message()));
        }
        if (errors.isEmpty()) {
            errors.put("", localizer.detail(problem, locale));
        }
        return page(sandbox.session(session), problem.code().status(), errors, locale);
    }

    /** @param errors by field; an error without a field concerns the whole form */
    private ResponseEntity<String> page(
            SandboxSession session, HttpStatusCode status, Map<String, String> errors, Locale locale) {
        SandboxSession.SandboxAttempt last =
                session.attempts().isEmpty() ? null : session.attempts().getLast();
        String declined = errors.isEmpty() && last != null && last.outcome() == SandboxSession.Outcome.declined
                ? reason(last, locale)
                : "";
        Context model = new Context(
                locale,
                Map.of(
                        "rehearsal",
                        true,
                        "session",
                        session,
                        "details",
                        session.details(),
                        "back",
                        back(session),
                        "cards",
                        TestCard.values(),
                        "errors",
                        errors,
                        "declined",
                        declined));
        return ResponseEntity.status(status)
                .contentType(HTML)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(templates.process("sandbox/checkout", model));
    }

    /** Returns where the payer goes back to. The return address's query means "paid", so it is removed for a payer who has not paid. */
    private static String back(SandboxSession session) {
        String paid = session.details().returnUrl();
        return session.state() == SandboxSession.SandboxState.captured
                ? paid
                : UriComponentsBuilder.fromUriString(paid).replaceQuery(null).toUriString();
    }

    private String reason(SandboxSession.SandboxAttempt declined, Locale locale) {
        String other = localizer.of("sandbox.declined", locale, "The card was declined.");
        return localizer.of("sandbox.declined." + declined.reason(), locale, other);
    }
}
