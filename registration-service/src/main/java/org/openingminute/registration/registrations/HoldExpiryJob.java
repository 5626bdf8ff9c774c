package org.openingminute.registration.registrations;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.operations.MessagingStatus;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.springframework.stereotype.Component;

/**
 * Frees the seats of holds that have ended. Every instance runs this job; the batch reads the end again under the lock, so no hold is freed
 * twice. While payment events cannot be received, holds with an amount due are kept for a limited time, because the payment may have been
 * made. See {@link HoldGrace}.
 */
@Component
final class HoldExpiryJob extends PollingJob implements DueWork {

    private static final Duration LONGEST_GRACE = Duration.ofMinutes(10);
    private static final int AT_ONCE = 500;

    private final Admissions admissions;
    private final RegistrationRepository registrations;
    private final MessagingStatus messaging;
    private final PaymentProgressRepository payments;
    /** The ended holds of the last run; confined to the job's thread. */
    private List<RegistrationRepository.EndedHold> ended = List.of();

    private volatile Optional<HoldGrace> grace = Optional.empty();

    HoldExpiryJob(
            Admissions admissions,
            RegistrationRepository registrations,
            MessagingStatus messaging,
            PaymentProgressRepository payments,
            MeterRegistry meters) {
        super("ended-holds");
        this.admissions = admissions;
        this.registrations = registrations;
        this.messaging = messaging;
        this.payments = payments;
        for (HoldGrace reason : HoldGrace.values()) {
            Gauge.builder("registration.holds.waiting", () -> grace.equals(Optional.of(reason)) ? 1 : 0)
                    .description("1 while ended holds with something to pay wait, for this reason")
                    .tag("reason", reason.wireName())
                    .register(meters);
        }
    }

    @Override
    public String dueAt() {
        return """
                select min(hold_expires_at)
                       - coalesce((select offset_millis from rehearsal_clock), 0) * interval '1 millisecond'
                  from registration where hold_expires_at is not null
                """;
    }

    @Override
    protected boolean work() {
        List<RegistrationRepository.EndedHold> before = ended;
        ended = ended();
        List<CompletableFuture<Result>> answers = ended.stream()
                .map(hold -> admissions.submit(new Command.HoldEnded(hold.conference(), hold.id())))
                .toList();
        answers.forEach(CompletableFuture::join);
        // Many holds of the opening minute end within the same minute, so continue at once while a run is full.
        return ended.size() >= AT_ONCE && !ended.equals(before);
    }

    private List<RegistrationRepository.EndedHold> ended() {
        List<RegistrationRepository.EndedHold> ended = registrations.endedHolds(Duration.ZERO, true, AT_ONCE);
        grace = ended.isEmpty() ? Optional.empty() : payments.holdGrace(messaging.broker());
        if (grace.isEmpty()) {
            return ended;
        }
        List<RegistrationRepository.EndedHold> certain =
                new ArrayList<>(registrations.endedHolds(Duration.ZERO, false, AT_ONCE));
        certain.addAll(registrations.endedHolds(LONGEST_GRACE, true, AT_ONCE));
        return certain;
    }
}
