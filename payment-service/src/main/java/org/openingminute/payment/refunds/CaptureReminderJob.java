package org.openingminute.payment.refunds;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reports a capture again if it is neither kept nor refunded 20 s after its first report, then at growing intervals,
 * and counts it.
 */
@Component
final class CaptureReminderJob extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(CaptureReminderJob.class);
    private static final int SOME = 100;

    private final RefundRepository refunds;
    private final Payments payments;
    private final Clock clock;
    private final Counter reportedAgain;
    /** Registrations whose capture could not be reported again; each is logged once. Used only by the job's thread. */
    private final Set<UUID> loggedFailures = new HashSet<>();

    CaptureReminderJob(RefundRepository refunds, Payments payments, Clock clock, MeterRegistry meters) {
        super("capture-reminders");
        this.refunds = refunds;
        this.payments = payments;
        this.clock = clock;
        this.reportedAgain = Counter.builder("payment.captures.reported.again")
                .description("Captures that were reported again because no answer came")
                .register(meters);
    }

    @Override
    public String dueAt() {
        return "select min(due_at) from payment_open where what = 'answer'";
    }

    @Override
    protected boolean work() {
        Instant now = clock.instant();
        List<UUID> registrations = refunds.unanswered(now, SOME);
        if (registrations.size() < SOME) {
            loggedFailures.retainAll(registrations);
        }
        boolean reported = true;
        for (UUID registration : registrations) {
            reported &= report(registration, new PaymentTrigger.StillUnanswered(now));
        }
        return reported && registrations.size() == SOME;
    }

    /** Reports the captures of one registration again. A failure does not affect other payments. */
    private boolean report(UUID registration, PaymentTrigger.StillUnanswered still) {
        try {
            Payments.Changed change = payments.apply(registration, still);
            reportedAgain.increment(
                    (double) (change.after().sequence() - change.before().sequence()));
            loggedFailures.remove(registration);
            return true;
        } catch (RuntimeException e) {
            if (loggedFailures.add(registration)) {
                log.error(
                        "A capture of registration {} cannot be reported again, retrying every second",
                        registration,
                        RedactedException.of(e));
            }
            return false;
        }
    }
}
