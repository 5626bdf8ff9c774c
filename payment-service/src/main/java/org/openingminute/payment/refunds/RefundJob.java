package org.openingminute.payment.refunds;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.TraceContext;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.provider.PaymentProvider;
import org.openingminute.payment.provider.ProviderException.CallRejected;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.Providers;
import org.openingminute.payment.provider.RefundRequest;
import org.openingminute.payment.provider.RefundResult;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Makes pending refunds at the provider, each under its own key until the provider has answered. */
@Component
final class RefundJob extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(RefundJob.class);
    private static final Duration KEYS_ARE_TRUSTED_FOR = Duration.ofHours(12);
    private static final Duration SHORTEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final int AT_ONCE = 16;

    private final RefundRepository refunds;
    private final Payments payments;
    private final Providers providers;
    private final Clock clock;
    private final TraceContext traces;

    RefundJob(RefundRepository refunds, Payments payments, Providers providers, Clock clock, TraceContext traces) {
        super("refunds");
        this.refunds = refunds;
        this.payments = payments;
        this.providers = providers;
        this.clock = clock;
        this.traces = traces;
    }

    @Override
    public String dueAt() {
        return """
                select min(next_at) from payment_refund
                 where state = 'pending' and capture_id is not null
                   and not exists (select from payment_dispute d
                                    where d.capture_id = payment_refund.capture_id and d.state = 'open')
                """;
    }

    @Override
    protected boolean work() {
        List<RefundRepository.Due> due = refunds.claim(clock.instant(), AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            due.forEach(refund ->
                    threads.execute(() -> traces.resume("make refund", refund.traceparent(), () -> make(refund))));
        }
        return due.size() == AT_ONCE;
    }

    private void make(RefundRepository.Due refund) {
        Instant now = clock.instant();
        if (refund.name() != null) {
            // Set before the call, so that others have their turn first, whatever its outcome.
            refunds.checkAgain(refund.id(), now.plus(pause(Duration.between(refund.requestedAt(), now))));
        }
        try {
            RefundResult answer = answer(refund);
            payments.apply(
                    refund.registration(),
                    switch (answer) {
                        case RefundResult.Pending pending ->
                            new PaymentTrigger.RefundAccepted(refund.id(), pending.name());
                        case RefundResult.RefundDone done ->
                            new PaymentTrigger.RefundDone(refund.id(), done.name(), clock.instant());
                        case RefundResult.RefundRefused refused ->
                            new PaymentTrigger.RefundFailed(refund.id(), refused.reason(), clock.instant());
                    });
            if (answer instanceof RefundResult.Pending && refund.name() == null) {
                refunds.checkAgain(refund.id(), now.plus(SHORTEST_PAUSE));
            }
        } catch (CallRejected e) {
            log.warn("A refund is waiting until the provider takes the call: {}", e.getMessage());
            refunds.checkAgain(refund.id(), now.plus(pause(Duration.between(refund.requestedAt(), now))));
        } catch (ProviderUnavailable e) {
            log.warn("A refund is waiting for the provider: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error("Making a refund of registration {} failed", refund.registration(), e);
        }
    }

    /**
     * The pause before an accepted refund is checked again, which takes days at some banks and ends with a webhook, or
     * one that the provider rejected is ordered again, for instance once our balance there is enough: as long as the refund
     * has taken so far, so that each pause is twice the previous one.
     */
    static Duration pause(Duration age) {
        Duration atLeast = age.compareTo(SHORTEST_PAUSE) > 0 ? age : SHORTEST_PAUSE;
        return atLeast.compareTo(LONGEST_PAUSE) < 0 ? atLeast : LONGEST_PAUSE;
    }

    private RefundResult answer(RefundRepository.Due refund) {
        PaymentProvider provider = providers
                .named(refund.provider())
                .orElseThrow(() -> new ProviderUnavailable(refund.provider() + " is not configured"));
        RefundRequest order = new RefundRequest(refund.id(), refund.providerPayment(), refund.amount(), refund.name());
        if (refund.name() != null) {
            // Never ordered again, because the provider has accepted it, whatever its list shows at the moment.
            return provider.refunded(order)
                    .orElseThrow(() -> new ProviderUnavailable("%s accepted the refund %s and does not find it"
                            .formatted(refund.provider(), refund.name())));
        }
        if (clock.instant().isAfter(refund.requestedAt().plus(KEYS_ARE_TRUSTED_FOR))) {
            return provider.refunded(order).orElseGet(() -> provider.refund(order));
        }
        return provider.refund(order);
    }
}
