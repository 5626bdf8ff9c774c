package org.openingminute.payment.refunds;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.TraceContext;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.lifecycle.Refund;
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

/** Makes pending refunds at the provider. A refund keeps its key until the provider has responded. */
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
        return "select min(due_at) from payment_open where what = 'refund'";
    }

    @Override
    protected boolean work() {
        List<RefundRepository.Claimed> claimed = refunds.claim(clock.instant(), AT_ONCE);
        if (claimed.isEmpty()) {
            return false;
        }
        Map<UUID, Payment> known = payments.find(
                claimed.stream().map(RefundRepository.Claimed::registration).toList());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            claimed.forEach(one -> due(one, known.get(one.registration()))
                    .ifPresent(refund -> threads.execute(
                            () -> traces.resume("make refund", one.traceparent(), () -> make(refund)))));
        }
        return claimed.size() == AT_ONCE;
    }

    /** A refund to be made of a capture. */
    record DueRefund(RefundRepository.Claimed claimed, Refund refund, Capture capture) {

        boolean isAccepted() {
            return refund.providerRefund() != null;
        }

        RefundRequest request() {
            return new RefundRequest(refund.id(), capture.providerPayment(), refund.amount(), refund.providerRefund());
        }
    }

    /** Returns the refund to make; empty if it must not be made, because it or its capture has changed since its open work was claimed. */
    static Optional<DueRefund> due(RefundRepository.Claimed claimed, @Nullable Payment payment) {
        Optional<DueRefund> pending = payment == null
                ? Optional.empty()
                : payment.refunds().stream()
                        .filter(refund ->
                                refund.id().equals(claimed.id()) && refund.state() == Refund.RefundState.PENDING)
                        .flatMap(refund -> payment.captures().stream()
                                .filter(capture -> capture.id().equals(refund.capture()))
                                .map(capture -> new DueRefund(claimed, refund, capture)))
                        .findFirst();
        if (pending.isEmpty()) {
            log.warn("Registration {} has no pending refund {}", claimed.registration(), claimed.id());
        }
        return pending.filter(
                due -> payment != null && !payment.isUnderDispute(due.capture().id()));
    }

    private void make(DueRefund due) {
        Instant now = clock.instant();
        Refund refund = due.refund();
        Instant next = now.plus(pause(Duration.between(refund.requestedAt(), now)));
        if (due.isAccepted()) {
            // Postponed before the call, so that other refunds get their turn, whatever the outcome.
            refunds.checkAgain(due.claimed(), next);
        }
        try {
            RefundResult answer = answer(due);
            payments.apply(
                    due.claimed().registration(),
                    switch (answer) {
                        case RefundResult.Pending pending ->
                            new PaymentTrigger.RefundAccepted(refund.id(), pending.name());
                        case RefundResult.RefundDone done ->
                            new PaymentTrigger.RefundDone(refund.id(), done.name(), clock.instant());
                        case RefundResult.RefundRefused refused ->
                            new PaymentTrigger.RefundFailed(refund.id(), refused.reason(), clock.instant());
                    });
            if (answer instanceof RefundResult.Pending && !due.isAccepted()) {
                refunds.checkAgain(due.claimed(), now.plus(SHORTEST_PAUSE));
            }
        } catch (CallRejected e) {
            log.warn("A refund is waiting until the provider takes the call: {}", e.getMessage());
            refunds.checkAgain(due.claimed(), next);
        } catch (ProviderUnavailable e) {
            log.warn("A refund is waiting for the provider: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error(
                    "Making a refund of registration {} failed", due.claimed().registration(), RedactedException.of(e));
        }
    }

    /**
     * Returns the pause before a refund is handled again. An accepted refund takes days at some banks and ends with a webhook; a rejected
     * one is ordered again, for instance once the balance at the provider is sufficient. The pause equals the refund's age, so that each
     * pause doubles it.
     */
    static Duration pause(Duration age) {
        Duration atLeast = age.compareTo(SHORTEST_PAUSE) > 0 ? age : SHORTEST_PAUSE;
        return atLeast.compareTo(LONGEST_PAUSE) < 0 ? atLeast : LONGEST_PAUSE;
    }

    private RefundResult answer(DueRefund due) {
        String name = due.capture().provider();
        PaymentProvider provider =
                providers.named(name).orElseThrow(() -> new ProviderUnavailable(name + " is not configured"));
        RefundRequest order = due.request();
        if (due.isAccepted()) {
            // Not ordered again, because the provider has accepted it, even if its list does not show it at the moment.
            return provider.refunded(order)
                    .orElseThrow(() -> new ProviderUnavailable(
                            "%s accepted the refund %s and does not find it".formatted(name, order.name())));
        }
        if (clock.instant().isAfter(due.refund().requestedAt().plus(KEYS_ARE_TRUSTED_FOR))) {
            return provider.refunded(order).orElseGet(() -> provider.refund(order));
        }
        return provider.refund(order);
    }
}
