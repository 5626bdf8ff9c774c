package org.openingminute.payment.refunds;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Tells a capture again that is neither kept nor refunded 20 s after it was told, then ever less often, and counts it. */
@Component
final class CaptureReminderJob extends PollingJob {

    private static final Logger log = LoggerFactory.getLogger(CaptureReminderJob.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int SOME = 100;

    private final RefundRepository refunds;
    private final Payments payments;
    private final Clock clock;
    private final Counter toldAgain;
    /** Those that could not be told again, each logged once; used by the job's own thread alone. */
    private final Set<UUID> ailing = new HashSet<>();

    CaptureReminderJob(RefundRepository refunds, Payments payments, Clock clock, MeterRegistry meters) {
        super("unanswered-captures", PAUSE);
        this.refunds = refunds;
        this.payments = payments;
        this.clock = clock;
        this.toldAgain = Counter.builder("payment.captures.reported.again")
                .description("Captures that were reported again for want of an answer")
                .register(meters);
    }

    @Override
    protected boolean work() {
        Instant now = clock.instant();
        List<UUID> registrations = refunds.unanswered(now, SOME);
        if (registrations.size() < SOME) {
            ailing.retainAll(registrations);
        }
        boolean told = true;
        for (UUID registration : registrations) {
            told &= tell(registration, new PaymentTrigger.StillUnanswered(now));
        }
        return told && registrations.size() == SOME;
    }

    /** What ails one payment keeps no other from being told. */
    private boolean tell(UUID registration, PaymentTrigger.StillUnanswered still) {
        try {
            Payments.Change change = payments.apply(registration, still);
            toldAgain.increment(
                    (double) (change.after().sequence() - change.before().sequence()));
            ailing.remove(registration);
            return true;
        } catch (RuntimeException e) {
            if (ailing.add(registration)) {
                log.error(
                        "A capture of registration {} cannot be told again, and is tried each second", registration, e);
            }
            return false;
        }
    }
}
