package org.openingminute.notification.ops;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.BuildInfo;
import org.openingminute.messaging.operations.MessagingStatus;
import org.openingminute.messaging.outbox.Outbox;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Reports this service's part of the operators' status; only the gateway requests it. */
@Hidden
@RestController
class StatusController {

    private final MessagingStatus messaging;
    private final CircuitBreakerRegistry breakers;
    private final UnsentMails unsent;
    private final BuildInfo build;

    StatusController(MessagingStatus messaging, CircuitBreakerRegistry breakers, UnsentMails unsent, BuildInfo build) {
        this.messaging = messaging;
        this.breakers = breakers;
        this.unsent = unsent;
        this.build = build;
    }

    @GetMapping("/internal/status")
    NotificationServiceStatus status() {
        Outbox.WaitingMessages waiting = messaging.outbox();
        MessagingStatus.Broker broker = messaging.broker();
        return new NotificationServiceStatus(
                "notification-service",
                build.version(),
                new OutboxStatus(waiting.messages(), waiting.oldestSeconds()),
                broker.answers(),
                broker.consumers(),
                new DeadLetters(messaging.deadLettersOpen()),
                breakers.getAllCircuitBreakers().stream()
                        .map(breaker -> new MailServerBreaker(
                                breaker.getName(),
                                breaker.getState()
                                        .name()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-')))
                        .sorted(Comparator.comparing(MailServerBreaker::name))
                        .toList(),
                unsent.oldestSeconds());
    }

    /**
     * The whole status.
     *
     * @param oldestUnsentMailSeconds how long the oldest unsent mail has been overdue; 0 if none is waiting
     */
    record NotificationServiceStatus(
            String service,
            String version,
            OutboxStatus outbox,
            boolean brokerAnswers,
            List<MessagingStatus.GroupLag> consumers,
            DeadLetters deadLetters,
            List<MailServerBreaker> breakers,
            double oldestUnsentMailSeconds) {}

    record OutboxStatus(long waiting, @Nullable Double oldestSeconds) {}

    record DeadLetters(long open) {}

    record MailServerBreaker(String name, String state) {}
}
