package org.openingminute.registration.ops;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.BuildInfo;
import org.openingminute.messaging.operations.MessagingStatus;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.registration.conferences.AllocationRepository;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.conferences.StatisticsReader;
import org.openingminute.registration.registrations.HoldGrace;
import org.openingminute.registration.registrations.HoldGrace.LastProgress;
import org.openingminute.registration.registrations.PaymentProgressRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The status of this service; the gateway joins it into {@code /api/ops/status}. Not reachable from outside. */
@RestController
class StatusController {

    private final MessagingStatus messaging;
    private final Conferences conferences;
    private final StatisticsReader statistics;
    private final AllocationRepository allocations;
    private final PaymentProgressRepository payments;
    private final BuildInfo build;

    StatusController(
            MessagingStatus messaging,
            Conferences conferences,
            StatisticsReader statistics,
            AllocationRepository allocations,
            PaymentProgressRepository payments,
            BuildInfo build) {
        this.messaging = messaging;
        this.conferences = conferences;
        this.statistics = statistics;
        this.allocations = allocations;
        this.payments = payments;
        this.build = build;
    }

    record RegistrationServiceStatus(
            String service,
            String version,
            OutboxStatus outbox,
            boolean brokerAnswers,
            List<MessagingStatus.GroupLag> consumers,
            DeadLetters deadLetters,
            List<String> breakers,
            List<StatisticsReader.Seats> seats,
            long capturesWithoutSeatOrRefund,
            @Nullable HoldGrace holdsWait,
            @Nullable LastProgress paymentProgress) {}

    record OutboxStatus(long waiting, @Nullable Double oldestSeconds) {}

    record DeadLetters(long open) {}

    @GetMapping("/internal/status")
    RegistrationServiceStatus status() {
        Outbox.WaitingMessages waiting = messaging.outbox();
        MessagingStatus.Broker broker = messaging.broker();
        return new RegistrationServiceStatus(
                "registration-service",
                build.version(),
                new OutboxStatus(waiting.messages(), waiting.oldestSeconds()),
                broker.answers(),
                broker.consumers(),
                new DeadLetters(messaging.deadLettersOpen()),
                List.of(),
                statistics.seats(conferences.all()),
                allocations.capturesWithoutSeatOrRefund(),
                payments.holdGrace(broker).orElse(null),
                payments.last().orElse(null));
    }
}
