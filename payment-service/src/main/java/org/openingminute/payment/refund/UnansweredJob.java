package org.openingminute.payment.refund;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.openingminute.payment.bookkeeping.Payments;
import org.openingminute.payment.payment.Act;
import org.openingminute.payment.work.RepeatingJob;
import org.springframework.stereotype.Component;

/** Tells a capture again that is neither kept nor refunded 20 s after it was told, and counts it. */
@Component
final class UnansweredJob extends RepeatingJob {

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int SOME = 100;

    private final RefundRepository refunds;
    private final Payments payments;
    private final Clock clock;
    private final Counter toldAgain;

    UnansweredJob(RefundRepository refunds, Payments payments, Clock clock, MeterRegistry meters) {
        super("unanswered-captures", PAUSE);
        this.refunds = refunds;
        this.payments = payments;
        this.clock = clock;
        this.toldAgain = Counter.builder("payment.captures.told.again")
                .description("Captures that were told again because nobody kept or refunded them")
                .register(meters);
    }

    @Override
    protected boolean work() {
        Instant now = clock.instant();
        Instant toldBefore = now.minus(ANSWER_WITHIN);
        List<UUID> registrations = refunds.unanswered(toldBefore, SOME);
        for (UUID registration : registrations) {
            Payments.Change change = payments.apply(registration, new Act.StillUnanswered(toldBefore, now));
            toldAgain.increment(
                    (double) (change.after().sequence() - change.before().sequence()));
        }
        return registrations.size() == SOME;
    }
}
