package org.openingminute.payment.refunds;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.openingminute.kit.problem.Fault;
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
    /** Registrations whose capture could not be reported again, each logged once; used only by the job's thread. */
    private final Set<UUID> ailing = new HashSet<>();

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
            ailing.retainAll(registrations);
        }
        boolean reported = true;
        for (UUID registration : registrations) {
            reported &= report(registration, new PaymentTrigger.StillUnanswered(now));
        }
        return reported && registrations.size() == SOME;
    }

    /** A failure of one payment does not hold up the others. */
    private boolean report(UUID registration, PaymentTrigger.StillUnanswered still) {
        try {
            Payments.Changed change = payments.apply(registration, still);
            reportedAgain.increment(
                    (double) (change.after().sequence() - change.before().sequence()));
            ailing.remove(registration);
            return true;
        } catch (RuntimeException e) {
            if (ailing.add(registration)) {
                log.error(
                        "A capture of registration {} cannot be reported again, retrying every second",
                        registration,
                        Fault.of(e));
            }
            return false;
        }
    }
}
