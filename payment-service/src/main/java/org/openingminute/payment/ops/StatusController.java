package org.openingminute.payment.ops;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.BuildInfo;
import org.openingminute.messaging.operations.MessagingStatus;
import org.openingminute.messaging.outbox.Outbox;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Reports the backlog of this service; the gateway joins it with that of the other services. */
@RestController
@Hidden
final class StatusController {

    private final MessagingStatus messaging;
    private final CircuitBreakerRegistry breakers;
    private final PaymentMetrics metrics;
    private final BuildInfo build;

    StatusController(
            MessagingStatus messaging, CircuitBreakerRegistry breakers, PaymentMetrics metrics, BuildInfo build) {
        this.messaging = messaging;
        this.breakers = breakers;
        this.metrics = metrics;
        this.build = build;
    }

    record PaymentServiceStatus(
            String service,
            String version,
            OutboxStatus outbox,
            boolean brokerAnswers,
            List<MessagingStatus.GroupLag> consumers,
            DeadLetters deadLetters,
            List<ProviderBreaker> breakers,
            PaymentMetrics.Counts payments) {}

    record OutboxStatus(long waiting, @Nullable Double oldestSeconds) {}

    record DeadLetters(long open) {}

    record ProviderBreaker(String name, String state) {}

    @GetMapping("/internal/status")
    PaymentServiceStatus status() {
        MessagingStatus.Broker broker = messaging.broker();
        Outbox.WaitingMessages waiting = messaging.outbox();
        return new PaymentServiceStatus(
                "payment-service",
                build.version(),
                new OutboxStatus(waiting.messages(), waiting.oldestSeconds()),
                broker.answers(),
                broker.consumers(),
                new DeadLetters(messaging.deadLettersOpen()),
                breakers.getAllCircuitBreakers().stream()
                        .map(one -> new ProviderBreaker(
                                one.getName(),
                                one.getState().name().toLowerCase(Locale.ROOT).replace('_', '-')))
                        .toList(),
                metrics.now());
    }
}
