package org.openingminute.payment.sandbox;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.payment.lifecycle.Money;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The sandbox's controls for rehearsals: configures faults, lists the sandbox's payments, and ends disputes. */
@RestController
@RehearsalOnly
@RequestMapping("/sandbox")
@Tag(name = "Sandbox")
class RehearsalController {

    private static final long LONGEST_MS = 60_000;
    private static final int LONGEST_PAGE = 500;

    private final Sandbox sandbox;
    private final Faults faults;

    RehearsalController(Sandbox sandbox, Faults faults) {
        this.sandbox = sandbox;
        this.faults = faults;
    }

    record FaultsWanted(
            long latencyMs,
            double errorRate,
            double timeoutAfterChargeRate,
            @Nullable WebhookFaultsWanted webhook) {}

    record WebhookFaultsWanted(double dropRate, double duplicateRate, long delayMs, boolean shuffle) {}

    record PaymentsView(
            List<SandboxPaymentView> items, @Nullable String next) {}

    record SandboxPaymentView(String session, UUID registration, Money captured, Money refunded, Money disputed) {}

    record DisputeEnd(@Nullable Boolean won) {}

    @GetMapping("/faults")
    @Operation(summary = "The sandbox's faults")
    Faults.Ordered faults() {
        return faults.ordered();
    }

    @PutMapping("/faults")
    @Operation(summary = "Sets the sandbox's faults; those not named are off")
    Faults.Ordered order(@RequestBody FaultsWanted wanted) {
        WebhookFaultsWanted webhook =
                wanted.webhook() == null ? new WebhookFaultsWanted(0, 0, 0, false) : wanted.webhook();
        List<FieldError> errors = new ArrayList<>();
        checkTime("latencyMs", wanted.latencyMs(), errors);
        checkRate("errorRate", wanted.errorRate(), errors);
        checkRate("timeoutAfterChargeRate", wanted.timeoutAfterChargeRate(), errors);
        checkRate("webhook.dropRate", webhook.dropRate(), errors);
        checkRate("webhook.duplicateRate", webhook.duplicateRate(), errors);
        checkTime("webhook.delayMs", webhook.delayMs(), errors);
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        faults.order(new Faults.Ordered(
                wanted.latencyMs(),
                wanted.errorRate(),
                wanted.timeoutAfterChargeRate(),
                new Faults.Webhook(webhook.dropRate(), webhook.duplicateRate(), webhook.delayMs(), webhook.shuffle())));
        return faults.ordered();
    }

    @GetMapping("/payments")
    @Operation(summary = "The sandbox's own list of payments, in the order of their captures")
    PaymentsView payments(
            @RequestParam(defaultValue = "50") int limit, @RequestParam(required = false) @Nullable String after) {
        if (limit < 1 || limit > LONGEST_PAGE) {
            throw Problem.invalid("limit", "out-of-range", "must be from {} to {}", 1, LONGEST_PAGE);
        }
        List<SandboxRepository.SandboxPayment> found = sandbox.payments(Instant.EPOCH, cursor(after), limit + 1);
        List<SandboxRepository.SandboxPayment> page = found.subList(0, Math.min(limit, found.size()));
        return new PaymentsView(
                page.stream()
                        .map(one -> new SandboxPaymentView(
                                one.session(), one.registration(), one.captured(), one.refunded(), one.disputed()))
                        .toList(),
                found.size() > limit ? Long.toString(page.getLast().number()) : null);
    }

    @PostMapping("/payments/{session}/dispute-end")
    @Operation(summary = "Ends the open dispute of a session's payment")
    SandboxPaymentView endDispute(@PathVariable String session, @RequestBody DisputeEnd end) {
        if (end.won() == null) {
            throw Problem.invalid("won", "required", "is required");
        }
        SandboxSession after = sandbox.endDispute(session, end.won());
        Money none = Money.zero(after.amount().currency());
        return new SandboxPaymentView(
                after.id(),
                after.registration(),
                after.amount(),
                after.refunded(),
                after.disputes().stream()
                        .filter(dispute -> !dispute.state().equals("won"))
                        .map(SandboxSession.SandboxDispute::amount)
                        .reduce(none, Money::plus));
    }

    private static long cursor(@Nullable String after) {
        if (after == null || after.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(after);
        } catch (NumberFormatException _) {
            throw new Problem(CommonProblem.MALFORMED, "This is not a position in the list.");
        }
    }

    private static void checkRate(String field, double rate, List<FieldError> errors) {
        if (!(rate >= 0 && rate <= 1)) {
            errors.add(FieldError.of(field, "out-of-range", "must be from {} to {}", 0, 1));
        }
    }

    private static void checkTime(String field, long millis, List<FieldError> errors) {
        if (millis < 0 || millis > LONGEST_MS) {
            errors.add(FieldError.of(field, "out-of-range", "must be from {} to {}", 0, LONGEST_MS));
        }
    }
}
