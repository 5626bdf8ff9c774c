package org.openingminute.payment.sandbox;

import io.swagger.v3.oas.annotations.Hidden;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.payment.lifecycle.Money;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The sandbox's API for its customer, payment-service. It requires a key. */
@RestController
@RehearsalOnly
@RequestMapping(ApiController.PATH)
@Hidden
class ApiController {

    static final String PATH = "/sandbox/api";
    private static final int PAGE = 200;

    private final Sandbox sandbox;
    private final Faults faults;

    ApiController(Sandbox sandbox, Faults faults) {
        this.sandbox = sandbox;
        this.faults = faults;
    }

    record NewSession(
            UUID registration,
            String reference,
            String conferenceName,
            Money amount,
            List<SandboxSession.SessionLine> lines,
            Money discount,
            Money tax,
            String returnUrl) {}

    record NewRefund(String payment, Money amount) {}

    @PostMapping("/sessions")
    @ResponseStatus(HttpStatus.CREATED)
    SandboxSession open(
            @RequestHeader(value = "Idempotency-Key", required = false) @Nullable UUID key,
            @RequestBody NewSession wanted) {
        SandboxSession session = sandbox.open(
                required(key),
                wanted.registration(),
                wanted.amount(),
                new SandboxSession.Details(
                        wanted.reference(),
                        wanted.conferenceName(),
                        wanted.lines(),
                        wanted.discount(),
                        wanted.tax(),
                        wanted.returnUrl()));
        faults.beforeAnswer();
        return session;
    }

    @GetMapping("/sessions/{id}")
    SandboxSession session(@PathVariable String id) {
        return sandbox.session(id);
    }

    @GetMapping("/sessions/by-key/{key}")
    SandboxSession byKey(@PathVariable UUID key) {
        return sandbox.byKey(key);
    }

    @GetMapping("/disputes")
    List<SandboxSession> disputed(@RequestParam Instant since) {
        return sandbox.disputed(since);
    }

    record PaymentList(
            List<SandboxRepository.SandboxPayment> items,
            @Nullable String next) {}

    /** Lists all captures in order; captures whose webhook may still be delayed can be missing. */
    @GetMapping("/payments")
    PaymentList payments(@RequestParam Instant since, @RequestParam(defaultValue = "0") long after) {
        List<SandboxRepository.SandboxPayment> page = sandbox.payments(since, after, PAGE);
        return new PaymentList(
                page, page.size() < PAGE ? null : Long.toString(page.getLast().number()));
    }

    @PostMapping("/sessions/{id}/end")
    SandboxSession end(@PathVariable String id) {
        SandboxSession session = sandbox.end(id);
        faults.beforeAnswer();
        return session;
    }

    @PostMapping("/refunds")
    @ResponseStatus(HttpStatus.CREATED)
    SandboxRepository.SandboxRefund refund(
            @RequestHeader(value = "Idempotency-Key", required = false) @Nullable UUID key,
            @RequestBody NewRefund wanted) {
        SandboxRepository.SandboxRefund refund = sandbox.refund(required(key), wanted.payment(), wanted.amount());
        faults.beforeAnswer();
        return refund;
    }

    @GetMapping("/refunds/by-key/{key}")
    SandboxRepository.SandboxRefund refund(@PathVariable UUID key) {
        return sandbox.refund(key);
    }

    private static UUID required(@Nullable UUID key) {
        if (key == null) {
            throw new Problem(CommonProblem.IDEMPOTENCY_KEY_MISSING, "An Idempotency-Key is required.");
        }
        return key;
    }
}
